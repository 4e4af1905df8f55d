import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planFromText, planToText } from '../../src/store/plan-text.ts'
import { plan } from '../../src/engine/plan.ts'
import { planRollback } from '../../src/engine/rollback.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { FINDABLE, createWorld, draw, expected, found, sketches } from './world.ts'

// The same ones each time, so that a red build is red again. Others, and more of them:
// LAW_SEED=$RANDOM LAW_RUNS=5000 npx vitest run --config test/vitest.config.ts test/laws
const RUNS = { numRuns: Number(process.env['LAW_RUNS'] ?? 50), seed: Number(process.env['LAW_SEED'] ?? 20261121) }

describe('laws of planning and applying', () => {
  it('a plan that is applied yields what was desired, in an order that a strict backend accepts, and the next is empty', async () => {
    await fc.assert(
      fc.asyncProperty(sketches(), sketches(), sketches(), fc.integer({ min: 1, max: 8 }), async (first, second, third, concurrency) => {
        const world = createWorld()
        for (const desired of [draw(first), draw(second), draw(third)]) {
          const result = await world.apply(await world.plan(desired), { concurrency })
          expect(result.errors).toEqual([])
          expect(result.outcome).toBe('succeeded')
          expect(found(world.backend.objects())).toEqual(expected(desired))
          expect(found(world.backend.live())).toEqual(expected(desired))
          expect((await world.plan(desired)).actions).toEqual([])
        }
      }),
      RUNS,
    )
  })

  it('a plan that is read is the plan that was written, to the byte', async () => {
    await fc.assert(
      fc.asyncProperty(sketches(), sketches([...FINDABLE], { withProtection: true }), async (first, second) => {
        const world = createWorld()
        const { runId } = await world.apply(await world.plan(draw(first)))
        for (const made of [await world.plan(draw(second)), await planRollback(runId, world.options)]) {
          const text = await planToText(made)
          expect(await planToText(await planFromText(text))).toBe(text)
        }
      }),
      RUNS,
    )
  })

  it('mode apply deletes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(sketches(), sketches(), async (first, second) => {
        const world = createWorld()
        await world.apply(await world.plan(draw(first)))
        const before = world.backend.objects().map(({ id }) => id)
        const made = await world.plan(draw(second), { mode: 'apply' })
        expect(made.actions.filter(({ kind, blocked }) => blocked === undefined && kind !== 'create' && kind !== 'update' && kind !== 'settle')).toEqual([])
        const result = await world.apply(made)
        expect(result.errors).toEqual([])
        const after = world.backend.objects().map(({ id }) => id)
        expect(before.filter((id) => !after.includes(id))).toEqual([])
        expect(world.backend.calls.filter(({ call }) => call === 'delete').length).toBe(0)
      }),
      RUNS,
    )
  })

  it('destroy takes everything that is ours, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(sketches(), async (first) => {
        const world = createWorld()
        const foreign = [world.backend.put('named', { name: 'foreign' }), world.backend.put('marked', { name: 'foreign', owner: 'them' }), world.backend.put('thing', { name: 'foreign' })]
        await world.apply(await world.plan(draw(first)))
        const result = await world.apply(await world.plan([], { mode: 'destroy' }))
        expect(result.errors).toEqual([])
        expect(world.backend.objects().map(({ id }) => id)).toEqual(foreign)
      }),
      RUNS,
    )
  })

  it('what is protected stays as it is, with all that it needs, in every mode', async () => {
    await fc.assert(
      fc.asyncProperty(sketches(FINDABLE, { withProtection: true }), sketches(FINDABLE), fc.constantFrom('apply', 'sync', 'destroy'), async (first, second, mode) => {
        const world = createWorld()
        await world.apply(await world.plan(draw(first)))
        // A declaration that keeps or says nothing of protection must not change what is protected.
        const desired = draw(second).map(({ protected: _, ...resource }) => {
          const { protected: __, ...inputs } = resource.inputs as Record<string, unknown>
          return { ...resource, inputs }
        })
        const kept = world.backend.objects('marked').filter(({ fields }) => fields['protected'] === true)
        const result = await world.apply(await world.plan(desired, { mode, allowReplace: true }), { onFailure: 'continue' })
        expect(result.errors).toEqual([])
        const after = new Map(world.backend.objects().map((object) => [object.id, object]))
        for (const object of kept) {
          expect(after.get(object.id)).toEqual(object)
          for (const id of (object.fields['refs'] ?? []) as string[]) expect(after.has(id)).toBe(true)
        }
      }),
      RUNS,
    )
  })

  it('what is not ours never changes, also when it has the name of something that is declared', async () => {
    await fc.assert(
      fc.asyncProperty(sketches(FINDABLE), fc.constantFrom('apply', 'sync', 'destroy'), fc.nat(7), async (first, mode, slot) => {
        const world = createWorld()
        world.backend.put('marked', { name: `n${slot}`, owner: 'them', size: 9 })
        world.backend.put('named', { name: `n${slot}`, size: 9 })
        const before = world.backend.objects()
        await world.apply(await world.plan(draw(first), { mode }), { onFailure: 'continue' })
        expect(world.backend.objects().slice(0, 2)).toEqual(before)
      }),
      RUNS,
    )
  })

  it('what lies outside of the scope, or cannot be read, never changes', async () => {
    await fc.assert(
      fc.asyncProperty(sketches(FINDABLE), sketches(FINDABLE), fc.constantFrom('named', 'marked', 'versioned'), fc.boolean(), async (first, second, type, byScope) => {
        const world = createWorld()
        await world.apply(await world.plan(draw(first)))
        const before = world.backend.objects(type)
        if (!byScope) {
          world.backend.fault({ call: 'list', type, fault: 'error', times: 100 })
          world.backend.fault({ call: 'read', type, fault: 'error', times: 100 })
        }
        const scope = byScope ? { types: FINDABLE.filter((each) => each !== type) } : undefined
        // Where nothing at all could be read there is no plan: that is another way to change nothing.
        const made = await world.plan(draw(second), { ...(scope && { scope }) }).catch(() => undefined)
        if (made === undefined) return
        const touched = made.actions.filter((action) => action.address.startsWith(`${type}/`) && action.blocked === undefined)
        expect(touched).toEqual([])
        await world.apply(made, { onFailure: 'continue' })
        expect(world.backend.objects(type)).toEqual(before)
      }),
      RUNS,
    )
  })

  it('the same input gives the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(sketches(), sketches(), async (first, second) => {
        const world = createWorld()
        await world.apply(await world.plan(draw(first)))
        const once = async (): Promise<string> => planToText(await plan(draw(second), { ...world.options, clock: manualClock({ seed: 7 }), mode: 'sync', allowEmpty: true }))
        expect(await once()).toBe(await once())
      }),
      RUNS,
    )
  })
})

