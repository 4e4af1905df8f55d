import { describe, expect, it } from 'vitest'
import type { Fields } from '../../src/core/json.ts'
import type { Resource } from '../../src/core/resource.ts'
import { apply } from '../../src/engine/apply.ts'
import { detectDrift } from '../../src/engine/drift.ts'
import type { ApplyOptions, PlanOptions } from '../../src/engine/options.ts'
import { plan } from '../../src/engine/plan.ts'
import { rollback } from '../../src/engine/rollback.ts'
import type { DeleteRequest, Provider, ResourceType } from '../../src/provider/provider.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

/** A backend whose objects hold something; `drop` says that it may go with them, and the backend never hears of it. */
function setUp(type: 'named' | 'versioned' = 'named') {
  const backend = createFakeBackend()
  const deleted: Pick<DeleteRequest, 'id' | 'loss'>[] = []
  const fake = backend.provider.types[type] as unknown as ResourceType<Fields>
  const strip = ({ drop: _, ...fields }: Fields): Fields => fields
  const holding: ResourceType<Fields> = {
    ...fake,
    recordedOnly: ['drop'],
    lossOnDelete: ({ drop }, { name, text }) => (drop === true ? `what ${String(name)} holds${typeof text === 'string' ? ` in ${text}` : ''}` : undefined),
    create: (request, context) => fake.create({ ...request, inputs: strip(request.inputs) }, context),
    update: (request, context) => (Object.keys(strip(request.patch)).length === 0 ? Promise.resolve(request.before) : fake.update({ ...request, inputs: strip(request.inputs), patch: strip(request.patch) }, context)),
    delete: async (request, context) => {
      deleted.push({ id: request.id, ...(request.loss !== undefined && { loss: request.loss }) })
      return fake.delete(request, context)
    },
  }
  const provider: Provider = { ...backend.provider, types: { ...backend.provider.types, [type]: holding } }
  const options = { provider, store: memoryStore(), clock: manualClock({ auto: true }), mode: 'sync', allowEmpty: true } as const
  const sync = async (desired: readonly Resource[], more: Partial<ApplyOptions & PlanOptions> = {}) => apply(await plan(desired, { ...options, ...more }), { ...options, ...more }).result
  return { backend, deleted, options, sync, declare: (name: string, inputs: Fields = {}): Resource => ({ type, name, inputs: { name, ...inputs } }) }
}

