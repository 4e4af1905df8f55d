import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireLease } from '../../src/engine/acquire-lease.ts'
import { systemClock } from '../../src/engine/clock.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { readEntries, sampleStep } from '../../src/testing/store-sample.ts'

const script = (name: string): readonly string[] => ['--import', 'tsx', fileURLToPath(new URL(name, import.meta.url))]
let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'convergent-store-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('a killed process loses no append that resolved, and its lease is free at once', { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, [...script('appending-process.ts'), dir, 's'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const resolved: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    resolved.push(line)
    if (resolved.length === 300) {
      await expect(fileStore(dir).claim('s', 'parent')).rejects.toThrow(/changed by child \(process \d+ on /)
      child.kill('SIGKILL')
    }
  }
  await ended
  const store = fileStore(dir)
  const lease = await store.claim('s', 'parent')
  expect(lease.fence).toBe(2)
  const steps = new Set((await readEntries(store, 's', 'r')).map((entry) => ('step' in entry ? entry.step : entry.kind)))
  // The last line of the pipe may itself be torn; every number before it was acknowledged.
  expect(resolved.slice(0, -1).filter((step) => !steps.has(step))).toEqual([])
  await store.append(lease, 'r', [sampleStep('after the crash')])
  expect((await readEntries(store, 's', 'r')).at(-1)).toEqual(sampleStep('after the crash'))
  expect(await store.runs('s')).toMatchObject([{ id: 'r', ended: false }])
  await store.release(lease)
})

test('two processes that fight for a lease have it in turns', { timeout: 60_000 }, async () => {
  const log = join(dir, 'log')
  const run = promisify(execFile)
  await Promise.all([1, 2].map(() => run(process.execPath, [...script('claiming-process.ts'), join(dir, 'store'), log, '40'])))
  const lines = (await readFile(log, 'utf8')).trim().split('\n')
  const expected = Array.from({ length: 80 }, (_none, index) => [`has ${index + 1}`, `gives ${index + 1}`]).flat()
  expect(lines).toEqual(expected)
})

test('a suspended process is overtaken after its term, and what it appends when it wakes is refused', { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, [...script('holding-process.ts'), dir, '1500'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const said = async (): Promise<string> => String((await lines.next()).value)
  try {
    expect(await said()).toBe('has it')
    child.stdin.write('first\n')
    expect(await said()).toBe('first: kept')

    const store = fileStore(dir)
    // It is alive: whoever looks again and again sees it renew.
    for (const first = await store.holding('s'); (await store.holding('s'))?.renewal === first?.renewal; );
    child.kill('SIGSTOP')
    const keeper = await acquireLease({ store, stack: 's', clock: systemClock, options: { holder: 'parent', timeoutMs: 1, leaseWaitMs: 30_000 } })
    expect(keeper.lease).toMatchObject({ fence: 2, takenOver: { from: expect.stringMatching(/^child \(process \d+ on /) as string } })
    await store.append(keeper.lease, 'r', [sampleStep('of the parent')])

    child.stdin.write('late\n')
    child.kill('SIGCONT')
    expect([await said(), await said()].sort()).toEqual(['late: lease-lost', 'renewal: lease-lost'])
    const steps = (await readEntries(store, 's', 'r')).map((entry) => ('step' in entry ? entry.step : entry.kind))
    expect(steps).toEqual(['run-started', 'first', 'run-taken', 'of the parent'])
    await keeper.release()
  } finally {
    child.kill('SIGKILL')
    await ended
  }
})
