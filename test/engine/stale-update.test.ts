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

it('a plan that knows nothing of a secret which another run has applied is refused, and the next one applies its own', async () => {
  const { backend, named, options } = setUp()
  const desired = (secret: string, size: number) => [named('a', { name: 'a', secret, size })]
  await apply(await plan(desired('first', 1), options), options)
  const old = await plan(desired('first', 2), options)
  expect(old.actions).toMatchObject([{ changes: [{ path: ['size'] }] }])
  await apply(await plan(desired('second', 1), options), options)
  expect((await apply(old, options)).actions).toMatchObject([{ outcome: 'stale', message: 'a secret of it was changed after the plan was made (id named-1); plan again' }])
  expect(backend.objects()).toMatchObject([{ fields: { secret: 'second', size: 1 } }])

  expect((await apply(await plan(desired('first', 2), options), options)).outcome).toBe('succeeded')
  expect(backend.objects()).toMatchObject([{ fields: { secret: 'first', size: 2 } }])
  expect((await plan(desired('first', 2), options)).actions).toEqual([])
})

it('a plan that brings a secret of its own is applied, whatever another run has applied', async () => {
  const { backend, named, options } = setUp()
  const desired = (secret: string) => [named('a', { name: 'a', secret })]
  await apply(await plan(desired('first'), options), options)
  const old = await plan(desired('third'), options)
  await apply(await plan(desired('second'), options), options)
  expect((await apply(old, options)).outcome).toBe('succeeded')
  expect(backend.objects()).toMatchObject([{ fields: { secret: 'third' } }])
})

it('a plan that does not know of a field which another run has applied is refused, and the next one clears it', async () => {
  const { backend, named, options } = setUp()
  await apply(await plan([named('a', { name: 'a', size: 1 })], options), options)
  const old = await plan([named('a', { name: 'a', size: 2 })], options)
  await apply(await plan([named('a', { name: 'a', size: 1, text: 'of another run' })], options), options)
  expect((await apply(old, options)).actions).toMatchObject([{ outcome: 'stale', message: 'text was applied after the plan was made (id named-1); plan again' }])

  expect((await apply(await plan([named('a', { name: 'a', size: 2 })], options), options)).outcome).toBe('succeeded')
  expect(backend.objects()[0]?.fields).toEqual({ name: 'a', size: 2 })
})
