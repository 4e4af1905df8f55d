import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fields } from '../../src/core/json.ts'
import { applyPatch, buildPatch } from '../../src/core/patch.ts'
import { anyFields, anyValue } from './difference-cases.ts'

test.each([
  // The examples of RFC 7396, appendix A.
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [['a', 'b'], ['c', 'd'], ['c', 'd']],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j with %j is %j', (target, patch, result) => {
  expect(applyPatch(target, patch)).toEqual(result)
})

test('a patch applied twice is a patch applied once, and its target stays as it was', () => {
  fc.assert(
    fc.property(anyValue, anyValue, (target, patch) => {
      const before = structuredClone(target)
      const once = applyPatch(target, patch)
      expect(applyPatch(once, patch)).toEqual(once)
      expect(target).toEqual(before)
    }),
  )
})

test('what is undefined in a patch is not there', () => {
  expect(applyPatch({ a: 1 }, { a: undefined, b: { c: undefined } })).toEqual({ a: 1, b: {} })
})

test('the key __proto__ is a key like any other', () => {
  const patch = JSON.parse('{"__proto__":{"polluted":true}}') as Fields
  const patched = applyPatch({}, patch) as Fields
  expect(Object.hasOwn(patched, '__proto__')).toBe(true)
  expect(buildPatch([{ path: ['__proto__', 'polluted'], after: true }], patch)).toEqual(patch)
  expect(({} as Fields)['polluted']).toBeUndefined()
})

test('a patch has each changed place with its resolved value, null where it is unset', () => {
  const resolved = { name: 'a', config: { size: 2, zone: 'z' }, gone: null }
  const changes = [{ path: ['config', 'size'], before: 1, after: 2 }, { path: ['gone'], before: 1 }, { path: ['config', 'old', 'x'], before: 1 }]
  expect(buildPatch(changes, resolved)).toEqual({ config: { size: 2, old: { x: null } }, gone: null })
  expect(buildPatch([], resolved)).toEqual({})
})

test('a place inside of a list takes the whole list', () => {
  expect(buildPatch([{ path: ['a', 'list', 1, 'x'] }, { path: ['a', 'list', 0] }], { a: { list: [1, { x: 2 }], other: 1 } })).toEqual({ a: { list: [1, { x: 2 }] } })
})

test('a place and one inside of it, in either order', () => {
  const [whole, part] = [{ path: ['a'] }, { path: ['a', 'b'] }]
  for (const changes of [[whole, part], [part, whole]]) expect(buildPatch(changes, { a: { b: 1, c: 2 } })).toEqual({ a: { b: 1, c: 2 } })
})

test('a patch of every top-level place is the resolved inputs', () => {
  fc.assert(
    fc.property(anyFields, (resolved) => {
      expect(buildPatch(Object.keys(resolved).map((key) => ({ path: [key] })), resolved)).toEqual(resolved)
    }),
  )
})
