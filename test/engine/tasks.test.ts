import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../src/core/errors.ts'
import { abandon } from '../../src/engine/abandon.ts'
import { apply } from '../../src/engine/apply.ts'
import type { ApplyOptions } from '../../src/engine/options.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { planRollback, rollback } from '../../src/engine/rollback.ts'
import type { CallContext } from '../../src/provider/context.ts'
import { defineProvider } from '../../src/provider/define.ts'
import type { ResourceType } from '../../src/provider/provider.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { createTaskWorld } from './task-world.ts'

describe('a task that is not over in time', () => {
  it('leaves its action interrupted, and a resume waits for it again', async () => {
    const { base, ends, tasks, things, finish, start } = createTaskWorld()
    ends.push('running')
    const result = await start()
    expect(result).toMatchObject({ outcome: 'interrupted', open: true, actions: [{ outcome: 'interrupted', message: 'task 0 was not over in time; resume goes on with what it began (0), and starts nothing twice' }] })
    expect(await resume(undefined, base)).toMatchObject({ outcome: 'interrupted', open: true })
    finish(0, 'succeeded')
    expect(await resume(undefined, base)).toMatchObject({ outcome: 'succeeded', open: false })
    expect([tasks.length, things.size]).toEqual([1, 1])
  })
  it('may have changed what there was: the change is not taken for somebody else’s', async () => {
    const { base, ends, tasks, finish, start } = createTaskWorld()
    await start(1)
    ends.push('running')
    expect(await start(2)).toMatchObject({ outcome: 'interrupted' })
    finish(1, 'succeeded')
    const result = await resume(undefined, base)
    expect([result.outcome, tasks.length]).toEqual(['succeeded', 2])
    // What there was before it is still known.
    expect((await rollback(result.runId, base)).outcome).toBe('succeeded')
    expect((await plan([{ type: 'thing', name: 'a', inputs: { name: 'a', size: 1 } }], base)).actions).toEqual([])
  })
  it('is not started again by whoever decides to try again', async () => {
    const { base, ends, tasks, finish, declare } = createTaskWorld()
    ends.push('running')
    const result = await apply(await plan(declare(), base), { ...base, decide: () => (finish(0, 'succeeded'), 'retry' as const) })
    expect([result.outcome, tasks.length]).toEqual(['succeeded', 1])
  })
  it('is not written off where the polls fail until no attempt is left, nor when the run is cancelled meanwhile', async () => {
    const { base, ends, tasks, finish, onPoll, declare, start } = createTaskWorld()
    ends.push('running')
    onPoll(() => {
      throw new ProviderError('retryable', 'it is busy', { status: 500 })
    })
    expect(await start(undefined, { retry: { attempts: 3 } })).toMatchObject({ outcome: 'interrupted', open: true })
    const again = resume(undefined, base)
    again.on('action:retried', () => void again.cancel())
    expect(await again).toMatchObject({ outcome: 'interrupted', open: true })
    onPoll(undefined)
    finish(0, 'succeeded')
    expect(await resume(undefined, base)).toMatchObject({ outcome: 'succeeded' })
    expect([tasks.length, (await plan(declare(), base)).actions]).toEqual([1, []])
  })
})

describe('a task that failed', () => {
  it('has failed for good, and to try again is to start another', async () => {
    const { base, ends, tasks, things, declare } = createTaskWorld()
    ends.push('failed')
    const seen: string[] = []
    const result = await apply(await plan(declare(), base), { ...base, decide: ({ kind }) => (seen.push(kind), 'retry' as const) })
    expect([result.outcome, seen, tasks.length, things.size]).toEqual(['succeeded', ['failed'], 2, 1])
  })
  it('also after a resume, and another resume starts another', async () => {
    const { base, ends, tasks, finish, start } = createTaskWorld()
    ends.push('running')
    await start()
    finish(0, 'failed')
    expect(await resume(undefined, base)).toMatchObject({ outcome: 'failed', actions: [{ outcome: 'failed', error: { message: 'task 0 failed' } }] })
    expect(await resume(undefined, base)).toMatchObject({ outcome: 'succeeded' })
    expect(tasks.length).toBe(2)
  })
})

