import { expect, it } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import type { ResourceType } from '../../src/provider/provider.ts'
import type { Fields } from '../../src/core/json.ts'

/** Shrinking takes the object away; a text that goes takes what it held. */
const destroys: NonNullable<ResourceType['destroys']> = ({ path: [field], before, after }, { kind }) => {
  if (field === 'size' && kind !== 'elastic') return Number(after) < Number(before) ? 'object' : undefined
  return field === 'text' && before !== undefined && after === undefined ? 'part' : undefined
}

it('a change that takes something away is blocked in apply, and the others are not', async () => {
  const { provider: fake } = createFakeBackend()
  const provider = { ...fake, types: { ...fake.types, named: { ...fake.types.named, destroys } } }
  const options = { provider, store: memoryStore() }
  const look = async (inputs: Fields, mode: 'apply' | 'sync', allowReplace = false): Promise<unknown> => {
    const { actions } = await plan([{ type: 'named', name: 'a', inputs: { name: 'a', ...inputs } }], { ...options, mode, allowReplace })
    return actions.map(({ kind, blocked }) => [kind, blocked?.reason, blocked?.message])
  }
  expect(await look({ size: 5, text: 'x' }, 'apply')).toEqual([['create', undefined, undefined]])
  await apply(await plan([{ type: 'named', name: 'a', inputs: { name: 'a', size: 5, text: 'x' } }], options), options)

  expect(await look({ size: 6, text: 'y' }, 'apply')).toEqual([['update', undefined, undefined]])
  expect(await look({ size: 4, text: 'x' }, 'apply')).toEqual([['replace', 'replace-in-apply', expect.stringContaining('size cannot be changed in place')]])
  expect(await look({ size: 4, text: 'x' }, 'sync')).toEqual([['replace', undefined, undefined]])
  expect(await look({ size: 4, text: 'x', kind: 'elastic' }, 'apply')).toEqual([['update', undefined, undefined]])
  expect(await look({ size: 5 }, 'apply')).toEqual([['update', 'replace-in-apply', 'text would go with what it holds, and mode apply deletes nothing; plan in mode sync, or allow replaces']])
  expect(await look({ size: 5 }, 'apply', true)).toEqual([['update', undefined, undefined]])
  expect(await look({ size: 5 }, 'sync')).toEqual([['update', undefined, undefined]])
})
