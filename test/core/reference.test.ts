import { expect, test } from 'vitest'
import { AddressError } from '../../src/core/errors.ts'
import { collectReferences, deferred, env, locateReferences, ref, sensitive } from '../../src/core/reference.ts'
import { Deferred, Reference, Sensitive } from '../../src/core/value.ts'

test('a reference names a resource, and a place in its outputs', () => {
  expect(ref('portal/dev')).toEqual(new Reference('portal/dev', []))
  expect(ref('portal/dev', 'domains', 0).path).toEqual(['domains', 0])
  expect(() => ref('portal')).toThrow(AddressError)
})

test('values that others supply, and values that nobody may see', () => {
  expect(deferred('vault', 'a/b')).toEqual(new Deferred('vault', 'a/b'))
  expect(env('TOKEN')).toEqual(new Deferred('env', 'TOKEN'))
  expect(sensitive('x')).toBeInstanceOf(Sensitive)
  expect(sensitive('x').reveal()).toEqual({ value: 'x' })
})

test('the references of a value, once each, in order of appearance; their places, every one', () => {
  const value = { b: [ref('x/2', 'id'), ref('x/1')], a: ref('x/2'), other: env('X'), text: 'x/3' }
  expect(collectReferences(value)).toEqual(['x/2', 'x/1'])
  expect(locateReferences(value)).toEqual([
    { address: 'x/2', output: ['id'], at: ['b', 0] },
    { address: 'x/1', output: [], at: ['b', 1] },
    { address: 'x/2', output: [], at: ['a'] },
  ])
  expect(collectReferences('x')).toEqual([])
})
