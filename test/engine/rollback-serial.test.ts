import { expect, it } from 'vitest'
import { ProviderError } from '../../src/core/errors.ts'
import type { Fields } from '../../src/core/json.ts'
import { subsetPlan } from '../../src/core/planning/subset.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { planRollback, rollback } from '../../src/engine/rollback.ts'
import { defineProvider, defineType } from '../../src/provider/define.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

/** A backend that gives each object the first free slot, and no slot to two. */
function createRack() {
  const objects = new Map<string, Fields>()
  const put = (id: string, fields: Fields): { readonly id: string; readonly outputs: Fields } => {
    const taken = new Set([...objects].flatMap(([other, { slot }]) => (other === id ? [] : [slot])))
    const slot = fields['slot'] ?? [1, 2, 3, 4].find((each) => !taken.has(each))
    if (taken.has(slot)) throw new ProviderError('conflict', `slot ${String(slot)} is taken`, { status: 409 })
    objects.set(id, { ...fields, slot })
    return { id, outputs: { ...fields, slot } }
  }
  const disk = defineType({
    serialKey: 'rack',
    settleGroup: 'power',
    key: ['name'],
    read: async ({ id }) => (objects.has(id) ? { id, outputs: objects.get(id) as Fields } : undefined),
    create: async ({ name, inputs }) => put(name, inputs),
    update: async ({ id, inputs }) => put(id, inputs),
    delete: async ({ id }) => {
      if (objects.get(id)?.['stuck'] === true) throw new ProviderError('conflict', 'it is stuck', { status: 409 })
      objects.delete(id)
    },
  })
  return { objects, options: { provider: defineProvider({ name: 'rack', types: { disk }, settleGroups: { power: { settle: async () => undefined } } }), store: memoryStore(), clock: manualClock({ auto: true }), mode: 'sync' as const, allowEmpty: true } }
}

const disk = (name: string) => ({ type: 'disk', name, inputs: { name } })
const slots = (objects: ReadonlyMap<string, Fields>) => Object.fromEntries([...objects].map(([id, { slot }]) => [id, slot]).sort())

it('what was done one at a time is taken back in the reverse order, so that each place is free again', async () => {
  const { objects, options } = createRack()
  await apply(await plan([disk('a'), disk('b')], options), options)
  // One goes and one comes, and nothing in the plan says that they have to do with each other.
  const changes = await plan([disk('b'), disk('c')], options)
  const first = changes.actions.filter(({ kind }) => kind === 'delete')
  const { runId } = await apply({ ...changes, actions: [...first, ...changes.actions.filter((action) => !first.includes(action))] }, options)
  expect(slots(objects)).toEqual({ b: 2, c: 1 })
  const back = await planRollback(runId, options)
  expect(back.actions.map(({ steps: [step] }) => `${step?.key} after ${step?.comesAfter ?? 'nothing'}`)).toEqual(['delete:disk/c after nothing', 'create:disk/a after delete:disk/c', 'settle:settle/power after nothing'])
  expect(subsetPlan(back, { addresses: ['disk/a'] }, 'part').actions.map(({ steps: [step] }) => step?.comesAfter)).toEqual([undefined, undefined])
  expect((await rollback(runId, options)).outcome).toBe('succeeded')
  expect(slots(objects)).toEqual({ a: 1, b: 2 })
})

it('one that cannot be taken back keeps none of the others', async () => {
  const { objects, options } = createRack()
  const { runId } = await apply(await plan([disk('a'), disk('b'), disk('c')], options), options)
  objects.set('b', { ...(objects.get('b') as Fields), stuck: true })
  const result = await rollback(runId, options)
  expect(result.actions.map(({ address, outcome }) => `${address} ${outcome}`).sort()).toEqual(['disk/a succeeded', 'disk/b failed', 'disk/c succeeded', 'settle/power succeeded'])
  expect([...objects.keys()]).toEqual(['b'])
})
