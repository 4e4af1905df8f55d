import { expect, it } from 'vitest'
import type { Resource } from '../../src/core/resource.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { interceptProvider } from '../../src/testing/intercept.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

/** What is `slow` takes a minute, and everything else a second. */
function setUp() {
  const clock = manualClock({ auto: true })
  const backend = createFakeBackend()
  const provider = interceptProvider(backend.provider, async ({ call, name }, make) => {
    if (call === 'create') await new Promise<void>((resolve) => clock.after(name === 'slow' ? 60_000 : 1_000, resolve))
    return make()
  })
  const options = { provider, store: memoryStore(), clock, mode: 'sync', allowEmpty: true, concurrency: 2 } as const
  const { named } = declare(backend.provider)
  return {
    named,
    options,
    run: async (desired: readonly Resource[]) => {
      const run = apply(await plan(desired, options), options)
      const order: string[] = []
      run.on('action:started', ({ action }) => void order.push(action.address))
      const { durationMs } = await run
      return { order, durationMs }
    },
  }
}

it('starts first what took long last time', async () => {
  const { named, run } = setUp()
  const desired = [...Array.from({ length: 60 }, (_, at) => named(`n${at}`, { name: `n${at}` })), named('slow', { name: 'slow' })]
  const first = await run(desired)
  expect(first.order.at(-1)).toBe('named/slow')
  await run([])
  const again = await run(desired)
  expect(again.order[0]).toBe('named/slow')
  // All the others fit beside the slow one.
  expect([first.durationMs, again.durationMs]).toEqual([90_000, 60_000])
})

it('takes a journal that cannot be read for one that says nothing', async () => {
  const { named, options, run } = setUp()
  await run([named('a', { name: 'a' })])
  const broken = { ...options.store, entries: () => { throw new Error('it is damaged') } }
  const desired = [named('a', { name: 'a' }), named('b', { name: 'b' })]
  const result = await apply(await plan(desired, options), { ...options, store: broken, concurrency: 1 }).result
  expect(result.outcome).toBe('succeeded')
})
