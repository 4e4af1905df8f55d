import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, formatPath, getPath, isFields, type Fields } from '../../src/core/json.ts'
import { ref } from '../../src/core/reference.ts'
import { anyValue, reverseKeys } from './difference-cases.ts'

test('fields are plain objects and nothing else', () => {
  expect([{}, Object.create(null), JSON.parse('{"__proto__":1}')].every(isFields)).toBe(true)
  expect([null, undefined, [], 'x', 1, new Date(0), new Map(), ref('a/b'), () => 1].some(isFields)).toBe(false)
})

test.each([
  [[], ''],
  [['configs', 'scopes', 2], 'configs.scopes[2]'],
  [['labels', 'a.b'], 'labels["a.b"]'],
  [['Größe', 'a-b', '$x'], 'Größe.a-b.$x'],
  [['0', '', 'say "hi"'], '["0"][""]["say \\"hi\\""]'],
  [[0, 'a'], '[0].a'],
])('the path %j is written %s', (path, text) => {
  expect(formatPath(path)).toBe(text)
})

test('different paths are written differently', () => {
  const path = fc.array(fc.oneof(fc.nat(20), fc.constantFrom('a', 'a.b', '0', '[0]', '', 'b]')), { maxLength: 4 })
  fc.assert(fc.property(path, path, (a, b) => (formatPath(a) === formatPath(b)) === (JSON.stringify(a) === JSON.stringify(b))))
})

test('a path leads to what an object owns, and never into a marker', () => {
  const value = JSON.parse('{"a":[{"b":null}],"__proto__":{"c":1}}') as Fields
  expect(getPath(value, [])).toBe(value)
  expect(getPath(value, ['a', 0, 'b'])).toBeNull()
  expect(getPath(value, ['__proto__', 'c'])).toBe(1)
  for (const path of [['constructor'], ['a', 'map'], ['a', 1], ['a', 0, 'b', 'c'], ['toString', 'name']]) expect(getPath(value, path)).toBeUndefined()
  expect(getPath({ a: ref('x/y', 'z') }, ['a', 'address'])).toBeUndefined()
  expect(getPath('text', ['length'])).toBeUndefined()
})

test('canonical JSON is JSON, the same for any order of keys', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(value)
      expect(canonicalJson(reverseKeys(value))).toBe(canonicalJson(value))
    }),
  )
  expect(canonicalJson({ b: 1, a: { d: 1, c: [2, { f: 1, e: 2 }] } })).toBe('{"a":{"c":[2,{"e":2,"f":1}],"d":1},"b":1}')
  expect(canonicalJson(undefined)).toBe('null')
})
