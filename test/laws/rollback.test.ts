import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resume } from '../../src/engine/resume.ts'
import { rollback } from '../../src/engine/rollback.ts'
import { FINDABLE, createWorld, draw, found, sketches } from './world.ts'

const RUNS = { numRuns: Number(process.env['LAW_RUNS'] ?? 50), seed: Number(process.env['LAW_SEED'] ?? 20261121) }

const faults = fc.array(
  fc.record({ call: fc.constantFrom('create', 'update', 'delete', 'find', 'read'), fault: fc.constantFrom('error', 'lost-reply', 'ambiguous', 'conflict', 'retryable'), skip: fc.nat(6), times: fc.integer({ min: 1, max: 3 }) }),
  { maxLength: 5 },
)

/** What is recorded, ids aside. */
async function recorded({ options }: ReturnType<typeof createWorld>): Promise<string[]> {
  const state = await options.store.load('default')
  return [...(state?.resources.values() ?? [])].map(({ address, inputs, dependsOn }) => JSON.stringify({ address, inputs, dependsOn: [...dependsOn].sort() })).sort()
}

describe('laws of rollback', () => {
  it('a run that is taken back, whole or failed half way, leaves everything as it was before', async () => {
    await fc.assert(
      fc.asyncProperty(sketches(FINDABLE), sketches(FINDABLE), faults, fc.constantFrom('stop', 'continue'), fc.integer({ min: 1, max: 8 }), async (first, second, scripted, onFailure, concurrency) => {
        const world = createWorld()
        await world.apply(await world.plan(draw(first)))
        const before = [found(world.backend.objects()), await recorded(world)]
        const made = await world.plan(draw(second))
        for (const fault of scripted) world.backend.fault(fault)
        await world.apply(made, { onFailure, concurrency, timeoutMs: 1_000 })
        world.backend.heal()
        const result = await rollback(undefined, { ...world.options, concurrency }).result
        expect(result.errors).toEqual([])
        expect([result.outcome, result.counts.blocked, result.open]).toEqual(['succeeded', 0, false])
        expect([found(world.backend.objects()), await recorded(world)]).toEqual(before)
        expect(found(world.backend.live())).toEqual(before[0])
        expect((await world.plan(draw(first))).actions).toEqual([])
      }),
      RUNS,
    )
  })

  it('a rollback that is cut off and resumed comes to the same end', async () => {
    await fc.assert(
      fc.asyncProperty(sketches(FINDABLE), sketches(FINDABLE), faults, async (first, second, scripted) => {
        const world = createWorld()
        await world.apply(await world.plan(draw(first)))
        const before = [found(world.backend.objects()), await recorded(world)]
        await world.apply(await world.plan(draw(second)))
        for (const fault of scripted) world.backend.fault(fault)
        await rollback(undefined, { ...world.options, timeoutMs: 1_000 }).result
        world.backend.heal()
        // The reading of what is there may have failed: then there is a rollback of a rollback to plan.
        const runs = await world.options.store.runs('default')
        const last = await resume(runs.at(-1)?.id, world.options).result.catch((error: unknown) => error)
        if (last instanceof Error) expect(last.message).toContain('there is nothing to resume')
        const stale = (last as { readonly counts?: { readonly stale: number } }).counts?.stale ?? 0
        if (stale === 0) expect([found(world.backend.objects()), await recorded(world)]).toEqual(before)
        expect(found(world.backend.live())).toEqual(found(world.backend.objects()))
      }),
      RUNS,
    )
  })

  it("onFailure: 'rollback' leaves everything as it was, or says what it could not take back", async () => {
    await fc.assert(
      fc.asyncProperty(sketches(FINDABLE), sketches(FINDABLE), fc.nat(12), async (first, second, skip) => {
        const world = createWorld()
        await world.apply(await world.plan(draw(first)))
        const before = [found(world.backend.objects()), await recorded(world)]
        const made = await world.plan(draw(second))
        world.backend.fault({ call: 'create', fault: 'error', skip })
        const result = await world.apply(made, { onFailure: 'rollback' })
        if (result.outcome === 'succeeded') return
        expect(result.outcome).toBe(result.rollback === undefined ? 'failed' : 'rolled-back')
        expect(result.errors.length).toBe(1)
        expect([found(world.backend.objects()), await recorded(world)]).toEqual(before)
      }),
      RUNS,
    )
  })
})