describe('what a task meets that goes on while nobody looks', () => {
  it('is not ours where it says that the object exists already: a call that left a handle has made nothing else', async () => {
    const { base, ends, things, finish, failWith, start } = createTaskWorld()
    failWith('conflict')
    ends.push('running')
    await start(1)
    things.set('a', { name: 'a', size: 99 })
    finish(0, 'failed')
    const result = await resume(undefined, base)
    expect(result).toMatchObject({ outcome: 'failed', actions: [{ error: { message: 'task 0 failed' } }] })
    await rollback(result.runId, base)
    expect([...things.values()]).toEqual([{ name: 'a', size: 99 }])
  })
  it('is ours where an earlier call was lost before it, also after a resume', async () => {
    const { base, ends, things, tasks, finish, failWith, loseReply, start } = createTaskWorld()
    failWith('conflict')
    loseReply()
    ends.push('running')
    expect(await start(1)).toMatchObject({ outcome: 'interrupted' })
    finish(0, 'succeeded')
    finish(1, 'failed')
    expect(await resume(undefined, base)).toMatchObject({ outcome: 'succeeded' })
    expect([tasks.length, things.size]).toEqual([2, 1])
  })
  it('may be changed by somebody else: the change is waited for all the same, and is taken back to what was before it', async () => {
    const { base, ends, things, tasks, finish, start } = createTaskWorld()
    await start(1)
    ends.push('running')
    expect(await start(2)).toMatchObject({ outcome: 'interrupted' })
    things.set('a', { name: 'a', size: 7 })
    expect(await resume(undefined, base)).toMatchObject({ outcome: 'interrupted', open: true })
    finish(1, 'succeeded')
    const result = await resume(undefined, base)
    expect([result.outcome, tasks.length, things.get('a')]).toEqual(['succeeded', 2, { name: 'a', size: 2 }])
    expect((await rollback(result.runId, base)).outcome).toBe('succeeded')
    expect(things.get('a')).toEqual({ name: 'a', size: 1 })
  })
  it('may not show yet where it has succeeded: that is not known, and never taken for not done', async () => {
    const { base, ends, tasks, start } = createTaskWorld({ canAsk: true })
    ends.push('running')
    const { runId } = await start()
    Object.assign(tasks[0] as object, { end: 'succeeded' })
    expect((await abandon(runId, base)).settled).toEqual([{ address: 'thing/a', outcome: 'unknown', message: 'its task (0) succeeded, and no read shows it; look for it by hand' }])
  })
})

describe('a rollback of a run whose task was not over', () => {
  const begin = async (canAsk: boolean) => {
    const world = createTaskWorld({ canAsk })
    world.ends.push('running')
    const { runId } = await world.start()
    return { ...world, runId }
  }

  it('takes back what has become true since', async () => {
    const { base, things, finish, runId } = await begin(true)
    finish(0, 'succeeded')
    expect((await rollback(runId, base)).outcome).toBe('succeeded')
    expect(things.size).toBe(0)
  })
  it('has nothing to take back of one that failed', async () => {
    const { base, finish, runId } = await begin(true)
    finish(0, 'failed')
    const result = await rollback(runId, base)
    expect([result.outcome, result.actions]).toEqual(['succeeded', []])
  })
  it.each([true, false])('names one that may still go on as needing a person (it can be asked: %s)', async (canAsk) => {
    const { base, runId } = await begin(canAsk)
    expect(await rollback(runId, base)).toMatchObject({ actions: [{ outcome: 'blocked' }] })
  })
  it('and an abandon says that it is not over', async () => {
    const { base, runId } = await begin(true)
    expect((await abandon(runId, base)).settled).toEqual([{ address: 'thing/a', outcome: 'unknown', message: 'its task (0) is not over; resume waits for it' }])
  })
})

