import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/core/resource.ts'
import { apply } from '../../src/engine/apply.ts'
import { checkpoint, deleteCheckpoint, getCheckpoint, planRestore, restore } from '../../src/engine/checkpoint.ts'
import { listCheckpoints } from '../../src/engine/keep-checkpoint.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare, external } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

function setUp() {
  const backend = createFakeBackend({ strict: true })
  const options = { provider: backend.provider, store: memoryStore(), clock: manualClock({ auto: true }), mode: 'sync', allowEmpty: true } as const
  const { named, marked, child } = declare(backend.provider)
  return {
    backend, options, named, marked, child,
    sync: async (...desired: readonly Resource[]) => apply(await plan(desired, options), options).result,
    names: () => backend.objects().map(({ fields }) => `${String(fields['name'])}${fields['size'] === undefined ? '' : ` ${String(fields['size'])}`}`).sort(),
  }
}

describe('a checkpoint', () => {
  it('is kept, listed, shown and deleted', async () => {
    const { options, named, sync } = setUp()
    await expect(checkpoint('too early', options)).rejects.toThrow('nothing is recorded for stack default')
    await sync(named('a', { name: 'a' }))
    const made = await checkpoint('one', options)
    await checkpoint('two', options)
    expect(made).toMatchObject({ description: 'one', stack: 'default', resources: 1 })
    expect((await listCheckpoints(options)).map(({ description }) => description)).toEqual(['one', 'two'])
    expect([...(await getCheckpoint(made.id, options)).state.resources.keys()]).toEqual(['named/a'])
    await deleteCheckpoint(made.id, options)
    expect((await listCheckpoints(options)).map(({ description }) => description)).toEqual(['two'])
    await expect(getCheckpoint(made.id, options)).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('stack default has no checkpoint') as string })
    await expect(deleteCheckpoint('nothing', options)).rejects.toMatchObject({ code: 'store' })
  })
  it('is made by a run whenever so many more actions have changed the state, and only the newest are kept', async () => {
    const { options, named, names } = setUp()
    const many = Array.from({ length: 20 }, (_, index) => named(`n${index}`, { name: `n${index}` }))
    const result = await apply(await plan(many, options), { ...options, concurrency: 1, checkpointEvery: 3, keep: { checkpoints: 2 } }).result
    const made = await listCheckpoints(options)
    expect(made.map(({ resources, run }) => [resources, run])).toEqual([[15, result.runId], [18, result.runId]])
    await checkpoint('by hand', options)
    await restore(made[0]?.id as string, options)
    expect(names().length).toBe(15)
    expect((await listCheckpoints(options)).length).toBe(3)
  })
  it('is restored from whatever exists now: changed, missing, and made later', async () => {
    const { backend, options, named, sync, names } = setUp()
    const base = named('base', { name: 'base', size: 1 })
    await sync(base, named('user', { name: 'user', ref: base.id }), named('gone', { name: 'gone' }))
    const { id } = await checkpoint('good', options)
    await sync(named('base', { name: 'base', size: 2 }), named('later', { name: 'later' }))
    backend.edit('named-1', { size: 3 })
    const planned = await planRestore(id, options)
    expect(planned.actions.map(({ kind, address }) => `${kind} ${address}`).sort()).toEqual(['create named/gone', 'create named/user', 'delete named/later', 'update named/base'])
    const events: string[] = []
    const run = restore(id, options)
    run.on('action:succeeded', ({ action }) => events.push(action.address)).on('run:finished', ({ result }) => events.push(result.outcome))
    expect((await run.result).outcome).toBe('succeeded')
    expect(events.at(-1)).toBe('succeeded')
    expect(events.length).toBe(5)
    expect(names()).toEqual(['base 1', 'gone', 'user'])
    expect(backend.objects().find(({ fields }) => fields['name'] === 'user')?.fields['ref']).toBe('named-1')
    expect((await planRestore(id, options)).actions).toEqual([])
  })
  it('of nothing takes everything away', async () => {
    const { options, named, sync, names } = setUp()
    await sync(named('a', { name: 'a' }))
    await sync()
    const { id } = await checkpoint('empty', options)
    await sync(named('b', { name: 'b' }))
    await restore(id, options)
    expect(names()).toEqual([])
  })
  it('refers to what belongs to somebody else as it was', async () => {
    const { backend, options, child, sync, names } = setUp()
    backend.put('marked', { name: 'shared', owner: 'them' })
    const house = external('marked', 'house', { name: 'shared' })
    await sync(house, child('room', { parent_id: house.id, name: 'room', size: 1 }))
    const { id } = await checkpoint('good', options)
    await sync(house, child('room', { parent_id: house.id, name: 'room', size: 2 }))
    await restore(id, options)
    expect(names()).toEqual(['room 1', 'shared'])
  })
  it('has secrets as digests: what needs one is blocked, and what does not change one is restored', async () => {
    const { backend, options, named, sync } = setUp()
    await sync(named('same', { name: 'same', secret: 'canary', size: 1 }), named('gone', { name: 'gone', secret: 'canary' }), named('other', { name: 'other', secret: 'old-canary', size: 1 }))
    const { id } = await checkpoint('good', options)
    expect(await options.store.get('default', 'checkpoint', id)).not.toContain('canary')
    await sync(named('same', { name: 'same', secret: 'canary', size: 2 }), named('other', { name: 'other', secret: 'new-canary', size: 1 }))
    const result = await restore(id, options)
    expect(result.actions.map(({ address, outcome }) => `${address}: ${outcome}`).sort()).toEqual(['named/gone: blocked', 'named/other: blocked', 'named/same: succeeded'])
    expect(result.actions.find(({ address }) => address === 'named/gone')?.message).toBe('secret of it is not in the checkpoint: a secret is kept as a digest only; create it by hand')
    expect(backend.objects().find(({ fields }) => fields['name'] === 'same')?.fields).toMatchObject({ size: 1, secret: 'canary' })
  })
})
