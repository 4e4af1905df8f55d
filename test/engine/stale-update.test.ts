import { expect, it } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'

const setUp = () => {
  const backend = createFakeBackend()
  const { named } = declare(backend.provider)
  return { backend, named, options: { provider: backend.provider, store: memoryStore(), mode: 'sync' as const } }
}

it('a plan that clears a value which another one has taken the place of is refused, and the other one stays', async () => {
  const { backend, named, options } = setUp()
  await apply(await plan([named('a', { name: 'a', text: 'one' })], options), options)
  const clearing = await plan([named('a', { name: 'a' })], options)
  expect(clearing.actions).toMatchObject([{ kind: 'update', unset: [['text']], changes: [{ path: ['text'], before: 'one' }] }])
  backend.edit('named-1', { text: 'by hand' })
  expect((await apply(clearing, options)).actions).toMatchObject([{ outcome: 'stale', message: 'it was changed after the plan was made (id named-1); plan again' }])
  expect(backend.objects()).toMatchObject([{ fields: { text: 'by hand' } }])

  expect((await apply(await plan([named('a', { name: 'a' })], options), options)).outcome).toBe('succeeded')
  expect(backend.objects()[0]?.fields['text']).toBeUndefined()
})

it('a plan that clears what is gone already is refused, and sends nothing', async () => {
  const { backend, named, options } = setUp()
  await apply(await plan([named('a', { name: 'a', text: 'one' })], options), options)
  const [clearing, again] = [await plan([named('a', { name: 'a' })], options), await plan([named('a', { name: 'a' })], options)]
  expect((await apply(clearing, options)).outcome).toBe('succeeded')
  const sent = backend.calls.filter(({ call }) => call === 'update').length
  expect((await apply(again, options)).actions).toMatchObject([{ outcome: 'stale' }])
  expect(backend.calls.filter(({ call }) => call === 'update')).toHaveLength(sent)
})

it('a clearing whose reply was lost is found done', async () => {
  const { backend, named, options } = setUp()
  await apply(await plan([named('a', { name: 'a', text: 'one' })], options), options)
  backend.fault({ call: 'update', fault: 'lost-reply' })
  expect((await apply(await plan([named('a', { name: 'a' })], options), options)).outcome).toBe('succeeded')
  expect(backend.objects()[0]?.fields['text']).toBeUndefined()
  expect((await plan([named('a', { name: 'a' })], options)).actions).toEqual([])
})
