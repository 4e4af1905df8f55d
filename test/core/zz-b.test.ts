import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ABSENT_FINGERPRINT, fingerprintFields, projectDeclared } from '../../src/core/fingerprint.ts'
import { canonicalJson, type Fields } from '../../src/core/json.ts'
import { deferred, ref, sensitive } from '../../src/core/reference.ts'
import type { TypeRules } from '../../src/core/rules.ts'
import { anyFields, anyValue, compare, reverseKeys } from './difference-cases.ts'

const print = (declared: Fields, observed: Fields, rules: TypeRules = {}): string => fingerprintFields('id-1', projectDeclared(declared, observed, rules))

/** As a comparison sees it: a key that holds null is not there. */
function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== null)
      .map(([key, child]) => [key, dropNulls(child)]),
  )
}

describe('fingerprints', () => {
  test('are 32 hexadecimal digits, stable, and never that of absence', () => {
    expect(fingerprintFields('id-1', { a: [1, 'x', true, null] })).toMatch(/^[0-9a-f]{32}$/)
    expect(fingerprintFields('', null)).not.toBe(ABSENT_FINGERPRINT)
    // Written into plans: another value here makes every plan that was saved before stale.
    expect(fingerprintFields('named-1', [true, false, { name: 'a', size: 1.5, tags: ['x'] }])).toBe('0313eb79fb609ef879b7254f21c5ab6e')
  })

  test('are equal exactly when the values are', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        expect(fingerprintFields('', a)).toBe(fingerprintFields('', reverseKeys(a)))
        expect(fingerprintFields('', a) === fingerprintFields('', b)).toBe(canonicalJson(dropNulls(a)) === canonicalJson(dropNulls(b)))
      }),
      { numRuns: 15000 },
    )
  })

  test('tell kinds, places and ids apart', () => {
    const different = [1, '1', true, 'true', null, 'null', [], {}, [[]], [{}], [null], [1, 2], [2, 1], [[1], 2], [[1, 2]], { a: 1 }, { a: '1' }, { b: 1 }, { a: { b: 1 } }, { a: {}, b: 1 }, ['a', 1], 'ab', ['a', 'b'], ['ab', ''], 0, '']
    expect(new Set(different.map((value) => fingerprintFields('x', value))).size).toBe(different.length)
    expect(fingerprintFields('a', 'b')).not.toBe(fingerprintFields('b', 'a'))
    expect(fingerprintFields('', -0)).toBe(fingerprintFields('', 0))
  })

  test('do not collide over many similar values', () => {
    const seen = new Set<string>()
    for (let at = 0; at < 100_000; at++) seen.add(fingerprintFields(`id-${at % 10}`, { name: `n${at}`, port: 8000 + (at % 7) }))
    expect(seen.size).toBe(100_000)
  })
})

describe('what is compared of an object', () => {
  test('is what is declared: nothing else moves the fingerprint', () => {
    fc.assert(
      fc.property(anyFields, anyFields, anyFields, (declared, observed, more) => {
        const undeclared = Object.fromEntries(Object.entries(more).filter(([key]) => !Object.hasOwn(declared, key)))
        const rest = Object.fromEntries(Object.entries(observed).filter(([key]) => Object.hasOwn(declared, key)))
        expect(print(declared, { ...rest, ...undeclared })).toBe(print(declared, observed))
        expect(print(reverseKeys(declared) as Fields, reverseKeys(observed) as Fields)).toBe(print(declared, observed))
      }),
    )
  })

  test('moves the fingerprint whenever it moves', () => {
    fc.assert(
      fc.property(anyFields, anyFields, (declared, observed) => {
        if (compare(declared, observed).changes.length > 0) expect(print(declared, observed)).not.toBe(print(declared, declared))
        else expect(print(declared, observed)).toBe(print(declared, declared))
      }),
      { numRuns: 15000 },
    )
  })

  test('has sets in one order, and is normalised at any depth', () => {
    const rules: TypeRules = { unordered: ['set', 'list.*.set'], normalise: { name: (value) => String(value).toLowerCase(), 'list.*.name': (value) => String(value).toLowerCase() } }
    const declared = { set: [], name: '', list: [] }
    const first = { set: [{ a: 1, b: 2 }, 'x', 'x'], name: 'A', list: [{ set: [1, 2], name: 'B' }] }
    expect(print(declared, { set: ['x', { b: 2, a: 1 }, 'x'], name: 'a', list: [{ set: [2, 1], name: 'b' }] }, rules)).toBe(print(declared, first, rules))
    expect(print(declared, { ...first, set: ['x', { a: 1, b: 2 }] }, rules)).not.toBe(print(declared, first, rules))
  })

  test('leaves out what is ignored, write-only or secret, also inside of lists', () => {
    const rules: TypeRules = { ignored: ['at', 'list.*.at'], writeOnly: ['key', 'list.*.key'], sensitive: ['token', 'list.*.token', 'config.token', 'atomic.token'], atomic: ['atomic'] }
    const declared = { at: 1, key: 1, token: 1, own: sensitive(1), env: deferred('env', 'X'), list: [{ mine: deferred('env', 'X') }], config: ref('a/b', 'config'), atomic: {}, name: 1 }
    const show = (value: unknown): Fields => ({ at: value, key: value, token: value, own: value, env: value, list: [{ at: value, key: value, token: value, mine: value }], config: { token: value }, atomic: { token: value }, name: 1 })
    const projected = projectDeclared(declared, show('clear'), rules)
    expect(JSON.stringify(projected)).not.toContain('clear')
    expect(fingerprintFields('', projected)).toBe(fingerprintFields('', projectDeclared(declared, show('other'), rules)))
    expect(projected).toMatchObject({ name: 1, list: [{}], config: {}, atomic: {} })
  })

  test('is the whole of an atomic object', () => {
    expect(print({ labels: { a: 1 } }, { labels: { a: 1, b: 1 } })).toBe(print({ labels: { a: 1 } }, { labels: { a: 1 } }))
    expect(print({ labels: { a: 1 } }, { labels: { a: 1, b: 1 } }, { atomic: ['labels'] })).not.toBe(print({ labels: { a: 1 } }, { labels: { a: 1 } }, { atomic: ['labels'] }))
  })
})
