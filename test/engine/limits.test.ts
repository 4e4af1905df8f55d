import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/core/resource.ts'
import { apply } from '../../src/engine/apply.ts'
import type { ApplyOptions } from '../../src/engine/options.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { combineProviders } from '../../src/provider/combine.ts'
import { declare } from '../../src/provider/declare.ts'
import { defineProvider, defineType } from '../../src/provider/define.ts'
import type { ReadContext } from '../../src/provider/context.ts'
import type { Provider } from '../../src/provider/provider.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

const many = (count: number, make: (name: string) => Resource): Resource[] => Array.from({ length: count }, (_, index) => make(`n${index}`))

/** A provider that counts how many of its calls run at once, in all and by type. */
function countingProvider(more: Partial<Provider> = {}) {
  const clock = manualClock({ auto: true })
  const running = new Map<string, number>()
  const most = new Map<string, number>()
  const type = (name: string, rules: object = {}) => {
    let made = 0
    const slow = async <T>(result: T): Promise<T> => {
      running.set(name, (running.get(name) ?? 0) + 1)
      running.set('all', (running.get('all') ?? 0) + 1)
      for (const key of [name, 'all']) most.set(key, Math.max(most.get(key) ?? 0, running.get(key) as number))
      await new Promise<void>((resolve) => clock.after(10, resolve))
      for (const key of [name, 'all']) running.set(key, (running.get(key) as number) - 1)
      return result
    }
    return defineType({ ...rules, read: async () => undefined, create: ({ inputs }) => slow({ id: `${name}-${++made}`, outputs: inputs as { readonly [key: string]: unknown } }), update: async ({ before }) => before, delete: async () => undefined })
  }
  const provider = defineProvider({ name: 'counting', types: { free: type('free'), limited: type('limited', { concurrency: 2 }), serial: type('serial', { serialKey: 'config' }), alsoSerial: type('alsoSerial', { serialKey: () => 'config' }) }, ...more })
  const options = { provider, clock, store: memoryStore() }
  return { most, options, run: async (resources: readonly Resource[], how: Partial<ApplyOptions> = {}) => ({ result: await apply(await plan(resources, options), { ...options, ...how }).result }) }
}

describe('at once', () => {
  it('run as many actions of a type as it takes, and others beside them', async () => {
    const { most, run } = countingProvider()
    const { result } = await run([...many(6, (name) => ({ type: 'limited', name, inputs: {} })), ...many(6, (name) => ({ type: 'free', name, inputs: {} }))])
    expect(result.success).toBe(true)
    expect(most.get('limited')).toBe(2)
    expect(most.get('free')).toBe(6)
  })
  it('runs one action of a key, of whatever type', async () => {
    const { most, run } = countingProvider()
    await run([...many(4, (name) => ({ type: 'serial', name, inputs: {} })), ...many(4, (name) => ({ type: 'alsoSerial', name, inputs: {} }))])
    expect(most.get('all')).toBe(1)
  })
  it('run what the host allows, where that is less', async () => {
    const { most, run } = countingProvider()
    await run(many(9, (name) => ({ type: 'free', name, inputs: {} })), { typeConcurrency: { free: 3 } })
    expect(most.get('free')).toBe(3)
    await run(many(9, (name) => ({ type: 'free', name: `${name}-more`, inputs: {} })), { serialKey: ({ address }) => (address.endsWith('n0-more') || address.endsWith('n1-more') ? undefined : 'one') })
    expect(most.get('free')).toBe(3)
  })
})

/** A provider whose every call is one request, and what its backend saw of them. */
function pacedProvider(rateLimit: Provider['rateLimit'], judge: (at: number, count: number) => number | undefined = () => undefined) {
  const clock = manualClock({ auto: true })
  const seen: number[] = []
  let refused = 0
  const request = async (context: ReadContext): Promise<void> => {
    for (;;) {
      await context.admit()
      seen.push(clock.monotonic())
      const retryAfterMs = judge(clock.monotonic(), seen.length)
      if (retryAfterMs === undefined) return
      refused++
      context.refused(retryAfterMs)
    }
  }
  let made = 0
  const item = defineType({
    read: async () => undefined,
    create: async ({ inputs }, context) => {
      await request(context)
      return { id: String(++made), outputs: inputs as { readonly [key: string]: unknown } }
    },
    update: async ({ before }) => before,
    delete: async () => undefined,
  })
  const provider = defineProvider({ name: 'paced', types: { item }, ...(rateLimit && { rateLimit }) })
  return { provider, clock, seen, refusals: () => refused, made: () => made }
}

