import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/core/resource.ts'
import { apply } from '../../src/engine/apply.ts'
import type { ApplyOptions, PlanOptions } from '../../src/engine/options.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { planRollback, rollback, type RollbackOptions } from '../../src/engine/rollback.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

function setUp() {
  const clock = manualClock({ auto: true })
  const backend = createFakeBackend({ strict: true })
  const store = memoryStore()
  const options = { provider: backend.provider, store, clock, mode: 'sync' } as const
  const { named, marked, child, versioned, singleton } = declare(backend.provider)
  const state = async () => [...((await store.load('default'))?.resources.values() ?? [])].map(({ address, inputs, dependsOn }) => JSON.stringify({ address, inputs, dependsOn })).sort()
  /** Everything on the backend, ids aside. */
  const world = () => {
    const nameOf = new Map(backend.objects().map(({ id, fields }) => [id, String(fields['name'])]))
    const show = (value: unknown): unknown => (typeof value === 'string' ? (nameOf.get(value) ?? value) : Array.isArray(value) ? value.map(show) : value)
    return backend.objects().map(({ type, fields }) => JSON.stringify([type, Object.entries(fields).map(([key, value]) => [key, show(value)]).sort()])).sort()
  }
  return {
    backend, options, store, named, marked, child, versioned, singleton, state, world,
    sync: async (desired: readonly Resource[], more: Partial<ApplyOptions & PlanOptions> = {}) => apply(await plan(desired, { ...options, allowEmpty: true, ...more }), { ...options, ...more }).result,
    rollback: (more: Partial<RollbackOptions> = {}) => rollback(undefined, { ...options, ...more }).result,
  }
}

const outcomes = (actions: readonly { readonly address: string; readonly kind: string; readonly outcome: string }[]): string[] => actions.map(({ kind, address, outcome }) => `${kind} ${address}: ${outcome}`)

