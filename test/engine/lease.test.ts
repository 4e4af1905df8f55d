import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { abandon } from '../../src/engine/abandon.ts'
import { apply } from '../../src/engine/apply.ts'
import { showRun } from '../../src/engine/history.ts'
import { resume } from '../../src/engine/resume.ts'
import { unlock } from '../../src/engine/unlock.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { memoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { readEntries } from '../../src/testing/store-sample.ts'
import { copyOf, createGate, createWorld } from './two-hosts.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'convergent-lease-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const TERM_MS = 30_000

describe.each<[string, () => Store]>([
  ['a memory store', memoryStore],
  ['a file store', () => fileStore(dir)],
])('two hosts on %s', (_, open) => {
  it('a held stack is refused at once, and its holder is named', async () => {
    const { createHost, named, planFor, until, pass, follow } = createWorld(open())
    const gate = createGate()
    const [anna, ben] = [createHost('anna', { onCreate: gate.wait }), createHost('ben')]
    const first = follow(apply(await planFor(anna, named('a')), anna.options))
    await until(gate.reached)
    const second = follow(apply(await planFor(ben, named('b')), ben.options))
    await until(() => second.isOver)
    expect(second.error).toMatchObject({ code: 'lease-held', holder: expect.stringContaining('anna') as string })
    gate.open()
    await until(() => first.isOver)
    expect(first.value?.outcome).toBe('succeeded')
    await pass(0)
    expect([anna.pendingTimers(), ben.pendingTimers()]).toEqual([0, 0])
  })

  it('who waits has it when it is given back, and not before, however long that takes', async () => {
    const { createHost, named, planFor, until, pass, follow } = createWorld(open())
    const gate = createGate()
    const [anna, ben] = [createHost('anna', { onCreate: gate.wait, options: { timeoutMs: 1e9 } }), createHost('ben')]
    const first = follow(apply(await planFor(anna, named('a')), anna.options))
    await until(gate.reached)
    const run = apply(await planFor(ben, named('b')), { ...ben.options, leaseWaitMs: 10 * TERM_MS })
    const events: unknown[] = []
    run.on('lease:awaited', (event) => events.push(event))
    run.on('lease:taken', (event) => events.push(event))
    const second = follow(run)
    await pass(3 * TERM_MS, anna, ben)
    expect([first.isOver, second.isOver]).toEqual([false, false])
    expect(events).toMatchObject([{ stack: 'default', holder: expect.stringContaining('anna') as string, leftMs: 10 * TERM_MS }])
    gate.open()
    await until(() => first.isOver && second.isOver, anna, ben)
    expect([first.value?.outcome, second.value?.outcome]).toEqual(['succeeded', 'succeeded'])
    expect(events).toHaveLength(1)
  })

  it('who waits in vain is refused when its time is up', async () => {
    const { createHost, named, planFor, until, follow } = createWorld(open())
    const gate = createGate()
    const [anna, ben] = [createHost('anna', { onCreate: gate.wait }), createHost('ben')]
    const first = follow(apply(await planFor(anna, named('a')), anna.options))
    await until(gate.reached)
    const second = follow(apply(await planFor(ben, named('b')), { ...ben.options, leaseWaitMs: 5_000 }))
    await until(() => second.isOver, anna, ben)
    expect(second.error).toMatchObject({ code: 'lease-held' })
    expect(ben.clock.monotonic()).toBeGreaterThanOrEqual(5_000)
    expect(ben.clock.monotonic()).toBeLessThan(6_000)
    gate.open()
    await until(() => first.isOver, anna)
    expect(first.value?.outcome).toBe('succeeded')
  })

  it('a suspended holder is overtaken after its whole term, and sends nothing when it wakes', async () => {
    const shared = open()
    const { backend, createHost, named, planFor, until, pass, follow } = createWorld(shared)
    const asleep = createGate()
    // Suspended right after it is durable that the call for b begins, and right before that call.
    const suspendable = (store: Store): Store => ({
      ...copyOf(store),
      append: async (lease, run, entries) => {
        await store.append(lease, run, entries)
        if (entries.some((entry) => entry.kind === 'started' && entry.step === 'create:named/b')) await asleep.wait()
      },
    })
    const [anna, ben] = [createHost('anna', { store: suspendable }), createHost('ben', { options: { timeoutMs: 7_000 } })]
    const a = named('a')
    const run = apply(await planFor(anna, a, named('b', a), named('c')), anna.options)
    const first = follow(run)
    await until(asleep.reached, anna)

    const second = resume(run.id, { ...ben.options, leaseWaitMs: 10 * TERM_MS })
    const taken: { readonly atMs: number; readonly reason: string }[] = []
    second.on('lease:taken', ({ reason, graceMs }) => taken.push({ reason: `${reason} ${graceMs}`, atMs: ben.clock.monotonic() }))
    const followed = follow(second)
    await pass(TERM_MS - 500, ben)
    expect(taken).toEqual([])
    await until(() => followed.isOver, ben)
    expect(followed.value).toMatchObject({ outcome: 'succeeded', runId: run.id })
    expect(taken).toMatchObject([{ reason: `it gave no sign of life for its whole term of ${TERM_MS} ms 7000` }])
    expect(taken[0]?.atMs).toBeGreaterThanOrEqual(TERM_MS)
    expect(ben.calls[0]?.atMs).toBeGreaterThanOrEqual((taken[0]?.atMs ?? Infinity) + 7_000)
    const before = backend.calls.length

    anna.jump(ben.clock.monotonic())
    asleep.open()
    await until(() => first.isOver, anna)
    expect(first.error).toMatchObject({ code: 'lease-lost' })
    await pass(TERM_MS, anna)
    expect(backend.calls).toHaveLength(before)
    expect(anna.calls.filter(({ call }) => call === 'create').map(({ name }) => name)).not.toContain('b')
    expect(backend.objects().map(({ fields }) => fields['name']).sort()).toEqual(['a', 'b', 'c'])
    const entries = await readEntries(shared, 'default', run.id)
    expect(entries.find(({ kind }) => kind === 'run-taken')).toMatchObject({ holder: 'ben', fence: 2, takenOver: { from: expect.stringContaining('anna') as string } })
    expect(entries.filter(({ kind }) => kind === 'run-ended')).toMatchObject([{ outcome: 'succeeded' }])
    expect([anna.pendingTimers(), ben.pendingTimers()]).toEqual([0, 0])
  })

  it('a forced take-over is made at once, says why for ever, and leaves what is in flight to end', async () => {
    const shared = open()
    const { backend, createHost, named, planFor, until, pass, follow } = createWorld(shared)
    const gate = createGate()
    let ended = 0
    const onCreate = async (): Promise<void> => {
      await gate.wait()
      ended++
    }
    const [anna, ben] = [createHost('anna', { onCreate, options: { concurrency: 3, timeoutMs: 1e9 } }), createHost('ben')]
    const run = apply(await planFor(anna, named('a'), named('b'), named('c'), named('d')), anna.options)
    const first = follow(run)
    await until(() => anna.calls.filter(({ call }) => call === 'create').length === 3, anna)

    const taken: unknown[] = []
    const second = apply(await planFor(ben, named('x')), { ...ben.options, stack: 'default', takeOver: { reason: 'anna is on holiday' } })
    second.on('lease:taken', (event) => taken.push({ ...event, atMs: ben.clock.monotonic() }))
    const followed = follow(second)
    await until(() => taken.length === 1)
    expect(taken).toMatchObject([{ reason: 'anna is on holiday', from: expect.stringContaining('anna') as string, fence: 2, graceMs: 60_000, atMs: 0 }])
    expect(await shared.holding('default')).toMatchObject({ fence: 2, takenOver: { reason: 'anna is on holiday' } })

    // The loss is noticed at the next renewal, and from then on nothing starts.
    await pass(TERM_MS, anna)
    expect(first.isOver).toBe(false)
    gate.open()
    await until(() => first.isOver, anna)
    expect(first.error).toMatchObject({ code: 'lease-lost' })
    expect(ended).toBe(3)
    expect(backend.objects()).toHaveLength(3)
    await pass(60_000, ben)
    await until(() => followed.isOver, ben)
    // What anna left is for ben to look at first; why he took it is kept, although his own run was refused.
    expect(followed.error).toMatchObject({ code: 'open-run' })
    expect(await showRun(run.id, { store: shared })).toMatchObject({ holder: 'anna', open: true, resumed: [], taken: [{ holder: 'ben', from: expect.stringContaining('anna') as string, reason: 'anna is on holiday' }] })
    const third = follow(resume(run.id, ben.options))
    await until(() => third.isOver, ben)
    expect(third.value).toMatchObject({ outcome: 'succeeded' })
    expect(backend.objects()).toHaveLength(4)
  })

  it('an unlocked stack is free when what its holder had sent has had its time, and its run says why', async () => {
    const shared = open()
    const { createHost, named, planFor, until, pass, follow } = createWorld(shared)
    const gate = createGate()
    const [anna, ben] = [createHost('anna', { onCreate: gate.wait }), createHost('ben')]
    const run = apply(await planFor(anna, named('a')), anna.options)
    const first = follow(run)
    await until(gate.reached, anna)
    await expect(unlock({ store: shared, reason: 'it hangs', fence: 7 })).rejects.toMatchObject({ code: 'lease-held' })
    const work = follow(unlock({ store: ben.options.store, clock: ben.clock, holder: 'ben', reason: 'it hangs' }))
    await pass(59_000, ben)
    expect([work.isOver, (await shared.holding('default'))?.takenOver?.reason]).toEqual([false, 'it hangs'])
    await until(() => work.isOver, ben)
    expect(work.value).toEqual({ from: expect.stringContaining('anna') as string, reason: 'it hangs' })
    expect(await shared.holding('default')).toBeUndefined()
    expect(await unlock({ store: shared, reason: 'again' })).toBeUndefined()
    expect(await showRun(run.id, { store: shared })).toMatchObject({ open: true, taken: [{ holder: 'ben', reason: 'it hangs' }] })
    gate.open()
    await until(() => first.isOver, anna)
    expect(first.error).toMatchObject({ code: 'lease-lost' })
  })

  it('a forced run says in its journal whom it took the stack from, and so does an abandoned one', async () => {
    const shared = open()
    const { createHost, named, planFor, until, follow } = createWorld(shared)
    const ben = createHost('ben', { options: { timeoutMs: 1_000 } })
    await shared.claim('default', 'anna')
    const run = apply(await planFor(ben, named('x')), { ...ben.options, takeOver: { reason: 'her machine is gone' } })
    const first = follow(run)
    await until(() => first.isOver, ben)
    expect((await readEntries(shared, 'default', run.id))[0]).toMatchObject({ kind: 'run-started', holder: 'ben', fence: 2, takenOver: { from: expect.stringContaining('anna') as string, reason: 'her machine is gone' } })
    await shared.claim('default', 'anna')
    const second = follow(abandon(undefined, { ...ben.options, takeOver: { reason: 'again' } }))
    await until(() => second.isOver, ben)
    expect(second.error).toMatchObject({ code: 'store', message: expect.stringContaining('no open run') as string })
    expect(await shared.holding('default')).toBeUndefined()
  })
})
