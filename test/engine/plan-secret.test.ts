import { expect, test } from 'vitest'
import { memoryStore, plan, ref, sensitive, apply, type Resource } from '../../src/index.ts'
import { createFakeBackend } from '../../src/testing/index.ts'

const named = (name: string, inputs: object): Resource => ({ type: 'named', name, inputs: { name, ...inputs } })

test('no secret is in a plan: nested, in a list, referred to, changed or gone', async () => {
  const backend = createFakeBackend()
  const options = { provider: backend.provider, store: memoryStore(), mode: 'sync' } as const
  const declarations = [
    [named('a', { secret: 'clear-1', data: { user: 'u', token: sensitive('clear-2') } })],
    [named('a', { secret: 'clear-1', data: { user: 'u', token: sensitive('clear-3') } }), named('b', { text: ref('named/a', 'secret') })],
    [named('a', { secret: 'clear-4', data: [{ user: 'u', token: sensitive('clear-5') }] })],
    [named('a', { secret: 'clear-4', data: [{ user: 'u', token: sensitive('clear-6') }] })],
    [named('a', {})],
  ]
  for (const desired of declarations) {
    const changes = await plan(desired, options)
    expect(changes.actions.length).toBeGreaterThan(0)
    expect(JSON.stringify(changes)).not.toContain('clear')
    expect((await apply(changes, options)).outcome).toBe('succeeded')
    expect((await plan(desired, options)).actions).toEqual([])
  }
})

test('a lifted protection leaves other changes for later, and shows no secret that it leaves as it is', async () => {
  const backend = createFakeBackend()
  const options = { provider: backend.provider, store: memoryStore(), mode: 'sync' } as const
  const marked = (inputs: object, isProtected: boolean): Resource => ({ type: 'marked', name: 'a', inputs: { name: 'a', ...inputs }, protected: isProtected })
  await apply(await plan([marked({ data: { token: sensitive('clear-1') }, protected: true }, true)], options), options)
  const lift = await plan([marked({ data: { token: sensitive('clear-2') }, protected: null }, false)], options)
  expect(lift.actions[0]?.reason).toContain('lifts protection; 1 other change')
  expect(JSON.stringify(lift)).not.toContain('clear')
})
