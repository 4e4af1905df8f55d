import { expect, it } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'

it('a replaced object stays until who holds it has moved, also to something new that needs the new one', async () => {
  const { provider, objects } = createFakeBackend({ strict: true })
  const options = { provider, store: memoryStore(), mode: 'sync' } as const
  const { versioned } = declare(provider)
  const before = versioned('base', { name: 'base', kind: 'x' })
  await apply(await plan([before, versioned('user', { name: 'user', refs: [before.id] })], options), options)

  const base = versioned('base', { name: 'base', kind: 'y' })
  const between = versioned('between', { name: 'between', refs: [base.id] })
  const user = versioned('user', { name: 'user', refs: [between.id] })
  const made = await plan([base, between, user], options)
  expect(made.actions.find(({ address }) => address === 'versioned/base')?.replaceOrder).toBe('create-first')
  const result = await apply(made, options)
  expect(result.errors).toEqual([])
  expect(objects().map(({ fields }) => fields['name'])).toEqual(['user', 'base', 'between'])
})