describe('laws of runs that fail', () => {
  const faults = fc.array(
    fc.record({
      call: fc.constantFrom('create', 'update', 'delete', 'find', 'read'),
      fault: fc.constantFrom('error', 'retryable', 'conflict', 'ambiguous', 'lost-reply', 'timeout', 'garbage'),
      skip: fc.nat(5),
      times: fc.integer({ min: 1, max: 5 }),
    }),
    { maxLength: 4 },
  )

  it('after any faults, planning and applying again comes to what was desired, without a duplicate', async () => {
    await fc.assert(
      fc.asyncProperty(sketches(FINDABLE), sketches(FINDABLE), faults, fc.constantFrom('stop', 'continue'), async (first, second, scripted, onFailure) => {
        const world = createWorld()
        await world.apply(await world.plan(draw(first)))
        const made = await world.plan(draw(second))
        // A delete has no reply that could be garbage: its success is all there is.
        for (const fault of scripted) if (fault.call !== 'delete' || fault.fault !== 'garbage') world.backend.fault(fault as Parameters<typeof world.backend.fault>[0])
        const result = await world.apply(made, { onFailure, timeoutMs: 1_000 })
        expect(result.success).toBe(result.outcome === 'succeeded')
        if (result.errors.length > 0) expect(result.success).toBe(false)
        world.backend.heal()
        await world.settle()
        const mended = await world.apply(await world.plan(draw(second)))
        expect(mended.errors).toEqual([])
        expect(found(world.backend.objects())).toEqual(expected(draw(second)))
        expect((await world.plan(draw(second))).actions).toEqual([])
      }),
      RUNS,
    )
  })
})