async function createAll(provider: Provider, clock: ReturnType<typeof manualClock>, count: number, more: Partial<ApplyOptions> = {}, type = 'item') {
  const options = { provider, clock, store: memoryStore() }
  return apply(await plan(many(count, (name) => ({ type, name, inputs: {} })), options), { ...options, concurrency: 50, ...more }).result
}

/** The most requests within any stretch of this length. */
function mostWithin(times: readonly number[], windowMs: number): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length))
}

describe('a rate limit', () => {
  it('is a token bucket: a burst, then its pace', async () => {
    const { provider, clock, seen } = pacedProvider({ perSecond: 20, burst: 5 })
    expect((await createAll(provider, clock, 65)).success).toBe(true)
    expect(seen.filter((at) => at < 1).length).toBe(5)
    expect(mostWithin(seen, 1_000)).toBeLessThanOrEqual(25)
    expect(seen.at(-1)).toBeCloseTo(3_000, -1)
  })
  it('holds for all runs of the provider together', async () => {
    const { provider, clock, seen } = pacedProvider({ perSecond: 10, burst: 1 })
    await Promise.all([createAll(provider, clock, 10), createAll(provider, clock, 10)])
    expect(mostWithin(seen, 1_000)).toBeLessThanOrEqual(10)
  })
  it('stays with its provider when several are made one', async () => {
    const slow = pacedProvider({ perSecond: 1, burst: 1 })
    const both = combineProviders(slow.provider, defineProvider({ name: 'other', types: { other: defineType({ read: async () => undefined, create: async ({ inputs }, context) => (await context.admit(), { id: 'x', outputs: inputs as { readonly [key: string]: unknown } }), update: async ({ before }) => before, delete: async () => undefined }) } }))
    const result = await createAll(both, slow.clock, 1, {}, 'other')
    await createAll(both, slow.clock, 3)
    expect(result.durationMs).toBe(0)
    expect(mostWithin(slow.seen, 1_000)).toBe(1)
  })
  it('does not count against the timeout of a call', async () => {
    const { provider, clock } = pacedProvider({ perSecond: 0.01, burst: 1 })
    expect((await createAll(provider, clock, 3, { timeoutMs: 1_000 })).success).toBe(true)
  })
  it('is no doubt about a call that was cut off while it waited', async () => {
    const { provider, clock, made } = pacedProvider({ perSecond: 0.01, burst: 1 })
    const result = await createAll(provider, clock, 3, { deadlineMs: 5_000 })
    expect(made()).toBe(1)
    expect(result.counts).toMatchObject({ succeeded: 1, failed: 2, interrupted: 0 })
    expect(result.errors[0]?.error.message).toContain('nothing was sent')
  })
})

describe('Retry-After', () => {
  it('holds back every request of the provider, and none is lost or repeated', async () => {
    // Refuses what comes from the 10th request on, for two seconds.
    let until: number | undefined
    const { provider, clock, seen, made, refusals } = pacedProvider({ perSecond: 100, burst: 20 }, (at, count) => {
      if (count === 10) until = at + 2_000
      return until !== undefined && at < until ? 2_000 : undefined
    })
    const result = await createAll(provider, clock, 40)
    expect(result).toMatchObject({ success: true, counts: { succeeded: 40 } })
    expect(result.actions.every(({ attempts }) => attempts === 1)).toBe(true)
    expect(made()).toBe(40)
    // What was on its way when the first refusal came is all that was refused.
    const closedAt = seen[9] as number
    expect(seen.filter((at) => at > closedAt && at < closedAt + 2_000)).toEqual([])
    expect(refusals()).toBe(11)
  })
  it('without a limit of its own, a provider learns its pace', async () => {
    // Takes 50 in any second.
    const taken: number[] = []
    const { provider, clock, refusals, made } = pacedProvider(undefined, (at) => {
      if (taken.filter((each) => each > at - 1_000).length >= 50) return 1_000
      taken.push(at)
      return undefined
    })
    const result = await createAll(provider, clock, 600)
    expect(result.success).toBe(true)
    expect(made()).toBe(600)
    expect(refusals()).toBeLessThan(120)
  })
  it('grows where the backend names no time', async () => {
    const clock = manualClock({ auto: true })
    const times: number[] = []
    const stubborn = defineProvider({
      name: 'stubborn',
      types: {
        item: defineType({
          read: async () => undefined,
          create: async ({ inputs }, context) => {
            for (let refusal = 0; refusal < 4; refusal++) {
              await context.admit()
              times.push(clock.monotonic())
              context.refused()
            }
            await context.admit()
            times.push(clock.monotonic())
            return { id: 'x', outputs: inputs as { readonly [key: string]: unknown } }
          },
          update: async ({ before }) => before,
          delete: async () => undefined,
        }),
      },
    })
    await createAll(stubborn, clock, 1)
    expect(times.slice(1).map((at, index) => Math.round((at - (times[index] as number)) / 1_000))).toEqual([1, 2, 4, 8])
  })
})