describe('rollback', () => {
  it('deletes what was made, restores what was changed, and makes again what was deleted, in reverse order', async () => {
    const { named, sync, rollback, state, world, options } = setUp()
    const base = named('base', { name: 'base', size: 1 })
    const user = named('user', { name: 'user', ref: base.id, tags: ['a'] })
    await sync([base, user, named('leaving', { name: 'leaving', ref: base.id, text: 'bye' })])
    const [before, stateBefore] = [world(), await state()]
    const changed = [named('base', { name: 'base', size: 2, text: 'new' }), named('fresh', { name: 'fresh' })]
    await sync([...changed, named('user', { name: 'user', ref: (changed[1] as typeof base).id, tags: ['b', 'c'] })])
    expect(world()).not.toEqual(before)

    const planned = await planRollback(undefined, options)
    expect(planned).toMatchObject({ mode: 'rollback', summary: { create: 1, update: 2, delete: 1, blocked: 0 } })
    const position = (name: string): number => planned.actions.findIndex(({ address }) => address === name)
    expect(position('named/user')).toBeLessThan(position('named/fresh'))
    expect(planned.actions.find(({ kind }) => kind === 'delete')?.steps[0]?.after).toEqual(['update:named/user'])
    const result = await rollback()
    expect(result).toMatchObject({ mode: 'rollback', outcome: 'succeeded', open: false })
    expect(world()).toEqual(before)
    expect(await state()).toEqual(stateBefore)
    // The state knows it: what was declared before is as it was.
    expect((await plan([base, user, named('leaving', { name: 'leaving', ref: base.id, text: 'bye' })], options)).actions).toEqual([])
  })
  it('passes order on through many steps that it leaves as they are', async () => {
    const { named, sync, options } = setUp()
    // Two on each rung refer to both on the rung below: two to the sixtieth ways lead down.
    const ladder = (size: number, top: readonly Resource[]): Resource[] => {
      const all: Resource[] = [...top]
      let below: readonly string[] = []
      for (let rung = 0; rung < 60; rung++) {
        const names = [`l${rung}`, `r${rung}`]
        for (const name of names) all.push({ ...named(name, { name, size }), dependsOn: below.map((each) => `named/${each}` as const) })
        below = names
      }
      return all
    }
    await sync(ladder(1, []))
    const [bottom, top] = [named('bottom', { name: 'bottom' }), { ...named('top', { name: 'top' }), dependsOn: ['named/l59' as const] }]
    const [first, ...rest] = ladder(2, [])
    await sync([bottom, { ...(first as Resource), dependsOn: ['named/bottom'] }, ...rest, top])
    const { actions } = await planRollback(undefined, { ...options, scope: 'creates' })
    expect(actions.map(({ kind, address, steps }) => [kind, address, steps[0]?.after])).toEqual([['delete', 'named/top', []], ['delete', 'named/bottom', ['delete:named/top']]])
  })
  it('keeps references references: what is made again has a new id', async () => {
    const { marked, child, sync, rollback, backend, world, state } = setUp()
    const house = marked('house', { name: 'house' })
    await sync([house, child('room', { parent_id: house.id, name: 'room' }), marked('twin', { name: 'twin', ref: house.id })])
    const [before, stateBefore, oldId] = [world(), await state(), backend.objects('marked')[0]?.id]
    await sync([])
    expect(backend.objects()).toEqual([])
    expect(await rollback()).toMatchObject({ outcome: 'succeeded' })
    expect(world()).toEqual(before)
    expect(await state()).toEqual(stateBefore)
    expect(backend.objects('marked')[0]?.id).not.toBe(oldId)
  })
  it.each(['versioned', 'named'] as const)('takes a replace back: %s', async (type) => {
    const { sync, rollback, world, state, ...types } = setUp()
    const make = (kind: string) => (type === 'versioned' ? types.versioned('v', { name: 'v', kind }) : types.named('v', { name: kind }))
    await sync([make('one')])
    const [before, stateBefore] = [world(), await state()]
    await sync([make('two')])
    await rollback()
    expect(world()).toEqual(before)
    expect(await state()).toEqual(stateBefore)
  })
  it('takes half a create-first replace back', async () => {
    const { versioned, sync, rollback, backend, world, state } = setUp()
    await sync([versioned('v', { name: 'v', kind: 'one' })])
    const [before, stateBefore] = [world(), await state()]
    backend.fault({ call: 'delete', fault: 'error' })
    expect((await sync([versioned('v', { name: 'v', kind: 'two' })])).outcome).toBe('failed')
    expect(backend.objects().length).toBe(2)
    expect(await rollback()).toMatchObject({ outcome: 'succeeded' })
    expect([world(), await state()]).toEqual([before, stateBefore])
  })
  it('of what was taken over gives it up again', async () => {
    const { backend, marked, sync, rollback, state } = setUp()
    backend.put('marked', { name: 'old', text: 'theirs' })
    await sync([{ ...marked('old', { name: 'old', text: 'ours' }), adopt: true }])
    expect(await rollback()).toMatchObject({ outcome: 'succeeded' })
    expect(backend.objects('marked')).toMatchObject([{ fields: { text: 'theirs' } }])
    expect(await state()).toEqual([])
  })
  it('leaves alone what somebody changed since: stale, with what depends on it', async () => {
    const { backend, named, sync, rollback } = setUp()
    await sync([named('a', { name: 'a', text: '1' }), named('b', { name: 'b', text: '1' })])
    await sync([named('a', { name: 'a', text: '2' }), named('b', { name: 'b', text: '2' })])
    backend.edit('named-1', { text: 'by hand' })
    const result = await rollback()
    expect(outcomes(result.actions).sort()).toEqual(['update named/a: stale', 'update named/b: succeeded'])
    expect(backend.objects('named').map(({ fields }) => fields['text'])).toEqual(['by hand', '1'])
  })
  it('says what needs a person: what was deleted with a secret in it, and what depends on that', async () => {
    const { named, sync, rollback, backend } = setUp()
    const secret = named('secret', { name: 'secret', secret: 'canary-value' })
    await sync([secret, named('user', { name: 'user', ref: secret.id }), named('other', { name: 'other' })])
    await sync([])
    const result = await rollback()
    expect(outcomes(result.actions).sort()).toEqual(['create named/other: succeeded', 'create named/secret: blocked', 'create named/user: blocked'])
    expect(result.actions.find(({ address }) => address === 'named/secret')?.message).toMatch(/it was deleted \(id named-\d+\), and secret of it is not recorded: make it again by hand/)
    expect(JSON.stringify(result)).not.toContain('canary-value')
    expect(backend.objects('named').map(({ fields }) => fields['name'])).toEqual(['other'])
  })
  it('of creates alone leaves what was changed', async () => {
    const { backend, named, sync, rollback } = setUp()
    await sync([named('a', { name: 'a', text: '1' })])
    await sync([named('a', { name: 'a', text: '2' }), named('b', { name: 'b' })])
    expect(outcomes((await rollback({ scope: 'creates' })).actions)).toEqual(['delete named/b: succeeded'])
    expect(backend.objects('named')).toMatchObject([{ fields: { text: '2' } }])
  })
  it('asks about what is unknown first', async () => {
    const { backend, named, sync, rollback } = setUp()
    backend.fault({ call: 'create', fault: 'hang', object: 'b' })
    const run = await sync([named('a', { name: 'a' }), named('b', { name: 'b' })], { timeoutMs: 100, abortGraceMs: 100 })
    expect(run).toMatchObject({ outcome: 'interrupted', open: true })
    expect(await rollback()).toMatchObject({ outcome: 'succeeded' })
    expect(backend.objects()).toEqual([])
    expect((await sync([named('c', { name: 'c' })])).outcome).toBe('succeeded')
  })
  it('can be taken back itself', async () => {
    const { named, sync, rollback, world } = setUp()
    await sync([named('a', { name: 'a' }), named('b', { name: 'b', text: 'x' })])
    const after = world()
    await rollback()
    expect(world()).toEqual([])
    await rollback()
    expect(world()).toEqual(after)
  })
  it('goes on where it was cut off', async () => {
    const { backend, named, sync, rollback, world, options } = setUp()
    await sync(Array.from({ length: 12 }, (_, index) => named(`n${index}`, { name: `n${index}` })))
    const before = world()
    await sync([])
    backend.fault({ call: 'create', fault: 'error', skip: 5 })
    const cut = await rollback()
    expect(cut.counts).toMatchObject({ succeeded: 11, failed: 1 })
    expect(await resume(undefined, options).result).toMatchObject({ mode: 'rollback', outcome: 'succeeded' })
    expect(world()).toEqual(before)
  })
})

