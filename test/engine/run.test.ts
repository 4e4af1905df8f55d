import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/core/resource.ts'
import type { RunEvent } from '../../src/core/event.ts'
import { abandon } from '../../src/engine/abandon.ts'
import { apply } from '../../src/engine/apply.ts'
import { detectDrift } from '../../src/engine/drift.ts'
import type { ApplyOptions } from '../../src/engine/options.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

function setUp() {
  const clock = manualClock({ auto: true })
  const backend = createFakeBackend({ strict: true })
  const options = { provider: backend.provider, store: memoryStore(), clock, mode: 'sync' } as const
  const { named, thing, keyed } = declare(backend.provider)
  return {
    clock,
    backend,
    options,
    named: (name: string, more: object = {}) => named(name, { name, ...more }),
    thing: (name: string) => thing(name, { name }),
    keyed: (name: string) => keyed(name, { name }),
    /** In an object: a run that is returned as it is would be awaited. */
    start: async (desired: readonly Resource[], more: Partial<ApplyOptions> = {}) => ({ run: apply(await plan(desired, options), { ...options, ...more }) }),
    idOf: (name: string) => backend.objects().find(({ fields }) => fields['name'] === name)?.id as string,
  }
}

describe('time', () => {
  it('a call that does not answer is aborted, asked about, and made again', async () => {
    const { backend, named, start } = setUp()
    backend.fault({ call: 'create', fault: 'timeout' })
    const result = await (await start([named('a')], { timeoutMs: 1_000 })).run
    expect(result).toMatchObject({ outcome: 'succeeded', actions: [{ attempts: 2 }] })
    expect(backend.calls.map(({ call }) => call)).toEqual(['list', 'find', 'create', 'find', 'find', 'create'])
  })
  it('a call that ignores its abort is interrupted, and the run stays open', async () => {
    const { backend, named, start } = setUp()
    backend.fault({ call: 'create', fault: 'hang' })
    const result = await (await start([named('a')], { timeoutMs: 1_000, abortGraceMs: 500 })).run
    expect(result).toMatchObject({ outcome: 'interrupted', open: true, actions: [{ message: 'the call ignored its abort; whether it happened is unknown' }] })
  })
  it('an action has a time of its own', async () => {
    const { backend, named, start } = setUp()
    backend.fault({ call: 'update', fault: 'timeout', times: 9 })
    await (await start([named('a')])).run
    const result = await (await start([named('a', { size: 1 })], { timeoutMs: 600, actionTimeoutMs: 1_000, retry: { attempts: 9, baseMs: 1 } })).run
    expect(result.success).toBe(false)
    expect(backend.calls.filter(({ call }) => call === 'update').length).toBe(2)
  })
  it('a deadline ends the run', async () => {
    const { backend, named, start } = setUp()
    backend.fault({ call: 'create', object: 'b', fault: 'timeout', times: 9 })
    const a = named('a')
    const result = await (await start([a, named('b', { ref: a.id }), named('c')], { deadlineMs: 5_000, concurrency: 1 })).run
    expect(result.success).toBe(false)
    expect(result.durationMs).toBeLessThan(60_000)
  })
})

describe('giving up', () => {
  it('cancel lets what is in flight end, and records it', async () => {
    const { named, start, backend, options } = setUp()
    const { run } = await start([named('a'), named('b'), named('c')], { concurrency: 1 })
    run.on('action:started', () => void run.cancel())
    expect(await run).toMatchObject({ outcome: 'cancelled', open: false, counts: { succeeded: 1, cancelled: 2 } })
    expect(backend.objects()).toHaveLength(1)
    expect((await plan([named('a'), named('b'), named('c')], options)).summary).toMatchObject({ create: 2, unchanged: 1 })
  })
  it("the host's signal aborts a call", async () => {
    const { named, start, backend } = setUp()
    backend.fault({ call: 'create', fault: 'timeout' })
    const controller = new AbortController()
    const { run } = await start([named('a')], { signal: controller.signal, timeoutMs: 3_600_000 })
    run.on('action:started', () => controller.abort())
    expect(['interrupted', 'failed']).toContain((await run).outcome)
    expect(backend.objects()).toEqual([])
  })
})

