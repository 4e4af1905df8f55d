import { describe, expect, it } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { defineProvider, type FieldRules } from '../../src/provider/define.ts'
import type { ResourceType } from '../../src/provider/provider.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'

/** A backend whose rules name aliases by their name, and that deletes no alias that is named. */
function setUp(references: NonNullable<ResourceType['references']>) {
  const backend = createFakeBackend()
  const { named, versioned } = backend.provider.types
  const isNamed = (name: string): boolean => backend.objects('versioned').some(({ fields }) => (fields['tags'] as readonly string[]).includes(name))
  const alias: ResourceType = {
    ...(named as unknown as ResourceType),
    references: {},
    delete: async (request, context) => {
      if (isNamed(String(request.outputs['name']))) throw new Error(`${String(request.outputs['name'])} is in use`)
      await named.delete(request as Parameters<typeof named.delete>[0], context)
    },
  }
  const rule: ResourceType & FieldRules<unknown> = { ...(versioned as unknown as ResourceType), key: ['name'], references }
  return { backend, options: { provider: defineProvider({ name: 'firewall', types: { alias, rule } }), store: memoryStore(), mode: 'sync' as const } }
}

const ALIAS = { type: 'alias', name: 'office', inputs: { name: 'office' } }
const RULE = { type: 'rule', name: 'ssh', inputs: { name: 'ssh', tags: [] } }

describe('what names another resource by one of its fields', () => {
  it('goes before it, also where somebody else made it so', async () => {
    const { backend, options } = setUp({ tags: { type: 'alias', by: 'name' } })
    await apply(await plan([ALIAS, RULE], options), options)
    const ssh = backend.objects('versioned')[0]
    backend.edit(String(ssh?.id), { tags: ['office'] })
    const made = await plan([], { ...options, allowEmpty: true })
    expect(made.actions.find(({ address }) => address === 'alias/office')?.steps[0]?.after).toEqual(['delete:rule/ssh'])
    expect((await apply(made, options)).outcome).toBe('succeeded')
  })
  it('is in the way where the type does not say so', async () => {
    const { backend, options } = setUp({})
    await apply(await plan([ALIAS, RULE], options), options)
    backend.edit(String(backend.objects('versioned')[0]?.id), { tags: ['office'] })
    const made = await plan([], { ...options, allowEmpty: true })
    expect(made.actions.find(({ address }) => address === 'alias/office')?.steps[0]?.after).toEqual([])
  })
  it('names a type that is there', () => {
    expect(() => setUp({ tags: { type: 'alais', by: 'name' } })).toThrow('field tags refers to "alais", which is not a type of this provider; did you mean "alias"?')
  })
})