describe("onFailure: 'rollback'", () => {
  it('takes back what a failed run did; its error stays', async () => {
    const { backend, named, sync, world, state } = setUp()
    await sync([named('kept', { name: 'kept', text: '1' })])
    const [before, stateBefore] = [world(), await state()]
    backend.fault({ call: 'create', fault: 'error', object: 'bad' })
    const good = named('good', { name: 'good' })
    const result = await sync([named('kept', { name: 'kept', text: '2' }), good, named('bad', { name: 'bad', ref: good.id })], { onFailure: 'rollback' })
    expect(result).toMatchObject({ outcome: 'rolled-back', success: false, open: false, counts: { failed: 1, 'rolled-back': 2, succeeded: 0 }, errors: [{ address: 'named/bad' }], rollback: { outcome: 'succeeded', mode: 'rollback' } })
    expect(world()).toEqual(before)
    expect(await state()).toEqual(stateBefore)
    expect((await sync([good])).outcome).toBe('succeeded')
  })
  it('does nothing to a run that succeeds or is cancelled', async () => {
    const { named, sync } = setUp()
    expect(await sync([named('a', { name: 'a' })], { onFailure: 'rollback' })).toMatchObject({ outcome: 'succeeded' })
  })
  it('with a state that is committed only on success', async () => {
    const { backend, named, sync, world, state } = setUp()
    backend.fault({ call: 'create', fault: 'error', object: 'bad' })
    const result = await sync([named('good', { name: 'good' }), named('bad', { name: 'bad' })], { onFailure: 'rollback', commit: 'success', concurrency: 1 })
    expect(result).toMatchObject({ outcome: 'rolled-back', open: false })
    expect([world(), await state()]).toEqual([[], []])
  })
})