describe('what moved after the plan was made', () => {
  it('is refused with its dependents; the rest runs', async () => {
    const { named, start, backend, options, idOf } = setUp()
    const a = named('a')
    const b = named('b', { ref: a.id })
    await (await start([a, b, named('c')])).run
    const changes = await plan([named('a', { size: 1 }), named('b', { ref: a.id, size: 1 }), named('c', { size: 1 })], options)
    backend.edit(idOf('a'), { size: 7 })
    backend.drop(idOf('c'))
    backend.put('named', { name: 'c' })
    const result = await apply(changes, options)
    expect(result.actions.map(({ address, outcome }) => [address, outcome])).toEqual([['named/a', 'stale'], ['named/c', 'stale'], ['named/b', 'skipped']])
    expect(result.success).toBe(false)
  })
  it('a create is refused when somebody else was faster', async () => {
    const { named, options, backend } = setUp()
    const changes = await plan([named('a')], options)
    backend.put('named', { name: 'a' })
    expect(await apply(changes, options)).toMatchObject({ outcome: 'failed', actions: [{ outcome: 'stale', message: 'an object of this natural key exists by now (id named-1); plan again' }] })
  })
})

describe('a plan that is refused', () => {
  it('says why, and nothing is changed', async () => {
    const { named, options, backend, clock } = setUp()
    const changes = await plan([named('a')], { ...options, expiresInMs: 1_000 })
    await expect(apply(changes, { ...options, stack: 'other' }).result).rejects.toMatchObject({ code: 'plan-refused', reason: 'other-stack' })
    await clock.advance(2_000)
    await expect(apply(changes, options).result).rejects.toMatchObject({ reason: 'expired' })
    const fresh = await plan([named('a')], options)
    await apply(fresh, options)
    await expect(apply(fresh, options).result).rejects.toMatchObject({ reason: 'already-applied' })
    const deleting = await plan([], { ...options, allowEmpty: true })
    await expect(apply(deleting, { ...options, expectMode: 'apply' }).result).rejects.toMatchObject({ reason: 'deletes-in-apply' })
    expect(await apply(deleting, { ...options, expectMode: 'apply', onDelete: 'skip' })).toMatchObject({ outcome: 'succeeded', counts: { blocked: 1 } })
    expect(backend.objects()).toHaveLength(1)
    const other = { ...options, store: memoryStore() }
    await apply(await plan([named('b')], other), other)
    await expect(apply(await plan([named('a', { size: 1 })], options), other).result).rejects.toMatchObject({ reason: 'other-lineage' })
  })
  it('is refused while somebody else has the stack', async () => {
    const { named, options } = setUp()
    const lease = await options.store.claim('default', 'anna')
    await expect(apply(await plan([named('a')], options), options).result).rejects.toMatchObject({ code: 'lease-held', holder: 'anna' })
    await options.store.release(lease)
    expect((await apply(await plan([named('a')], options), options)).outcome).toBe('succeeded')
  })
})

describe('an open run', () => {
  it('is counted as recorded and named, refuses another, and is settled by asking', async () => {
    const { thing, keyed, named, options, backend } = setUp()
    backend.fault({ call: 'create', type: 'thing', fault: 'lost-reply' })
    const desired = [named('n'), thing('t'), keyed('k')]
    const result = await apply(await plan(desired, options), { ...options, onFailure: 'continue' })
    expect(result).toMatchObject({ outcome: 'interrupted', open: true, counts: { succeeded: 2, interrupted: 1 } })
    const again = await plan(desired, options)
    expect(again.openRun).toBe(result.runId)
    expect(again.summary).toMatchObject({ create: 1, unchanged: 2 })
    await expect(apply(again, options).result).rejects.toMatchObject({ code: 'open-run', runId: result.runId })
    const abandoned = await abandon(undefined, options)
    expect(abandoned.settled).toMatchObject([{ address: 'thing/t', outcome: 'unknown' }])
    await expect(abandon(undefined, options)).rejects.toThrow('there is nothing to abandon')
    expect((await plan(desired, options)).openRun).toBeUndefined()
  })
  it('that a crash left behind is settled by what the backend says', async () => {
    const { named, options, backend } = setUp()
    const store = memoryStore()
    // A process that dies: whatever it would append after the call never arrives.
    const dying = { ...store, append: (...input: Parameters<typeof store.append>) => (input[2].some(({ kind }) => kind === 'succeeded') ? new Promise<void>(() => undefined) : store.append(...input)) }
    const changes = await plan([named('a')], { ...options, store })
    void apply(changes, { ...options, store: dying })
    while (backend.objects().length === 0) await options.clock.advance(1)
    await options.clock.advance(1)
    const [run] = await store.runs('default')
    expect(run?.ended).toBe(false)
    await store.release({ stack: 'default', holder: 'convergent', fence: 1, termMs: 30_000 })
    expect(await abandon(run?.id, { ...options, store })).toMatchObject({ settled: [{ address: 'named/a', outcome: 'happened' }] })
    expect((await plan([named('a')], { ...options, store })).actions).toEqual([])
  })
})

