import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/core/errors.ts'
import { apply } from '../../src/engine/apply.ts'
import { LeaseKeeper, readInstant } from '../../src/engine/lease-keeper.ts'
import { resume } from '../../src/engine/resume.ts'
import type { CallContext } from '../../src/provider/context.ts'
import { memoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { readEntries } from '../../src/testing/store-sample.ts'
import { copyOf, createGate, createWorld } from './two-hosts.ts'

const TERM_MS = 30_000

describe('how long a lease is held', () => {
  const keep = async (skewMs: { readonly wall: number; readonly monotonic: number }) => {
    const manual = manualClock()
    const store = memoryStore()
    const answers: (() => void)[] = []
    const clock = { ...manual, now: () => manual.now() + skewMs.wall, monotonic: () => manual.monotonic() + skewMs.monotonic }
    const slow = { ...store, renew: () => new Promise<void>((resolve) => answers.push(resolve)) }
    const keeper = new LeaseKeeper(slow, await store.claim('s', 'me'), clock, readInstant(clock))
    const isHeld = (): boolean => {
      const proof = keeper.hold()
      proof?.catch(() => undefined)
      return proof === undefined
    }
    return { manual, answers, isHeld }
  }
  it('a term from when the last renewal began, not from when it was answered', async () => {
    const { manual, answers, isHeld } = await keep({ wall: 0, monotonic: 0 })
    await manual.advance(29_999)
    expect([isHeld(), answers.length]).toEqual([true, 1])
    answers[0]?.()
    await manual.advance(10_000)
    expect(isHeld()).toBe(true)
    await manual.advance(1)
    expect(isHeld()).toBe(false)
  })
  it.each([['wall'], ['monotonic']] as const)('by the clock that went further: %s', async (which) => {
    const skewMs = { wall: 0, monotonic: 0 }
    const { isHeld } = await keep(skewMs)
    skewMs[which] = TERM_MS - 1
    expect(isHeld()).toBe(true)
    skewMs[which] = TERM_MS
    expect(isHeld()).toBe(false)
  })
  it('a clock that is set back proves nothing, and harms nothing', async () => {
    const skewMs = { wall: 0, monotonic: 0 }
    const { manual, isHeld } = await keep(skewMs)
    skewMs.wall = -1e9
    expect(isHeld()).toBe(true)
    await manual.advance(TERM_MS)
    expect(isHeld()).toBe(false)
  })
})

describe('a holder that cannot prove that it holds', () => {
  it.each([
    ['a store that refuses', ': no route to the store'],
    ['a store that does not answer', ', the store does not answer'],
  ])('pauses when its lease could not be renewed within its term, and can be resumed: %s', async (kind, why) => {
    const shared = memoryStore()
    const { backend, createHost, named, planFor, until, pass, follow } = createWorld(shared)
    const gate = createGate()
    let isDown = true
    const store = (inner: Store): Store => ({ ...copyOf(inner), renew: (lease) => (!isDown ? inner.renew(lease) : kind === 'a store that refuses' ? Promise.reject(new StoreError('no route to the store')) : new Promise(() => undefined)) })
    const anna = createHost('anna', { onCreate: gate.wait, store, options: { timeoutMs: 1e9 } })
    const first = follow(apply(await planFor(anna, named('a'), named('b')), anna.options))
    await until(gate.reached, anna)
    await pass(TERM_MS + 5_000, anna)
    gate.open()
    await until(() => first.isOver, anna)
    expect(first.value).toMatchObject({ outcome: 'paused', open: true, message: expect.stringMatching(new RegExp(`^the lease of stack default could not be renewed within its 30000 ms${why}; .*resume`)) as string })
    expect(backend.objects()).toHaveLength(1)
    expect(anna.calls.map(({ name }) => name)).not.toContain('b')
    isDown = false
    const second = follow(resume(undefined, anna.options))
    await until(() => second.isOver, anna)
    expect(second.value).toMatchObject({ outcome: 'succeeded' })
    expect(anna.pendingTimers()).toBe(0)
  })

  it.each(['a store that does not answer', 'a store that refuses'])('holds back a call whose turn has come: %s', async (kind) => {
    const shared = memoryStore()
    const { backend, createHost, named, planFor, until, pass, follow } = createWorld(shared)
    const asleep = createGate()
    const store = (inner: Store): Store => ({
      ...copyOf(inner),
      renew: () => (kind === 'a store that refuses' ? Promise.reject(new StoreError('no route to the store')) : new Promise(() => undefined)),
      append: async (lease, run, entries) => {
        await inner.append(lease, run, entries)
        if (entries.some((entry) => entry.kind === 'started')) await asleep.wait()
      },
    })
    const anna = createHost('anna', { store })
    const first = follow(apply(await planFor(anna, named('a')), anna.options))
    await until(asleep.reached, anna)
    anna.jump(TERM_MS)
    asleep.open()
    await pass(TERM_MS, anna)
    await until(() => first.isOver, anna)
    expect(first.value).toMatchObject({ outcome: 'paused', open: true })
    expect(backend.calls.filter(({ call }) => call === 'create')).toEqual([])
    const [run] = await shared.runs('default')
    expect((await readEntries(shared, 'default', run?.id ?? '')).map(({ kind: each }) => each)).toEqual(['run-started', 'started', 'attempted', 'run-ended'])
  })

  it('tries again soon after a renewal that failed, and nothing comes of that', async () => {
    const { createHost, named, planFor, until, pass, follow } = createWorld(memoryStore())
    const gate = createGate()
    const renewedAtMs: number[] = []
    const store = (inner: Store): Store => ({
      ...copyOf(inner),
      renew: (lease) => {
        renewedAtMs.push(anna.clock.monotonic())
        return renewedAtMs.length % 2 === 1 ? Promise.reject(new StoreError('no route to the store')) : inner.renew(lease)
      },
    })
    const anna = createHost('anna', { onCreate: gate.wait, store, options: { timeoutMs: 1e9 } })
    const first = follow(apply(await planFor(anna, named('a')), anna.options))
    await until(gate.reached, anna)
    await pass(3 * TERM_MS, anna)
    gate.open()
    await until(() => first.isOver, anna)
    expect(first.value).toMatchObject({ outcome: 'succeeded' })
    // A third of the term after one that went through, a twelfth after one that failed.
    expect(renewedAtMs.slice(1, 4).map((atMs, index) => atMs - (renewedAtMs[index] as number))).toEqual([2_500, 10_000, 2_500])
  })

  it('goes on after its machine slept, when nobody else has had the stack', async () => {
    const { backend, createHost, named, planFor, until, follow } = createWorld(memoryStore())
    const gate = createGate()
    const anna = createHost('anna', { onCreate: gate.wait })
    const first = follow(apply(await planFor(anna, named('a'), named('b')), anna.options))
    await until(gate.reached, anna)
    anna.jump(10 * TERM_MS)
    gate.open()
    await until(() => first.isOver, anna)
    expect(first.value).toMatchObject({ outcome: 'succeeded' })
    expect(backend.objects()).toHaveLength(2)
  })
})

describe('a journal that cannot be written', () => {
  it('lets what is in flight end before the run rejects, also what waits for its handle to be durable', async () => {
    const shared = memoryStore()
    const { backend, createHost, named, planFor, until, pass, follow } = createWorld(shared)
    const gates = { a: createGate(), b: createGate() }
    let refusal: unknown
    const work = async (name: string, context: CallContext): Promise<void> => {
      await gates[name as 'a' | 'b'].wait()
      if (name === 'b') await context.saveHandle('of b').catch((error: unknown) => (refusal = error))
    }
    const anna = createHost('anna', { onCreate: work, options: { concurrency: 2, timeoutMs: 1e9 } })
    const first = follow(apply(await planFor(anna, named('a'), named('b')), anna.options))
    await until(() => gates.a.reached() && gates.b.reached(), anna)
    await shared.claim('default', 'ben', { takeOver: { fence: 1, reason: 'to see what happens' } })
    gates.a.open()
    await pass(1_000, anna)
    expect(first.isOver).toBe(false)
    gates.b.open()
    await until(() => first.isOver, anna)
    expect([first.error, refusal]).toMatchObject([{ code: 'lease-lost' }, { code: 'lease-lost' }])
    expect(backend.objects()).toHaveLength(2)
  })
})

describe('while it waits', () => {
  it.each(['cancel', 'pause'] as const)('a run that is told to %s waits no longer', async (order) => {
    const shared = memoryStore()
    const { createHost, named, planFor, until, follow } = createWorld(shared)
    await shared.claim('default', 'anna')
    const ben = createHost('ben')
    const run = apply(await planFor(ben, named('a')), { ...ben.options, leaseWaitMs: 10 * TERM_MS })
    const first = follow(run)
    await until(() => ben.clock.monotonic() > 2_000, ben)
    void run[order]().catch(() => undefined)
    await until(() => first.isOver)
    expect(first.error).toMatchObject({ code: 'lease-held' })
    expect(ben.pendingTimers()).toBe(0)
  })

  it('a run that is cancelled in its grace does nothing, and its journal says who began it', async () => {
    const shared = memoryStore()
    const { backend, createHost, named, planFor, until, follow } = createWorld(shared)
    await shared.claim('default', 'anna')
    const ben = createHost('ben')
    const run = apply(await planFor(ben, named('a')), { ...ben.options, takeOver: { reason: 'she is gone' } })
    let isTaken = false
    run.on('lease:taken', () => (isTaken = true))
    const first = follow(run)
    await until(() => isTaken)
    void run.cancel()
    await until(() => first.isOver)
    expect(first.value).toMatchObject({ outcome: 'cancelled' })
    expect(backend.calls.filter(({ call }) => call === 'create')).toEqual([])
    expect((await readEntries(shared, 'default', run.id)).map(({ kind }) => kind)).toEqual(['run-started', 'cancelled', 'run-ended'])
  })
})
