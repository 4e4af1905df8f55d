import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { acquireLease } from '../../src/engine/acquire-lease.ts'
import { systemClock } from '../../src/engine/clock.ts'
import { readEntries, sampleStep } from '../../src/testing/store-sample.ts'
import { usePostgres } from './place.ts'

const { url, open, ask } = usePostgres()
const script = (name: string): readonly string[] => ['--import', 'tsx', fileURLToPath(new URL(name, import.meta.url))]

test('two processes at once on the same tables, which neither has found, keep every case', { timeout: 120_000 }, async () => {
  const run = promisify(execFile)
  const reports = await Promise.all(['one', 'two'].map((prefix) => run(process.execPath, [...script('checking-process.ts'), url(), prefix])))
  for (const { stdout } of reports) {
    const { passed, failed, skipped } = JSON.parse(stdout) as { readonly passed: readonly string[]; readonly failed: readonly string[]; readonly skipped: readonly string[] }
    expect({ failed, skipped }).toEqual({ failed: [], skipped: [] })
    expect(passed.length).toBeGreaterThan(40)
  }
  expect(await ask('SELECT count(*)::int AS n FROM convergent.migrations')).toEqual([{ n: 1 }])
})

test('a killed process loses no append that resolved, and is taken over when its term has passed', { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, [...script('appending-process.ts'), url(), 's', '1500'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const resolved: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    resolved.push(line)
    if (resolved.length === 300) child.kill('SIGKILL')
  }
  await ended
  const store = open()
  const keeper = await acquireLease({ store, stack: 's', clock: systemClock, options: { holder: 'parent', timeoutMs: 1, leaseWaitMs: 30_000 } })
  const { lease } = keeper
  expect(lease).toMatchObject({ fence: 2, takenOver: { from: expect.stringMatching(/^child \(process \d+ on /) as string, reason: expect.stringContaining('no sign of life for its whole term of 1500 ms') as string } })
  const steps = (await readEntries(store, 's', 'r')).map((entry) => ('step' in entry ? entry.step : entry.kind))
  // The last line of the pipe may itself be torn; every number before it was acknowledged.
  expect(resolved.slice(0, -1).filter((step) => !steps.includes(step))).toEqual([])
  expect(new Set(steps).size).toBe(steps.length)
  await store.append(lease, 'r', [sampleStep('after the crash')])
  expect((await readEntries(store, 's', 'r')).at(-1)).toEqual(sampleStep('after the crash'))
  expect(await store.runs('s')).toMatchObject([{ id: 'r', ended: false }])
  await keeper.release()
})

test('three processes that wait for one stack have it in turns, and what each appends is there once', { timeout: 120_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'convergent-fight-'))
  try {
    const log = join(dir, 'log')
    const run = promisify(execFile)
    await Promise.all([1, 2, 3].map(() => run(process.execPath, [...script('fighting-process.ts'), url(), log, '20'])))
    const turns = Array.from({ length: 60 }, (_none, index) => index + 1)
    expect((await readFile(log, 'utf8')).trim().split('\n')).toEqual(turns.flatMap((turn) => [`has ${turn}`, `gives ${turn}`]))
    expect(await readEntries(open(), 's', 'r')).toEqual(turns.map((turn) => sampleStep(`${turn}`)))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