describe('what goes with an object', () => {
  it('is in the plan, and the delete is told, by what was applied last', async () => {
    const { declare, sync, options, deleted } = setUp()
    await sync([declare('a', { drop: true }), declare('b', { drop: false }), declare('c')])
    expect((await plan([], options)).actions.map(({ address, loss }) => [address, loss])).toEqual([['named/a', 'what a holds'], ['named/b', undefined], ['named/c', undefined]])
    expect((await sync([])).outcome).toBe('succeeded')
    expect(deleted).toEqual([{ id: 'named-1', loss: 'what a holds' }, { id: 'named-2' }, { id: 'named-3' }])
  })
  it.each(['delete-first', 'create-first'] as const)('goes with the older object of a replace (%s), where it was applied and is declared still', async (replaceOrder) => {
    const { declare, sync, options, deleted } = setUp('versioned')
    const type = options.provider.types['versioned'] as ResourceType
    Object.assign(type, { replaceOrder })
    await sync([declare('a', { kind: 'x', drop: true }), declare('b', { kind: 'x' }), declare('c', { kind: 'x', drop: true })])
    const changed = [declare('a', { kind: 'y' }), declare('b', { kind: 'y', drop: true }), declare('c', { kind: 'y', drop: true })]
    const planned = await plan(changed, { ...options, allowReplace: true })
    expect(planned.actions.map(({ kind, loss }) => [kind, loss])).toEqual([['replace', undefined], ['replace', undefined], ['replace', 'what c holds']])
    // Lifted by another run, the older plan destroys nothing.
    await sync([declare('a', { kind: 'x', drop: true }), declare('b', { kind: 'x' }), declare('c', { kind: 'x', drop: false })])
    expect((await apply(planned, { ...options, onFailure: 'continue' }).result).actions).toMatchObject([{ outcome: 'succeeded' }, { outcome: 'succeeded' }, { outcome: 'stale' }])
    expect(deleted.map(({ loss }) => loss)).toEqual([undefined, undefined])
    await sync([declare('a', { kind: 'y' }), declare('b', { kind: 'y', drop: true })], { allowReplace: true })
    await sync([declare('a', { kind: 'y' }), declare('b', { kind: 'z', drop: true })], { allowReplace: true })
    expect(deleted.at(-1)?.loss).toBe('what b holds')
  })
  it('stays where it was made in the run that is taken back', async () => {
    const { declare, sync, options, deleted, backend } = setUp()
    await sync([declare('a', { drop: true })])
    expect((await rollback(undefined, options)).outcome).toBe('succeeded')
    expect([deleted, backend.objects()]).toEqual([[{ id: 'named-1' }], []])
  })
  it('stays where somebody has said so after the plan was made', async () => {
    const { declare, sync, options, deleted } = setUp()
    await sync([declare('a', { drop: true })])
    const planned = await plan([], options)
    await sync([declare('a', { drop: false })])
    const result = await apply(planned, options).result
    expect(result.actions).toMatchObject([{ outcome: 'stale', message: 'what would be destroyed with it (nothing) is not what the plan says (what a holds); plan again' }])
    expect(deleted).toEqual([])
  })
  it.each(['delete', 'delete-first', 'create-first'] as const)('stays where it is another one by then (%s)', async (way) => {
    const { declare, sync, options, deleted, backend } = setUp('versioned')
    Object.assign(options.provider.types['versioned'] as ResourceType, { replaceOrder: way })
    await sync([declare('a', { kind: 'x', drop: true })])
    const desired = way === 'delete' ? [] : [declare('a', { kind: 'y', drop: true })]
    const planned = await plan(desired, { ...options, allowReplace: true })
    backend.edit('versioned-1', { text: 'the cellar' })
    expect((await apply(planned, options).result).actions).toMatchObject([{ outcome: 'stale', message: 'what would be destroyed with it (what a holds in the cellar) is not what the plan says (what a holds); plan again' }])
    expect(deleted).toEqual([])
    // Planned again, the plan says it, and it goes; but nothing is recorded any more of one whose new one is there.
    expect((await sync(desired, { allowReplace: true })).outcome).toBe('succeeded')
    expect(deleted).toEqual([{ id: 'versioned-1', ...(way !== 'create-first' && { loss: 'what a holds in the cellar' }) }])
  })
})

describe('a field that no backend has', () => {
  it('changes without a call, is no drift, and comes back with a rollback', async () => {
    const { declare, sync, options, backend } = setUp()
    await sync([declare('a', { size: 1 })])
    const calls = (): readonly string[] => backend.calls.filter(({ call }) => call === 'update' || call === 'create').map(({ call }) => call)
    expect((await plan([declare('a', { size: 1, drop: true })], options)).actions).toMatchObject([{ kind: 'update', changes: [{ path: ['drop'], after: true }] }])
    await sync([declare('a', { size: 1, drop: true })])
    expect([calls(), (await plan([declare('a', { size: 1, drop: true })], options)).actions]).toEqual([['create'], []])
    expect((await detectDrift(options)).resources).toEqual([])
    expect((await rollback(undefined, options)).outcome).toBe('succeeded')
    expect((await options.store.load('default'))?.resources.get('named/a')?.inputs).toEqual({ name: 'a', size: 1 })
    expect([calls(), (await plan([declare('a', { size: 1 })], options)).actions]).toEqual([['create'], []])
  })
  it('that is declared no longer is unset', async () => {
    const { declare, sync, options, deleted } = setUp()
    await sync([declare('a', { drop: true })])
    expect((await sync([declare('a')])).outcome).toBe('succeeded')
    expect((await plan([declare('a')], options)).actions).toEqual([])
    await sync([])
    expect(deleted).toEqual([{ id: 'named-1' }])
  })
  it('of an object that is taken over is recorded then', async () => {
    const { declare, sync, options, backend } = setUp()
    backend.put('named', { name: 'a' })
    await sync([{ ...declare('a', { drop: true }), adopt: true }])
    expect((await plan([], options)).actions).toMatchObject([{ kind: 'delete', loss: 'what a holds' }])
  })
})
