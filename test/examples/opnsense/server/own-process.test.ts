import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, it } from 'vitest'
import type { FirewallState } from '../../../../examples/opnsense/server/firewall.ts'
import { root } from '../../../architecture/sources.ts'
import { network } from './bench.ts'

let server: ChildProcess | undefined
afterEach(async () => {
  if (server === undefined || server.exitCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'exit')
})

async function start(...options: readonly string[]): Promise<Record<string, string>> {
  server = spawn(process.execPath, ['--import', 'tsx', join(root, 'examples/opnsense/server/main.ts'), '--port', '0', ...options], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) return Object.fromEntries(line.split(' ').map((word) => word.split('=') as [string, string]))
  throw new Error('the server ended without a word')
}

it('runs in a process of its own, says where, and shows its state to tests', async () => {
  const { OPNSENSE_URL: url, OPNSENSE_KEY: key, OPNSENSE_SECRET: secret } = await start('--key', 'k', '--secret', 's')
  const headers = { authorization: `Basic ${btoa(`${key}:${secret}`)}`, 'content-type': 'application/json' }
  const send = (path: string, body: unknown, method = 'POST'): Promise<Response> => fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) })
  const add = (name: string): Promise<Response> => send('/api/firewall/alias/addItem', network(name))
  const state = async (): Promise<FirewallState> => (await (await fetch(`${url}/_state`)).json()) as FirewallState
  expect(await (await send('/_faults', [{ fault: 'reset-after', path: 'addItem$' }])).json()).toEqual({ asked: 1 })
  await expect(add('net_a')).rejects.toThrow('fetch failed')
  expect((await add('net_b')).status).toBe(200)
  const { saved, live, counts, settles } = await state()
  expect([saved.alias.map(({ name }) => name), live.alias]).toEqual([['net_a', 'net_b'], []])
  expect([counts, settles.alias]).toEqual([{ 'firewall/alias/addItem': 2 }, 0])
  const [first, second] = saved.alias
  await send('/_edit', { kind: 'alias', uuid: first?.uuid, changes: { description: 'changed by hand' } })
  await send('/_edit', { kind: 'alias', uuid: second?.uuid, changes: null })
  expect((await state()).saved.alias).toMatchObject([{ name: 'net_a', description: 'changed by hand' }])
  await send('/_faults', { fault: 'unavailable' })
  await send('/_faults', {}, 'DELETE')
  await send('/_readiness', { afterPolls: 1 })
  expect((await send('/api/firewall/alias/reconfigure', {})).status).toBe(200)
  const tables = async (): Promise<unknown> => (await send('/api/firewall/alias_util/aliases', {})).json()
  expect([await tables(), await tables()]).toEqual([[], ['net_a']])
  expect((await send('/_faults', { fault: 'flood' })).status).toBe(400)
  expect((await (await fetch(`${url}/_requests`)).json()) as unknown[]).toHaveLength(5)
})