describe('a backend that is down', () => {
  const setUp = () => {
    const clock = manualClock({ auto: true })
    const backend = createFakeBackend()
    const options = { provider: backend.provider, store: memoryStore(), clock }
    const { named, thing } = declare(backend.provider)
    return { backend, options, named: many(100, (name) => named(name, { name })), things: many(100, (name) => thing(name, { name })) }
  }

  it('pauses the run after a few calls, and the run goes on when it is told', async () => {
    const { backend, options, named } = setUp()
    const run = apply(await plan(named, options), { ...options, concurrency: 10 })
    run.once('action:succeeded', () => backend.goDown())
    const paused = await run.result
    expect(paused).toMatchObject({ outcome: 'paused', open: true, success: false, counts: { failed: 0, interrupted: 0 } })
    expect(paused.message).toContain('did not answer 6 calls in a row')
    const done = backend.objects().length
    expect(paused.counts.pending).toBe(100 - done)
    const callsBefore = backend.calls.length

    backend.heal()
    const resumed = await resume(undefined, options).result
    expect(resumed).toMatchObject({ runId: paused.runId, outcome: 'succeeded', counts: { succeeded: 100 } })
    expect(backend.objects().length).toBe(100)
    expect(callsBefore).toBeLessThan(2 * 11 + 30)
    expect((await plan(named, options)).actions).toEqual([])
  })
  it('fails at most twice as many calls as run at once, and the six', async () => {
    const { backend, options, things } = setUp()
    const changes = await plan(things, options)
    backend.goDown()
    const before = backend.calls.length
    const result = await apply(changes, { ...options, concurrency: 20 }).result
    expect(result.outcome).toBe('paused')
    expect(backend.calls.length - before).toBeLessThanOrEqual(2 * 20 + 6)
    expect(result.counts).toMatchObject({ pending: 100, failed: 0 })
  })
  it('is ridden out when it comes back in time', async () => {
    const { backend, options, named } = setUp()
    const changes = await plan(named, options)
    backend.goDown()
    options.clock.after(2_000, () => backend.heal())
    expect(await apply(changes, options).result).toMatchObject({ outcome: 'succeeded', counts: { succeeded: 100 } })
  })
  it('can be left to the retries', async () => {
    const { backend, options, named } = setUp()
    const changes = await plan(named.slice(0, 30), options)
    backend.goDown()
    const result = await apply(changes, { ...options, breaker: false, onFailure: 'continue' }).result
    expect(result.counts.failed).toBe(30)
  })
  it('is not one that fails a single object for good', async () => {
    const { backend, options, named } = setUp()
    backend.fault({ call: 'create', fault: 'ambiguous', object: 'n7', times: 99 })
    const result = await apply(await plan(named, options), { ...options, onFailure: 'continue' }).result
    expect(result.counts).toMatchObject({ succeeded: 99, failed: 1 })
  })
})

describe('pause', () => {
  it('lets what is in flight end, and leaves the rest to be resumed', async () => {
    const clock = manualClock({ auto: true })
    const backend = createFakeBackend({ clock, latencyMs: 5 })
    const options = { provider: backend.provider, store: memoryStore(), clock, concurrency: 4 }
    const { named } = declare(backend.provider)
    const resources = many(30, (name) => named(name, { name }))
    const run = apply(await plan(resources, options), options)
    run.once('action:succeeded', () => void run.pause('lunch'))
    const paused = await run.result
    expect(paused).toMatchObject({ outcome: 'paused', message: 'lunch' })
    // The next one had been started with the first one's outcome.
    expect(paused.counts.succeeded).toBe(5)
    await expect(apply(await plan(resources, options), options).result).rejects.toMatchObject({ code: 'open-run' })
    const resumed = resume(paused.runId, options)
    const events: string[] = []
    resumed.on('run:started', ({ resumed: again }) => events.push(`resumed ${again}`))
    expect(await resumed.result).toMatchObject({ outcome: 'succeeded', counts: { succeeded: 30 } })
    expect(events).toEqual(['resumed true'])
    expect(backend.objects().length).toBe(30)
  })
})
