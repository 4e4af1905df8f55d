import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DataikuState } from '../../../../examples/dataiku/server/dataiku-app.ts'
import { root } from '../../../architecture/sources.ts'
import { basic, managed, project, type Json } from './bench.ts'

let server: ChildProcess | undefined
let folder: string
let url = ''
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'dataiku-'))))
afterEach(async () => {
  await kill()
  await rm(folder, { recursive: true })
})

async function kill(): Promise<void> {
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'exit')
}

async function start(): Promise<void> {
  const args = ['--import', 'tsx', join(root, 'examples/dataiku/server/main.ts'), '--port', '0', '--future-ms', '0', '--api-key', 'k', '--connection', 'lake=S3', '--file', join(folder, 'state.json')]
  server = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
    const words = Object.fromEntries(line.split(' ').map((word) => word.split('=') as [string, string]))
    expect(words['DATAIKU_API_KEY']).toBe('k')
    url = String(words['DATAIKU_DSS_URL'])
    return
  }
  throw new Error('the server ended without a word')
}

it('runs in a process of its own, keeps everything but futures over a kill, and shows its state to tests', async () => {
  const send = (path: string, body?: unknown, method = 'POST'): Promise<Response> => fetch(`${url}${path}`, { method, headers: basic('k'), ...(body !== undefined && { body: JSON.stringify(body) }) })
  const api = (path: string, body?: unknown, method = 'POST'): Promise<Response> => send(`/dip/publicapi${path}`, body, method)
  const look = async <T>(path: string): Promise<T> => (await send(path, undefined, 'GET')).json() as Promise<T>
  const names = async (): Promise<string[]> => Object.keys((await look<DataikuState>('/_state')).projects['FLEET']?.datasets ?? {})

  await start()
  expect(await (await send('/_faults', [{ fault: 'reset-after', path: 'projects$' }, { fault: 'late', afterMs: 3_600_000 }])).json()).toEqual({ asked: 2 })
  await expect(api('/projects/', project('FLEET'))).rejects.toThrow('fetch failed')
  for (const name of ['a', 'b', 'c']) expect((await api('/projects/FLEET/datasets/managed', managed(name, 'lake'))).status).toBe(200)
  for (const name of ['a', 'b', 'c']) await send('/_data', { place: `lake/FLEET/${name}`, rows: [name] })
  await send('/_data', { place: 'lake/FLEET/c', rows: null })
  const { jobId } = (await (await api('/projects/FLEET/datasets/a?dropData=true', undefined, 'DELETE')).json()) as Json
  await api('/projects/FLEET/datasets/b', undefined, 'DELETE')
  expect(await look<Json[]>('/_futures')).toMatchObject([{ id: jobId }, { outcome: { ended: 'done' } }])
  expect((await look<Json[]>('/_requests')).map(({ status }) => status)).toEqual([0, 200, 200, 200, 200, 200])
  await kill()

  await start()
  expect(await readdir(folder)).toEqual(['state.json'])
  expect([await names(), await look('/_data'), await look('/_futures')]).toEqual([['a', 'c'], { 'lake/FLEET/a': ['a'], 'lake/FLEET/b': ['b'] }, []])
  expect(await (await api(`/futures/${String(jobId)}?peek=true`, undefined, 'GET')).json()).toMatchObject({ unknown: true })

  await send('/_edit', { project: 'FLEET', part: 'dataset', name: 'c', changes: null })
  expect(await names()).toEqual(['a'])
  const refused = [{ project: 'OTHER', part: 'project', changes: null }, { project: 'FLEET', part: 'data', changes: null }]
  for (const edit of refused) expect((await send('/_edit', edit)).status).toBe(400)
  expect((await send('/_faults', { fault: 'flood' })).status).toBe(400)
  await send('/_faults', { fault: 'error' })
  await send('/_faults', {}, 'DELETE')
  await send('/_faults', { fault: 'stuck' })
  const future = (await (await api('/projects/FLEET/datasets/a', undefined, 'DELETE')).json()) as Json
  await send('/_forget')
  expect(await (await api(`/futures/${String(future['jobId'])}`, undefined, 'GET')).json()).toMatchObject({ unknown: true })
})