describe('a rollback of a run whose update or delete still goes on', () => {
  const begin = async (call: 'update' | 'delete', canAsk: boolean, more: Partial<ApplyOptions> = {}) => {
    const world = createTaskWorld({ canAsk })
    await world.start(1)
    world.ends.push('running')
    const desired = call === 'update' ? world.declare(2) : []
    const result = await apply(await plan(desired, { ...world.base, allowEmpty: true }), { ...world.base, ...more })
    expect(result).toMatchObject({ outcome: 'interrupted', open: true })
    return { ...world, result }
  }
  const refusal = (call: string, runId: string): string => `run ${runId} cannot be taken back while it may still change things: ${call}:thing/a: its task (1) is not over; resume waits for it. Resume it, which waits for that, or abandon it`

  it.each(['update', 'delete'] as const)('is refused until it is over (%s)', async (call) => {
    const { base, tasks, things, finish, result: { runId } } = await begin(call, true)
    for (const refused of [planRollback(runId, base), rollback(runId, base).result]) await expect(refused).rejects.toMatchObject({ code: 'plan-refused', reason: 'under-way', message: refusal(call, runId) })
    expect([tasks.length, things.get('a')]).toEqual([2, { name: 'a', size: 1 }])
    finish(1, 'succeeded')
    expect(await resume(undefined, base)).toMatchObject({ runId, outcome: 'succeeded' })
    expect(tasks).toHaveLength(2)
    expect((await rollback(runId, base)).outcome).toBe('succeeded')
    expect(things.get('a')).toEqual({ name: 'a', size: 1 })
  })
  it.each(['update', 'delete'] as const)('is none where a failure was to be taken back: the run stays open, and a resume waits (%s)', async (call) => {
    const { base, tasks, finish, result } = await begin(call, true, { onFailure: 'rollback' })
    expect([result.rollback, result.message, (await base.store.runs('default')).length]).toEqual([undefined, `nothing was taken back: ${refusal(call, result.runId)}`, 2])
    finish(1, 'succeeded')
    expect(await resume(undefined, base)).toMatchObject({ runId: result.runId, outcome: 'succeeded', open: false })
    expect(tasks).toHaveLength(2)
  })
  it.each(['update', 'delete'] as const)('goes on where nobody can ask for it, and names it as needing a person (%s)', async (call) => {
    const { base, result: { runId } } = await begin(call, false)
    expect(await rollback(runId, base)).toMatchObject({ actions: [{ outcome: 'blocked' }] })
  })
})

it('a create that comes into conflict with itself, since its first call landed late, is ours', async () => {
  const { base, tasks, things, finish, loseReply, declare } = createTaskWorld()
  loseReply()
  // The read before the second call sees nothing of it; then it lands.
  const run = apply(await plan(declare(), base), base)
  let started = 0
  run.on('action:started', () => {
    if (++started === 2) finish(0, 'succeeded')
  })
  const result = await run
  expect(result).toMatchObject({ outcome: 'succeeded', counts: { succeeded: 1 } })
  expect([tasks.length, things.size]).toEqual([1, 1])
  expect((await plan(declare(), base)).actions).toEqual([])
  expect((await rollback(result.runId, base)).outcome).toBe('succeeded')
  expect(things.size).toBe(0)
})

describe('a provider that waits', () => {
  const setUpWait = (create: (context: CallContext) => Promise<void>) => {
    const type: ResourceType = { key: ['name'], read: async () => undefined, find: async () => undefined, create: async (_, context) => create(context).then(() => ({ id: '1', outputs: {} })), update: async ({ before }) => before, delete: async () => undefined }
    return { provider: defineProvider({ name: 'slow', types: { thing: type } }), store: memoryStore(), clock: manualClock({ auto: true }) }
  }
  const desired = [{ type: 'thing', name: 'a', inputs: { name: 'a' } }]

  it('does so by the clock of the engine, and that is no time of its call', async () => {
    const elapsed: number[] = []
    const options = setUpWait(async ({ wait, elapsedMs }) => {
      await wait(60_000)
      elapsed.push(elapsedMs())
    })
    expect((await apply(await plan(desired, options), { ...options, timeoutMs: 1_000 })).outcome).toBe('succeeded')
    expect(elapsed).toEqual([60_000])
  })
  it('is woken when the run is aborted: a task that it had begun is not written off', async () => {
    let controller = new AbortController()
    const handles: (string | undefined)[] = []
    const options = setUpWait(async ({ savedHandle, saveHandle, wait }) => {
      handles.push(savedHandle)
      if (savedHandle === undefined) await saveHandle('7')
      setImmediate(() => controller.abort())
      await wait(60_000)
      await wait(60_000)
    })
    // A clock that stands still: only the abort ends the wait.
    const clock = manualClock()
    const start = async () => apply(await plan(desired, options), { ...options, clock, signal: controller.signal })
    expect((await start()).outcome).toBe('interrupted')
    // The second attempt has sent nothing of its own.
    controller = new AbortController()
    expect((await resume(undefined, { ...options, clock, signal: controller.signal })).outcome).toBe('interrupted')
    expect(handles).toEqual([undefined, '7'])
  })
})
