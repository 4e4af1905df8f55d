import { describe, expect, it } from 'vitest'
import { subsetPlan } from '../../src/core/planning/subset.ts'
import { apply } from '../../src/engine/apply.ts'
import { planOperations } from '../../src/engine/operation/plan-operations.ts'
import { plan } from '../../src/engine/plan.ts'
import { combineProviders } from '../../src/provider/combine.ts'
import { declareOperations } from '../../src/provider/declare-operations.ts'
import { defineOperations } from '../../src/provider/define-operations.ts'
import { defineProvider } from '../../src/provider/define.ts'
import type { ResourceType } from '../../src/provider/provider.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { setUp, tell } from './settling.ts'

const typeOf = (settleGroup?: string) => ({
  ...(settleGroup !== undefined && { settleGroup }),
  key: ['name'],
  read: async () => undefined,
  create: async ({ name }: { readonly name: string }) => ({ id: name, outputs: { name } }),
  update: async ({ id }: { readonly id: string }) => ({ id, outputs: { name: id } }),
  delete: async () => undefined,
})
const settle = async (): Promise<void> => undefined

describe('what earlier runs left to be settled', () => {
  it('is settled before what waits for it, which is not written when that fails again', async () => {
    const { thing, backend, options, leaveOver, writes } = setUp()
    const desired = [await leaveOver(), thing('t', { name: 't' }, { dependsOn: ['named/a'], settleBefore: true })]
    backend.fault({ call: 'settle', fault: 'error' })
    expect(tell(await apply(await plan(desired, options), { ...options, onFailure: 'continue' })).slice(1)).toEqual(['settle/routes failed', 'thing/t skipped'])
    const before = backend.calls.length
    expect((await apply(await plan(desired, options), options)).outcome).toBe('succeeded')
    expect(writes(before)).toEqual(['settle routes', 'create thing t'])
  })
  it('is settled by a plan whose deletes are skipped', async () => {
    const { thing, named, options, leaveOver, unsettled } = setUp()
    await apply(await plan([named('b', { name: 'b' })], options), options)
    await leaveOver()
    const made = await plan([thing('t', { name: 't' })], { ...options, mode: 'sync' })
    expect(made.actions.some(({ kind }) => kind === 'delete')).toBe(true)
    await apply(made, { ...options, expectMode: 'apply', onDelete: 'skip' })
    expect(await unsettled()).toBeUndefined()
  })
  it('is settled by a plan of operations', async () => {
    const { options, leaveOver, unsettled } = setUp()
    await leaveOver()
    const operations = defineOperations({ verify: { run: async () => undefined } })
    const operating = { ...options, provider: { ...options.provider, operations } }
    const made = await planOperations([{ name: 'one', operations: [declareOperations(operations).verify('it', {})] }], operating)
    expect(made.actions.map(({ address }) => address).sort()).toEqual(['settle/routes', 'verify/it'])
    expect((await apply(made, operating)).outcome).toBe('succeeded')
    expect(await unsettled()).toBeUndefined()
  })
  it('is left alone by a plan whose scope is other types', async () => {
    const { versioned, named, options, leaveOver, unsettled } = setUp()
    await leaveOver()
    const other = await plan([versioned('v', { name: 'v', kind: 'x' })], { ...options, scope: { types: ['versioned'] } })
    expect(other.actions.map(({ address }) => address)).toEqual(['versioned/v', 'settle/rules'])
    await apply(other, options)
    expect(await unsettled()).toEqual(['routes'])
    const own = await plan([named('a', { name: 'a' })], { ...options, scope: { types: ['named'] } })
    expect(own.actions.map(({ address }) => address)).toEqual(['settle/routes'])
  })
})

describe('a part of a plan', () => {
  it('is settled without the group that would come before', async () => {
    const provider = defineProvider({ name: 'p', types: { a: typeOf('g'), b: typeOf('h') }, settleGroups: { g: { settle }, h: { after: ['g'], settle } } })
    const options = { provider, store: memoryStore(), clock: manualClock({ auto: true }) }
    const made = await plan([{ type: 'a', name: '1', inputs: { name: '1' } }, { type: 'b', name: 'x', inputs: { name: 'x' } }], options)
    expect(tell(await apply(subsetPlan(made, { addresses: ['b/x'] }, 'part'), options))).toEqual(['succeeded', 'b/x succeeded', 'settle/h succeeded'])
  })
  it('is not a settle alone', async () => {
    const { named, options } = setUp()
    const made = await plan([named('a', { name: 'a' })], options)
    expect(() => subsetPlan(made, { addresses: ['settle/routes'] }, 'part')).toThrow('settle/routes comes with what it makes effective; name that')
  })
})

describe('a group', () => {
  it('is refused beside a type that is called settle, also of another provider', () => {
    const one = defineProvider({ name: 'one', types: { settle: typeOf() } })
    const two = defineProvider({ name: 'two', types: { t: typeOf('g') }, settleGroups: { g: { settle } } })
    expect(() => combineProviders(one, two)).toThrow('rename the type of that name')
    expect(() => combineProviders(two, one)).toThrow('rename the type of that name')
  })
  it('is refused with a "#" in its name', () => {
    expect(() => defineProvider({ name: 'p', types: { t: typeOf('g#1') }, settleGroups: { 'g#1': { settle } } })).toThrow('"g#1": a group\'s name is not empty and holds no "#"')
  })
})

describe('what refers to an object whose replacement was cut off', () => {
  it('means the new one', async () => {
    const { named, versioned, backend, options } = setUp()
    const desired = (kind: string) => {
      const v = versioned('v', { name: `v-${kind}`, kind })
      return [v, named('n', { name: 'n', ref: v.id })]
    }
    const type = options.provider.types['versioned'] as ResourceType & Required<Pick<ResourceType, 'list'>>
    // The newest first: whatever the order is, the older one does not count.
    const list: typeof type.list = async (...given) => (await type.list(...given)).toReversed()
    const sync = { ...options, provider: { ...options.provider, types: { ...options.provider.types, versioned: { ...type, list } } }, mode: 'sync' } as const
    await apply(await plan(desired('old'), sync), sync)
    const made = await plan(desired('new'), sync)
    expect(made.actions[0]).toMatchObject({ kind: 'replace', replaceOrder: 'create-first' })
    backend.fault({ call: 'update', type: 'named', fault: 'error' })
    expect((await apply(made, sync)).outcome).not.toBe('succeeded')
    expect(backend.objects('versioned').map(({ id }) => id)).toEqual(['versioned-1', 'versioned-2'])
    expect((await apply(await plan(desired('new'), sync), sync)).outcome).toBe('succeeded')
    expect(backend.objects().map(({ id, fields }) => [id, fields['ref']])).toEqual([['named-1', 'versioned-2'], ['versioned-2', undefined]])
  })
})
