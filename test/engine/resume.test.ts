import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { Resource } from '../../src/core/resource.ts'
import { abandon } from '../../src/engine/abandon.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { declare } from '../../src/provider/declare.ts'
import { defineProvider, defineType } from '../../src/provider/define.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { interceptProvider } from '../../src/testing/intercept.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { createMortalProcess } from '../../src/testing/mortal-process.ts'

function setUp() {
  const backend = createFakeBackend({ strict: true })
  const options = { provider: backend.provider, store: memoryStore(), clock: manualClock({ auto: true }), mode: 'sync' } as const
  const { named, thing, keyed } = declare(backend.provider)
  return { backend, options, named, thing, keyed, start: async (desired: readonly Resource[], more: object = {}) => apply(await plan(desired, options), { ...options, ...more }).result }
}

describe('resume', () => {
  it('tries what failed and what was skipped again, after somebody repaired the backend', async () => {
    const { backend, options, named, start } = setUp()
    backend.fault({ call: 'create', fault: 'error', object: 'a' })
    const a = named('a', { name: 'a' })
    expect(await start([a, named('b', { name: 'b', ref: a.id }), named('c', { name: 'c' })], { onFailure: 'continue' })).toMatchObject({ outcome: 'partial', open: false, counts: { failed: 1, skipped: 1 } })
    const creates = backend.calls.filter(({ call }) => call === 'create').length
    expect(await resume(undefined, options).result).toMatchObject({ outcome: 'succeeded', counts: { succeeded: 3 } })
    expect(backend.calls.filter(({ call }) => call === 'create').length).toBe(creates + 2)
  })
  it('goes on with a run that was cancelled', async () => {
    const { options, named, backend } = setUp()
    const run = apply(await plan(Array.from({ length: 9 }, (_, at) => named(`n${at}`, { name: `n${at}` })), options), { ...options, concurrency: 2 })
    run.once('action:succeeded', () => void run.cancel())
    expect((await run.result).outcome).toBe('cancelled')
    expect((await resume(run.id, options).result).outcome).toBe('succeeded')
    expect(backend.objects().length).toBe(9)
  })
  it('takes what is true on the backend for more than its journal: what is there is adopted', async () => {
    const { backend, options, named, start } = setUp()
    backend.fault({ call: 'create', fault: 'hang' })
    expect(await start([named('a', { name: 'a' })], { timeoutMs: 10, abortGraceMs: 10 })).toMatchObject({ outcome: 'interrupted' })
    // It had happened after all: by the hand of the call that hung.
    backend.put('named', { name: 'a' })
    expect(await resume(undefined, options).result).toMatchObject({ outcome: 'succeeded' })
    expect(backend.objects().length).toBe(1)
    expect((await plan([named('a', { name: 'a' })], options)).actions).toEqual([])
  })
  it('takes a lookup for what it says of the time when it was asked, however long the reply takes', async () => {
    const clock = manualClock({ auto: true })
    const backend = createFakeBackend({ clock, lagMs: 3_000 })
    const first = createMortalProcess({ provider: backend.provider, store: memoryStore(), clock })
    const { named } = declare(backend.provider)
    const changes = await plan([named('a', { name: 'a' })], first)
    first.crash({ at: 'after-effect', call: 'create' })
    await first.outlive(apply(changes, first))
    let finds = 0
    const next = first.restart()
    const provider = interceptProvider(next.provider, async ({ call }, make) => {
      const reply = await make()
      if (call === 'find' && ++finds === 1) await clock.advance(10_000)
      return reply
    })
    expect((await resume(undefined, { ...next, provider }).result).outcome).toBe('succeeded')
    expect([finds, backend.objects().length]).toEqual([2, 1])
  })
  it('repeats a create in doubt with the same key, also after a repetition was refused: that proves nothing of the first', async () => {
    const { backend, options, keyed, start } = setUp()
    backend.fault({ call: 'create', fault: 'lost-reply' })
    backend.fault({ call: 'create', fault: 'error', times: 4 })
    expect(await start([keyed('a', { name: 'a' })])).toMatchObject({ outcome: 'interrupted', open: true })
    expect((await resume(undefined, options).result).outcome).toBe('succeeded')
    const keys = backend.calls.filter(({ call }) => call === 'create').map(({ idempotencyKey }) => idempotencyKey)
    expect(keys.length).toBeGreaterThan(4)
    expect(new Set(keys).size).toBe(1)
    expect(backend.objects().length).toBe(1)
  })
  it('makes a create that failed for good with another key', async () => {
    const { backend, options, keyed, start } = setUp()
    backend.fault({ call: 'create', fault: 'error' })
    expect((await start([keyed('a', { name: 'a' })])).outcome).toBe('failed')
    expect((await resume(undefined, options).result).outcome).toBe('succeeded')
    const keys = backend.calls.filter(({ call }) => call === 'create').map(({ idempotencyKey }) => idempotencyKey)
    expect(keys.length).toBe(2)
    expect(keys[1]).not.toBe(keys[0])
  })
  it('leaves to a person what can only be read by the id that it returned', async () => {
    const { backend, options, thing, start } = setUp()
    backend.fault({ call: 'create', fault: 'lost-reply' })
    expect(await start([thing('a', { name: 'a' })])).toMatchObject({ outcome: 'interrupted', open: true })
    expect(await resume(undefined, options).result).toMatchObject({ outcome: 'interrupted', open: true, actions: [{ message: expect.stringContaining('look for it by hand') as string }] })
    expect(backend.objects().length).toBe(1)
    expect((await abandon(undefined, options)).settled).toMatchObject([{ outcome: 'unknown' }])
  })
  it('polls on a task whose handle was saved, and never starts it again', async () => {
    const clock = manualClock({ auto: true })
    let started = 0
    let isDone = false
    const made = new Map<string, string>()
    const task = defineType({
      schema: z.strictObject({ name: z.string() }),
      key: ['name'],
      read: async ({ id }) => (made.has(id) ? { id, outputs: { name: made.get(id) } } : undefined),
      find: async ({ inputs }) => [...made].filter(([, name]) => name === inputs.name).map(([id, name]) => ({ id, outputs: { name } }))[0],
      create: async ({ inputs }, context) => {
        if (context.savedHandle === undefined) {
          started++
          await context.saveHandle(`task-${started}`)
        }
        if (!isDone) throw Object.assign(new Error('cut off'), { name: 'AbortError' })
        made.set('1', inputs.name)
        return { id: '1', outputs: { name: inputs.name, handle: context.savedHandle } }
      },
      update: async ({ before }) => before,
      delete: async () => undefined,
    })
    const options = { provider: defineProvider({ name: 'tasks', types: { task } }), store: memoryStore(), clock }
    const changes = await plan([{ type: 'task', name: 'a', inputs: { name: 'a' } }], options)
    const run = apply(changes, { ...options, retry: { attempts: 2 } })
    run.on('action:started', () => void run.pause())
    await run.result
    isDone = true
    const result = await resume(undefined, options).result
    expect(result).toMatchObject({ outcome: 'succeeded' })
    expect(started).toBe(1)
  })
  it('is refused with the difference when the types are others by now', async () => {
    const type = (immutable: readonly ('name' | 'size')[], more: object = {}) =>
      defineType({ schema: z.strictObject({ name: z.string(), size: z.number().optional(), ...more }), immutable, read: async () => undefined, create: () => Promise.reject(new Error('no')), update: async ({ before }) => before, delete: async () => undefined })
    const options = { store: memoryStore(), clock: manualClock({ auto: true }) }
    const old = defineProvider({ name: 'p', types: { box: type(['name']) } })
    await apply(await plan([{ type: 'box', name: 'a', inputs: { name: 'a' } }], { ...options, provider: old }), { ...options, provider: old }).result
    const fresh = defineProvider({ name: 'p', types: { box: type(['size'], { colour: z.string().optional() }) } })
    await expect(resume(undefined, { ...options, provider: fresh }).result).rejects.toMatchObject({ code: 'plan-refused', reason: 'types-changed', message: expect.stringContaining('box: immutable -name +size; box: fields +colour') as string })
    await expect(resume(undefined, { ...options, provider: defineProvider({ name: 'p', types: {} }) }).result).rejects.toMatchObject({ code: 'declaration' })
  })
  it('is refused when a later run has been applied, the plan is not there, or nothing is left', async () => {
    const { options, named, start, backend } = setUp()
    backend.fault({ call: 'create', fault: 'error' })
    const first = await start([named('a', { name: 'a' })])
    const second = await start([named('a', { name: 'a' })])
    await expect(resume(first.runId, options).result).rejects.toMatchObject({ code: 'plan-refused', reason: 'superseded' })
    await expect(resume(second.runId, options).result).rejects.toThrow('is succeeded; there is nothing to resume')
    await expect(resume(undefined, { ...options, stack: 'other' }).result).rejects.toThrow('stack other has no run')
  })
})
