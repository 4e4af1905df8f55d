import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { DirectorState } from '../../../../examples/director/server/director-app.ts'
import type { Order } from '../../../../examples/director/server/order.ts'
import { root } from '../../../architecture/sources.ts'
import { repo, type Json } from './bench.ts'

const NODE = 'pool/logpoint'
let server: ChildProcess | undefined
let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'director-'))))
afterEach(async () => {
  await kill()
  await rm(folder, { recursive: true })
})

async function kill(): Promise<void> {
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'exit')
}

async function start(...options: readonly string[]): Promise<Record<string, string>> {
  const args = ['--import', 'tsx', join(root, 'examples/director/server/main.ts'), '--port', '0', '--node', NODE, '--file', join(folder, 'state.json'), ...options]
  server = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) return Object.fromEntries(line.split(' ').map((word) => word.split('=') as [string, string]))
  throw new Error('the server ended without a word')
}

it('runs in a process of its own, keeps everything over a kill, and shows its state to tests', async () => {
  let [url, token] = ['', '']
  const begin = async (...options: readonly string[]): Promise<void> => {
    const words = await start('--lag-ms', '0', '--token', 't', '--secret', 's', ...options)
    ;[url, token] = [String(words['DIRECTOR_URL']), String(words['DIRECTOR_TOKEN'])]
  }
  const send = (path: string, body?: unknown, method = 'POST'): Promise<Response> => fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}` }, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const look = async <T>(path: string): Promise<T> => (await (await fetch(`${url}${path}`)).json()) as T
  const names = async (): Promise<unknown[]> => ((await look<DirectorState>('/_state')).nodes[NODE]?.Repos ?? []).map(({ name }) => name).slice(3)

  await begin('--order-ms', '0')
  expect(await (await send('/_faults', [{ fault: 'reset-after', path: 'Repos$' }, { fault: 'late', afterMs: 1_000 }])).json()).toEqual({ asked: 2 })
  await expect(send(`/configapi/${NODE}/Repos`, { data: repo('a') })).rejects.toThrow('fetch failed')
  const { message } = (await (await send(`/configapi/${NODE}/Repos`, { data: repo('b') })).json()) as { readonly message: string }
  await send('/refreshToken', { secretKey: 's' })
  expect((await look<DirectorState>('/_state')).counts).toEqual({ 'POST Repos': 2, 'POST refreshToken': 1 })
  expect(await look<Json[]>('/_requests')).toMatchObject([{ status: 0 }, { status: 200 }, { status: 200 }])
  await kill()

  await begin('--order-ms', '0')
  expect(token).toMatch(/^token-/)
  const page = async (): Promise<Json> => ((await (await send(message, undefined, 'GET')).json()) as { readonly response: Json }).response
  await vi.waitFor(async () => expect(await page()).toMatchObject({ success: true }), { timeout: 20_000 })
  expect([await names(), (await look<Order[]>('/_orders')).map(({ outcome }) => outcome?.isSuccess)]).toEqual([['a', 'b'], [true, true]])
  await send('/_edit', { node: NODE, table: 'Repos', name: 'a', changes: null })
  expect(await names()).toEqual(['b'])
  expect((await send('/_edit', { node: 'x/y', table: 'Repos', name: 'a', changes: null })).status).toBe(400)
  expect((await send('/_edit', { node: NODE, table: 'Repo', name: 'a', changes: null })).status).toBe(400)
  expect((await send('/_faults', { fault: 'flood' })).status).toBe(400)
  await send('/_faults', { fault: 'error' })
  await send('/_faults', {}, 'DELETE')
  expect((await send(`/configapi/${NODE}/Repos`, undefined, 'GET')).status).toBe(200)
})