describe('committing only what has succeeded as a whole', () => {
  it('keeps the run open until it is settled', async () => {
    const { named, start, backend, options } = setUp()
    backend.fault({ call: 'create', object: 'b', fault: 'error' })
    const a = named('a')
    const result = await (await start([a, named('b', { ref: a.id })], { commit: 'success' })).run
    expect(result).toMatchObject({ outcome: 'partial', open: true })
    expect(await options.store.load('default')).toBeUndefined()
    await abandon(undefined, options)
    expect([...((await options.store.load('default'))?.resources.keys() ?? [])]).toEqual(['named/a'])
  })
})

describe('a rehearsal', () => {
  it('says what would succeed and what would not, and changes nothing', async () => {
    const { named, options, backend, start } = setUp()
    await (await start([named('a')])).run
    const changes = await plan([named('a', { size: 1 }), named('b')], options)
    backend.edit('named-1', { size: 9 })
    const before = backend.objects()
    const state = await options.store.load('default')
    const result = await apply(changes, { ...options, dryRun: true })
    expect(result).toMatchObject({ dryRun: true, open: false, counts: { stale: 1, succeeded: 1 } })
    expect(backend.objects()).toEqual(before)
    expect(await options.store.load('default')).toEqual(state)
    expect(await options.store.runs('default')).toHaveLength(1)
  })
})

describe('the run as its host holds it', () => {
  it('tells its story in order, to late listeners and iterations alike', async () => {
    const { named, start } = setUp()
    const { run } = await start([named('a')])
    const names: string[] = []
    for await (const event of run) names.push(event.name)
    expect(names.filter((name) => name !== 'call:finished')).toEqual(['run:started', 'action:started', 'action:succeeded', 'run:finished'])
  })
  it('goes on when a listener throws, rejects or leaves', async () => {
    const { named, start } = setUp()
    const { run } = await start([named('a'), named('b')])
    const failed: RunEvent[] = []
    run.on('listener:failed', (event) => failed.push({ name: 'listener:failed', ...event }))
    run.on('action:started', () => {
      throw new Error('a listener that throws')
    })
    run.once('action:succeeded', () => Promise.reject(new Error('a listener that rejects')))
    for await (const event of run) if (event.name === 'run:started') break
    expect((await run).outcome).toBe('succeeded')
    expect(failed).toHaveLength(3)
  })
  it('that nobody looks at does not take the process down', async () => {
    const { named, options } = setUp()
    const changes = await plan([named('a')], options)
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    apply(changes, { ...options, stack: 'other' })
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
  it('rejects when the journal cannot be written, and starts nothing more', async () => {
    const { named, options, backend } = setUp()
    const store = memoryStore()
    const broken = { ...store, append: () => Promise.reject(new Error('disk full')) }
    await expect(apply(await plan([named('a')], options), { ...options, store: broken }).result).rejects.toThrow('disk full')
    expect(backend.objects()).toEqual([])
  })
})

describe('drift', () => {
  it('is what was changed or is gone, field by field', async () => {
    const { named, start, backend, options, idOf } = setUp()
    const a = named('a')
    await (await start([a, named('b', { ref: a.id, size: 1 }), named('c')])).run
    expect((await detectDrift(options)).resources).toEqual([])
    backend.edit(idOf('b'), { size: 5, text: 'not ours to say' })
    backend.drop(idOf('c'))
    expect(await detectDrift(options)).toMatchObject({
      checked: 3,
      resources: [
        { address: 'named/b', kind: 'changed', changes: [{ path: ['size'], before: 1, after: 5 }] },
        { address: 'named/c', kind: 'gone', changes: [] },
      ],
    })
  })
})
