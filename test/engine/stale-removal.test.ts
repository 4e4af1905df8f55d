import { describe, expect, it } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import type { Provider } from '../../src/provider/provider.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'

const DECLARED = [{ type: 'named', name: 'a', inputs: { name: 'a' } }]

function setUp() {
  const backend = createFakeBackend()
  const { provider } = backend
  const store = memoryStore()
  const sync = async () => apply(await plan(DECLARED, { provider, store, mode: 'sync' }), { provider, store })
  const planNothing = (seen: Provider = provider) => plan([], { provider: seen, store, mode: 'sync', allowEmpty: true })
  return { backend, provider, store, sync, planNothing, recorded: async () => (await store.load('default'))?.resources.get('named/a')?.id }
}

it('a plan that makes what a later run has made under another name is refused, and what is recorded stays', async () => {
  const { backend, provider, store, sync, recorded } = setUp()
  const old = await plan([{ type: 'named', name: 'a', inputs: { name: 'b' } }], { provider, store })
  await sync()
  expect((await apply(old, { provider, store })).actions).toMatchObject([{ outcome: 'stale', message: 'another object is recorded there by now (id named-1); plan again' }])
  expect(await recorded()).toBe('named-1')

  backend.drop('named-1')
  const again = await plan(DECLARED, { provider, store })
  expect(again.actions).toMatchObject([{ kind: 'create' }])
  expect((await apply(again, { provider, store })).outcome).toBe('succeeded')
  expect(await recorded()).toBe('named-2')
})

describe('a plan that lets go of what a later run has made anew', () => {
  it.each(['delete', 'forget'])('is refused, and what is recorded stays: %s', async (kind) => {
    const { backend, provider, store, sync, planNothing, recorded } = setUp()
    await sync()
    if (kind === 'forget') backend.drop('named-1')
    const old = await planNothing()
    expect(old.actions.map((action) => action.kind)).toEqual([kind])
    if (kind === 'delete') backend.drop('named-1')
    await sync()
    expect(await recorded()).toBe('named-2')

    const { actions } = await apply(old, { provider, store })
    expect(actions).toMatchObject([{ outcome: 'stale', message: 'another object is recorded there by now (id named-2); plan again' }])
    expect(await recorded()).toBe('named-2')
    expect(backend.objects()).toHaveLength(1)
  })

  it('is refused where the new object goes by the id of the older one', async () => {
    const { provider, store, sync, planNothing, recorded } = setUp()
    await sync()
    const { named } = provider.types
    const blind: Provider = { ...provider, types: { ...provider.types, named: { ...named, list: async () => [], read: async () => undefined, find: async () => undefined } } }
    const old = await planNothing(blind)
    expect(old.actions).toMatchObject([{ kind: 'forget', reason: 'it is gone from the backend' }])

    const { actions } = await apply(old, { provider, store })
    expect(actions).toMatchObject([{ outcome: 'stale', message: 'it is there again (id named-1); plan again' }])
    expect(await recorded()).toBe('named-1')
  })

  it('is carried out where nothing has changed since', async () => {
    const { backend, provider, store, sync, planNothing, recorded } = setUp()
    await sync()
    backend.drop('named-1')
    expect((await apply(await planNothing(), { provider, store })).outcome).toBe('succeeded')
    expect(await recorded()).toBeUndefined()
  })
})
