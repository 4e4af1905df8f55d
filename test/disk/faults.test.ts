import { mkdtemp, rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Plan } from '../../src/core/plan.ts'
import type { RunResult } from '../../src/core/result.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { declare } from '../../src/provider/declare.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { readEntries } from '../../src/testing/store-sample.ts'
import { concerns, createFaultyFiles, type DiskFault } from './faulty-files.ts'
import { makeFolder, putImage, takeImage, type Image } from './image.ts'

let dir = ''
/** A stack with one run, from which each attempt starts. */
let before: Image

function createHost() {
  const backend = createFakeBackend()
  const { named } = declare(backend.provider)
  const first = [named('a', { name: 'a' })]
  const then = [named('a', { name: 'a', text: 'changed' }), named('b', { name: 'b', ref: 'named-1' }), named('c', { name: 'c' })]
  return { backend, first, then, options: { provider: backend.provider, stack: 's', mode: 'sync', keep: { runs: 1, plans: 1 }, checkpointEvery: 2 } as const }
}

beforeAll(async () => {
  dir = await makeFolder()
  const { first, options } = createHost()
  const store = fileStore(dir)
  await apply(await plan(first, { ...options, store }), { ...options, store })
  before = await takeImage(dir)
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** A run on a disk that fails, and what comes after on one that does not. */
async function attempt(folder: string, fault: DiskFault | undefined) {
  await putImage(folder, before)
  const { backend, then, options } = createHost()
  backend.put('named', { name: 'a' })
  const healthy = { ...options, store: fileStore(folder) }
  const changes: Plan = await plan(then, healthy)
  const disk = createFaultyFiles(fault)
  const run = apply(changes, { ...options, store: fileStore(folder, { fileSystem: disk.fileSystem }) })
  const told: string[] = []
  run.on('action:succeeded', ({ action }) => void told.push(action.address))
  const ending: RunResult | Error = await run.result.catch((error: Error) => error)

  // The disk takes writes again. Nobody has to unlock anything, and nothing is damaged.
  expect(await healthy.store.holding('s')).toBeUndefined()
  expect(await healthy.store.examine?.('s')).toEqual([])
  const [last] = (await healthy.store.runs('s')).filter(({ plan: id }) => id === changes.id)
  const steps = last === undefined ? [] : (await readEntries(healthy.store, 's', last.id)).flatMap((entry) => (entry.kind === 'succeeded' ? [entry.step.replace(/^\w+:/, '')] : []))
  const lost = told.filter((address) => !steps.includes(address))
  if (last === undefined) await apply(changes, healthy)
  else if (!last.ended) expect(await resume(last.id, healthy)).toMatchObject({ outcome: 'succeeded' })
  const state = await healthy.store.load('s')
  const end = {
    lost,
    objects: backend.objects().map(({ fields }) => [fields['name'], fields['text']]).sort(),
    recorded: [...(state?.resources.values() ?? [])].map(({ id }) => id).sort(),
    left: (await plan(then, healthy)).actions.map(({ address }) => address),
    open: (await healthy.store.runs('s')).filter(({ ended }) => !ended),
  }
  return { ending, end, disk }
}

const WHOLE = { lost: [], objects: [['a', 'changed'], ['b', undefined], ['c', undefined]], recorded: ['named-1', 'named-2', 'named-3'], left: [], open: [] }

/** One line for each way to fail: at each so many of the operations that it concerns; with CONVERGENT_DISK=all at each one. */
const WAYS = [
  { code: 'EIO', stays: false, every: 3 },
  { code: 'EIO', stays: true, every: 6 },
  { code: 'ENOSPC', stays: true, every: 2 },
  { code: 'ENOSPC', stays: false, every: 6 },
  { code: 'EROFS', stays: true, every: 6 },
  { code: 'short', stays: false, every: 1 },
] as const

describe('each operation of a whole run', () => {
  test.each(WAYS)('fails with $code (from then on: $stays): told with path and way out, and nothing is lost or doubled', async ({ code, stays, every }) => {
    const whole = await mkdtemp(`${dir}-`)
    const { ending, end, disk } = await attempt(whole, undefined)
    await rm(whole, { recursive: true })
    expect([ending, end]).toEqual([expect.objectContaining({ outcome: 'succeeded' }), WHOLE])
    const concerned = disk.operations.flatMap((operation, index) => (concerns(code, operation) ? [index + 1] : []))
    let refused = 0
    for (const at of concerned.filter((_, index) => process.env['CONVERGENT_DISK'] === 'all' || index % every === 0)) {
      const folder = await mkdtemp(`${dir}-`)
      const outcome = await attempt(folder, { at, code, stays })
      await rm(folder, { recursive: true })
      const what = `operation ${at} of ${disk.operations.length}: ${outcome.disk.failed[0]}`
      expect(outcome.end, what).toEqual(WHOLE)
      if (outcome.ending instanceof Error) {
        refused++
        expect(outcome.ending, what).toMatchObject({ code: 'store', message: expect.stringMatching(new RegExp(`^${folder}.*: \\w+ failed with ${code}: .*(disk|file system)`)) as string })
      } else expect([what, outcome.ending.outcome]).toEqual([what, 'succeeded'])
    }
    console.log(`${code}${stays ? ' from then on' : ''}: ${refused} of ${concerned.length} operations end the run`)
    expect(refused > 0).toBe(code !== 'short')
  })
})
