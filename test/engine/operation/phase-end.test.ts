import { describe, expect, it } from 'vitest'
import type { PhaseFinished, RunEvent } from '../../../src/core/event.ts'
import { apply } from '../../../src/engine/apply.ts'
import { listCheckpoints } from '../../../src/engine/keep-checkpoint.ts'
import { planOperations } from '../../../src/engine/operation/plan-operations.ts'
import { resume } from '../../../src/engine/resume.ts'
import type { Run } from '../../../src/engine/run.ts'
import { declareOperations } from '../../../src/provider/declare-operations.ts'
import { defineOperations } from '../../../src/provider/define-operations.ts'
import { defineProvider } from '../../../src/provider/define.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import type { Store } from '../../../src/store/store.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'

function setUp(store: Store = memoryStore()) {
  const clock = manualClock({ auto: true })
  const fails = new Set<string>()
  const operations = defineOperations({
    work: {
      run: async (_, { name }) => {
        await new Promise<void>((resolve) => clock.after(1_200, resolve))
        if (fails.has(name)) throw new Error('no')
      },
    },
  })
  const options = { provider: defineProvider({ name: 'p', types: {}, operations }), store, clock, retry: { attempts: 1 } }
  const { work } = declareOperations(operations)
  const plan = () => planOperations([{ name: 'one', operations: [work('a', {})] }, { name: 'two', operations: [work('b', {})] }], options)
  return { options, fails, plan }
}

async function endsOf(run: Run): Promise<readonly PhaseFinished[]> {
  const ends: (RunEvent & PhaseFinished)[] = []
  for await (const event of run) if (event.name === 'phase:finished') ends.push(event)
  return ends
}

describe('the end of a phase', () => {
  it('is told with its time, and with the checkpoint that is kept by then', async () => {
    const { options, plan } = setUp()
    const ends = await endsOf(apply(await plan(), options))
    const kept = await listCheckpoints(options)
    expect(ends).toEqual([{ name: 'phase:finished', phase: 'one', durationMs: 1_200, checkpoint: kept[0]?.id }, { name: 'phase:finished', phase: 'two', durationMs: 1_200, checkpoint: kept[1]?.id }])
    expect(kept.map(({ description }) => description.slice(0, 15))).toEqual(['after phase one', 'after phase two'])
  })
  it('is told without one in a dry run, and where none can be kept', async () => {
    const rehearsed = setUp()
    expect(await endsOf(apply(await rehearsed.plan(), { ...rehearsed.options, dryRun: true }))).toEqual([{ name: 'phase:finished', phase: 'one', durationMs: 0 }, { name: 'phase:finished', phase: 'two', durationMs: 0 }])
    const store = memoryStore()
    const refusing: Store = Object.assign(Object.create(store) as Store, { putPieces: (stack: string, kind: 'plan' | 'checkpoint' | 'output', id: string, pieces: AsyncIterable<string>) => (kind === 'checkpoint' ? Promise.reject(new Error('full')) : store.putPieces?.(stack, kind, id, pieces)) })
    const full = setUp(refusing)
    expect((await endsOf(apply(await full.plan(), full.options))).map(({ checkpoint }) => checkpoint)).toEqual([undefined, undefined])
  })
  it('counts from where a run was gone on with', async () => {
    const { options, plan, fails } = setUp()
    fails.add('b')
    const run = apply(await plan(), options)
    expect(await endsOf(run)).toHaveLength(1)
    fails.clear()
    expect(await endsOf(resume(run.id, options))).toMatchObject([{ phase: 'two', durationMs: 1_200 }])
  })
})
