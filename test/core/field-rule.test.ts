import { expect, test } from 'vitest'
import { matchesAny, matchesPath, normaliseAt, reachesAny, touchesAny } from '../../src/core/field-rule.ts'

test('a pattern names a place; * is any one step', () => {
  expect(matchesPath('a.b', ['a', 'b'])).toBe(true)
  expect(matchesPath('list.*.id', ['list', 3, 'id'])).toBe(true)
  expect(matchesPath('list.0.id', ['list', 0, 'id'])).toBe(true)
  expect(matchesPath('a', ['a', 'b'])).toBe(false)
  expect(matchesPath('a.b', ['a'])).toBe(false)
  expect(matchesPath('*', ['a', 'b'])).toBe(false)
  expect(matchesPath('a.b', ['a.b'])).toBe(false)
  expect(matchesAny(undefined, ['a'])).toBe(false)
  expect(matchesAny(['x', 'labels.*'], ['labels', 'a.b'])).toBe(true)
})

test('a pattern touches what is above and below it, and reaches what is below a place', () => {
  const [above, at, below, beside] = [['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'x']]
  expect([above, at, below, beside].map((path) => touchesAny(['a.b'], path))).toEqual([true, true, true, false])
  expect([above, at, below, beside].map((path) => reachesAny(['a.b'], path))).toEqual([true, true, false, false])
  expect(reachesAny(['*.secret'], [0])).toBe(true)
})

test('a normaliser is applied at its place; one that throws changes nothing, and nothing is not normalised', () => {
  const rules = { normalise: { 'a.*': (value: unknown): unknown => (value as string).trim() } }
  expect(normaliseAt(rules, ['a', 'b'], ' x ')).toBe('x')
  expect(normaliseAt(rules, ['a'], ' x ')).toBe(' x ')
  expect(normaliseAt(rules, ['a', 'b'], 7)).toBe(7)
  expect(normaliseAt(rules, ['a', 'b'], undefined)).toBeUndefined()
})
