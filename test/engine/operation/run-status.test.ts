import { expect, it } from 'vitest'
import { apply } from '../../../src/engine/apply.ts'
import { abandon } from '../../../src/engine/abandon.ts'
import { listRuns } from '../../../src/engine/history.ts'
import { planOperations } from '../../../src/engine/operation/plan-operations.ts'
import { resume } from '../../../src/engine/resume.ts'
import { rollback } from '../../../src/engine/rollback.ts'
import { declareOperations } from '../../../src/provider/declare-operations.ts'
import { defineOperations } from '../../../src/provider/define-operations.ts'
import { defineProvider } from '../../../src/provider/define.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { createMortalProcess } from '../../../src/testing/mortal-process.ts'

/** A plan of two operations, of which the second does what it is told. */
async function setUp() {
  let works = false
  const operations = defineOperations({
    first: { run: async () => {}, undo: async () => {} },
    second: {
      isDone: async () => false,
      run: async () => {
        if (!works) throw new Error('no')
      },
      undo: async () => {},
    },
  })
  const options = { provider: defineProvider({ name: 'p', types: {}, operations }), store: memoryStore(), clock: manualClock({ auto: true }), retry: { attempts: 1 } }
  const { first, second } = declareOperations(operations)
  const made = await planOperations([{ name: 'one', operations: [first('a', {})] }, { name: 'two', operations: [second('b', {})] }], options)
  const status = async () => (await listRuns(options)).at(0)?.status ?? 'pending'
  return { options, made, status, work: () => (works = true) }
}

it('goes from pending over running to completed, and back', async () => {
  const { options, made, status, work } = await setUp()
  work()
  expect(await status()).toBe('pending')
  const run = apply(made, options)
  const seen: Promise<string>[] = []
  run.on('action:started', () => void seen.push(status()))
  await run
  expect(await Promise.all(seen)).toEqual(['running', 'running'])
  expect(await status()).toBe('completed')
  await rollback(run.id, options)
  expect(await status()).toBe('rolled-back')
})

it('goes from failed to running again, and on', async () => {
  const { options, made, status, work } = await setUp()
  const { runId } = await apply(made, options)
  expect(await status()).toBe('failed')
  work()
  const run = resume(runId, options)
  const seen: Promise<string>[] = []
  run.on('action:started', () => void seen.push(status()))
  await run
  expect(await Promise.all(seen)).toEqual(['running'])
  expect(await status()).toBe('completed')
})

it.each(['completed', 'rolled-back', 'failed'] as const)('goes from paused to %s', async (end) => {
  const { options, made, status, work } = await setUp()
  const { runId } = await apply(made, { ...options, decide: () => 'pause' })
  expect(await status()).toBe('paused')
  if (end === 'completed') work()
  if (end === 'rolled-back') await rollback(runId, options)
  else await resume(runId, options)
  expect(await status()).toBe(end)
})

it('is running after a crash, until it is resumed, taken back or abandoned', async () => {
  for (const end of ['completed', 'rolled-back', 'failed'] as const) {
    const { options, made, status, work } = await setUp()
    const process = createMortalProcess(options)
    process.crash({ at: 'after-effect', call: 'run', address: 'first/a' })
    await process.outlive(apply(made, { ...options, provider: process.provider, store: process.store, clock: process.clock }))
    expect(await status()).toBe('running')
    const next = process.restart()
    const later = { ...options, provider: next.provider, store: next.store, clock: next.clock }
    work()
    if (end === 'completed') await resume(undefined, { ...later, decide: () => 'retry' })
    else if (end === 'rolled-back') await rollback(undefined, later)
    else await abandon(undefined, later)
    expect(await status()).toBe(end)
  }
})

it('is rolled back by itself where that was chosen', async () => {
  const { options, made, status } = await setUp()
  await apply(made, { ...options, decide: () => 'rollback' })
  expect(await status()).toBe('rolled-back')
})
