import { describe, expect, it } from 'vitest'
import type { Progress } from '../../src/core/event.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { interceptProvider } from '../../src/testing/intercept.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

/** A backend whose creates take a second each. */
async function setUp(count: number, concurrency: number) {
  const clock = manualClock({ auto: true })
  const backend = createFakeBackend()
  const provider = interceptProvider(backend.provider, async ({ call }, make) => {
    if (call === 'create') await new Promise<void>((resolve) => clock.after(1_000, resolve))
    return make()
  })
  const options = { provider, store: memoryStore(), clock, concurrency }
  const { named } = declare(backend.provider)
  return { backend, options, plan: await plan(Array.from({ length: count }, (_, at) => named(`n${at}`, { name: `n${at}` })), options) }
}

describe('progress', () => {
  it('says how long the rest takes, by what was like it so far', async () => {
    const world = await setUp(10, 2)
    const told: (number | undefined)[] = []
    const run = apply(world.plan, world.options)
    run.on('action:succeeded', ({ progress }) => void told.push(progress.leftMs))
    await run
    // Two at a time, a second each: after the first two four seconds are left, and at the end none.
    expect(told[1]).toBe(4_000)
    expect(told[9]).toBe(0)
  })
  it('is sampled for who does not want to hear of each action', async () => {
    const world = await setUp(100, 10)
    const seen: Progress[] = []
    for await (const progress of apply(world.plan, world.options).progress(2_600)) seen.push(progress)
    expect(seen.map(({ done }) => done)).toEqual([0, 20, 50, 70, 100])
    expect(seen.at(-1)).toMatchObject({ done: 100, total: 100, percent: 100 })
  })
  it('ends with a run that cannot begin, which throws', async () => {
    const world = await setUp(1, 1)
    await world.options.store.claim('default', 'somebody else')
    const run = apply(world.plan, world.options)
    const iterate = async (): Promise<void> => {
      for await (const progress of run.progress()) expect(progress).toBeUndefined()
    }
    await expect(iterate()).rejects.toMatchObject({ code: 'lease-held' })
  })
  it('tells how many actions are under way at once when the backend makes it fewer', async () => {
    const world = await setUp(60, 8)
    for (const fault of ['retryable', 'timeout'] as const) world.backend.fault({ call: 'create', fault, skip: 5 })
    const told: string[] = []
    const run = apply(world.plan, { ...world.options, timeoutMs: 5_000 })
    run.on('concurrency:changed', ({ concurrency, most }) => void told.push(`${concurrency} of ${most}`))
    expect((await run).outcome).toBe('succeeded')
    expect(told[0]).toBe('4 of 8')
    expect(told.at(-1)).toBe('8 of 8')
  })
})
