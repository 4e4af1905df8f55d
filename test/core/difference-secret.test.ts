import { describe, expect, test } from 'vitest'
import type { Difference } from '../../src/core/difference.ts'
import type { Fields } from '../../src/core/json.ts'
import { deferred, ref, sensitive } from '../../src/core/reference.ts'
import type { TypeRules } from '../../src/core/rules.ts'
import { Deferred, Sensitive } from '../../src/core/value.ts'
import { compare, compareAgain } from './difference-cases.ts'

const none = { changes: [], unset: [] }
const digested = (digest: string): Sensitive => new Sensitive({ digest })

/** Neither the written form nor any property may show a value with "clear" in it. */
function expectHidden({ changes }: Difference): void {
  expect(JSON.stringify(changes)).not.toContain('clear')
  expect(changes).not.toEqual([])
  const shown = (value: unknown): string => (value === null || typeof value !== 'object' ? String(value) : Object.values(value).map(shown).join(' '))
  expect(shown(changes)).not.toContain('clear')
}

describe('secrets that can be revealed', () => {
  test('are compared with what is observed', () => {
    expect(compare({ a: sensitive('clear-1') }, { a: 'clear-1' })).toEqual(none)
    const difference = compare({ a: sensitive('clear-1') }, { a: 'clear-2' })
    expect(difference.changes).toMatchObject([{ path: ['a'], sensitive: true }])
    expect(difference.changes[0]).not.toHaveProperty('before')
    expectHidden(difference)
  })

  test('are hidden in lists, in objects that are new, and where the observed is no object', () => {
    const list = { list: [{ name: 'n', token: sensitive('clear-1') }] }
    expect(compare(list, { list: [{ name: 'n', token: 'clear-1' }] })).toEqual(none)
    expectHidden(compare(list, { list: [{ name: 'n', token: 'clear-2' }] }))
    expectHidden(compare(list, {}))
    expectHidden(compare({ config: { user: 'u', token: sensitive('clear-1') } }, {}))
    expectHidden(compare({ config: { token: sensitive('clear-1') } }, { config: 'clear-0' }))
    expect(compare({ config: { user: 'u', token: new Deferred('env', 'T', { value: 'clear' }) } }, {}).changes).toEqual([
      { path: ['config', 'user'], after: 'u' },
      { path: ['config', 'token'], after: new Deferred('env', 'T'), sensitive: true },
    ])
  })

  test('are hidden behind a reference', () => {
    const resolve = (): { readonly value: unknown } => ({ value: sensitive('clear-1') })
    const nested = (): { readonly value: unknown } => ({ value: [{ token: sensitive('clear-1') }] })
    expect(compare({ a: ref('db/x', 'users') }, { a: [{ token: 'clear-1' }] }, { resolve: nested })).toEqual(none)
    expect(compare({ a: [ref('db/x', 'users')] }, { a: [[{ token: 'clear-1' }]] }, { resolve: nested })).toEqual(none)
    expectHidden(compare({ a: [ref('db/x', 'users')] }, { a: [[{ token: 'clear-0' }]] }, { resolve: nested }))
    for (const declared of [{ a: ref('db/x', 'password') }, { a: [ref('db/x', 'password')] }]) {
      expectHidden(compare(declared, { a: 'clear-0' }, { resolve }))
      expect(compare(declared, { a: Array.isArray(declared.a) ? ['clear-1'] : 'clear-1' }, { resolve })).toEqual(none)
    }
  })

  test('are hidden when they go, and when a literal takes their place', () => {
    expectHidden(compareAgain({ a: sensitive('clear-1') }, {}, { a: 'clear-1' }))
    expectHidden(compareAgain({ config: { a: 1, token: digested('d') } }, {}, { config: { a: 1, token: 'clear-1' } }))
    expectHidden(compareAgain({ a: digested('d') }, { a: 'public' }, { a: 'clear-1' }))
    expectHidden(compareAgain({ list: [digested('d')] }, { list: ['public'] }, { list: ['clear-1'] }))
  })
})

describe('secrets of another process', () => {
  test('are compared by digest with what was applied', () => {
    expect(compareAgain({ a: digested('1') }, { a: digested('1') }, { a: 'whatever' })).toEqual(none)
    expect(compareAgain({ a: digested('1') }, { a: digested('2') }, { a: 'whatever' }).changes).toHaveLength(1)
    expect(compareAgain({ a: digested('1') }, { a: digested('1') }, {})).toEqual(none)
  })

  test('without a digest by where they come from', () => {
    expect(compareAgain({ a: deferred('env', 'A') }, { a: deferred('env', 'A') }, { a: 1 })).toEqual(none)
    expect(compareAgain({ a: deferred('env', 'A') }, { a: deferred('env', 'B') }, { a: 1 }).changes).toEqual([{ path: ['a'], after: deferred('env', 'B'), sensitive: true }])
  })

  test('with nothing to compare them with are equal when something is there', () => {
    expect(compare({ a: deferred('env', 'A') }, { a: 'x' })).toEqual(none)
    expect(compareAgain({}, { a: deferred('env', 'A') }, { a: 'x' })).toEqual(none)
    expect(compare({ a: deferred('env', 'A') }, {}).changes).toHaveLength(1)
    expect(compareAgain({}, { a: deferred('env', 'A') }, {}).changes).toHaveLength(1)
  })

  test('inside of lists are no change for ever', () => {
    const recorded = { list: [{ name: 'n', token: digested('1') }] }
    const observed = { list: [{ name: 'n', token: 'clear' }] }
    expect(compareAgain(recorded, recorded, observed)).toEqual(none)
    expect(compare(recorded, observed)).toEqual(none)
    expectHidden(compareAgain(recorded, { list: [{ name: 'n', token: digested('2') }] }, observed))
    expectHidden(compareAgain(recorded, { list: [{ name: 'm', token: digested('1') }] }, observed))
    const rules = { unordered: ['list'] }
    const two = { list: [{ name: 'n', token: digested('1') }, { name: 'm', token: digested('2') }] }
    const swapped = { list: [{ name: 'm', token: 'clear' }, { name: 'n', token: 'clear' }] }
    const one = { list: [{ name: 'n', token: digested('1') }, { name: 'm' }] }
    expect(compareAgain(one, one, { list: [{ name: 'm' }, { name: 'n', token: 'clear' }] }, rules)).toEqual(none)
    expect(compareAgain(two, { list: [...two.list].reverse() }, swapped, rules)).toEqual(none)
  })
})

describe('sensitive fields', () => {
  const rules: TypeRules = { sensitive: ['password', 'config', 'users.*.password'] }

  test('show neither side', () => {
    expect(compare({ password: 'clear-1' }, { password: 'clear-1' }, { rules })).toEqual(none)
    expect(compare({ password: 'clear-1' }, { password: 'clear-2' }, { rules }).changes).toEqual([{ path: ['password'], sensitive: true }])
    expect(compare({ password: null }, { password: 'clear-2' }, { rules }).changes).toEqual([{ path: ['password'], sensitive: true }])
    expect(compare({ password: null }, {}, { rules })).toEqual(none)
    expectHidden(compare({ users: [{ password: 'clear-1' }] }, { users: [{ password: 'clear-2' }] }, { rules }))
    expectHidden(compare({ users: [{ password: 'clear-1' }] }, {}, { rules }))
    expectHidden(compare({ users: null }, { users: [{ password: 'clear-2' }] }, { rules }))
    expectHidden(compareAgain({ users: [] , config: { a: 'clear' } }, {}, { users: [{ password: 'clear-2' }], config: { a: 'clear', b: 1 } }, rules))
  })

  test('are sparse and three-way like any other', () => {
    expect(compare({ config: { a: 'clear' } }, { config: { a: 'clear', server: 1 } }, { rules })).toEqual(none)
    expect(compare({ config: { a: 'clear' } }, { config: { a: 'other', server: 1 } }, { rules }).changes).toEqual([{ path: ['config'], sensitive: true }])
    expect(compareAgain({ config: { a: 'clear', b: 'clear' } }, { config: { a: 'clear' } }, { config: { a: 'clear', b: 'clear' } }, rules)).toEqual({
      changes: [{ path: ['config', 'b'], sensitive: true }],
      unset: [['config', 'b']],
    })
  })

  test('of an atomic object are hidden when they are not declared', () => {
    expectHidden(compare({ users: {} }, { users: { joe: { password: 'clear' } } }, { rules: { ...rules, atomic: ['users'] } }))
  })
})

describe('write-only fields', () => {
  const rules: TypeRules = { writeOnly: ['password', 'list.*.secret'] }
  const changed = (recorded: Fields, declared: Fields, observed: Fields = {}): number => compareAgain(recorded, declared, observed, rules).changes.length

  test('are left alone where nothing was applied', () => {
    expect(compare({ password: 'clear' }, {}, { rules })).toEqual(none)
    expect(compare({ password: 'clear' }, { password: 'mask' }, { rules })).toEqual(none)
  })

  test('are compared with what was applied, never with what is observed', () => {
    expect(changed({ password: 'a' }, { password: 'a' }, { password: '****' })).toBe(0)
    expect(changed({ password: 'a' }, { password: 'b' }, { password: 'b' })).toBe(1)
    expect(changed({}, { password: 'a' })).toBe(1)
    expect(changed({ password: 'a' }, { password: null })).toBe(1)
    expect(changed({ password: null }, { password: null })).toBe(0)
    expect(changed({ password: 'a' }, {}, { password: '****' })).toBe(0)
    expect(changed({ password: digested('1') }, { password: digested('1') })).toBe(0)
    expect(changed({ password: digested('1') }, { password: digested('2') })).toBe(1)
    expect(changed({ password: new Sensitive({}) }, { password: new Sensitive({}) })).toBe(0)
    expect(changed({ password: digested('1') }, { password: 'public' })).toBe(1)
    expect(changed({ password: { a: 1, b: [2] } }, { password: { b: [2], a: 1 } })).toBe(0)
    expect(changed({ password: { a: 1 } }, { password: { a: 1, b: 2 } })).toBe(1)
    expect(changed({ password: { a: 1, b: 2 } }, { password: { a: 1 } })).toBe(1)
  })

  test('that refer to something are compared by what they refer to', () => {
    const resolve = (): { readonly value: unknown } => ({ value: 'id-1' })
    const password = ref('secret/x', 'value')
    expect(compare({ password }, {}, { recorded: { password }, rules, resolve })).toEqual(none)
    expect(compare({ password }, {}, { recorded: { password }, rules }).changes).toHaveLength(1)
    expect(compare({ password }, {}, { recorded: { password: ref('secret/y', 'value') }, rules, resolve }).changes).toHaveLength(1)
    expect(compare({ password }, {}, { recorded: { password: 'id-1' }, rules, resolve })).toEqual(none)
  })

  test('that are sensitive as well were recorded as a digest, which no literal can be compared with', () => {
    expect(compareAgain({ password: digested('1') }, { password: 'clear' }, {}, { ...rules, sensitive: ['password'] })).toEqual(none)
  })

  test('of an object that is not there are not there either', () => {
    const declared = { config: { user: 'u', token: digested('1'), key: 'k', none: null } }
    const paths = (recorded: Fields | undefined): unknown[] => compare(declared, {}, { rules: { writeOnly: ['config.key', 'config.none'] }, ...(recorded && { recorded }) }).changes.map(({ path }) => path.join('.'))
    expect(paths(declared)).toEqual(['config.user', 'config.token', 'config.key'])
    expect(paths(undefined)).toEqual(['config.user', 'config.token', 'config.key'])
  })

  test('inside of lists too', () => {
    expect(changed({ list: [{ a: 1, secret: 's' }] }, { list: [{ a: 1, secret: 's' }] }, { list: [{ a: 1 }] })).toBe(0)
    expect(changed({ list: [{ a: 1, secret: 's' }] }, { list: [{ a: 1, secret: 't' }] }, { list: [{ a: 1 }] })).toBe(1)
    expect(changed({ list: [{ a: 1, secret: 's' }] }, { list: [{ a: 2, secret: 's' }] }, { list: [{ a: 1 }] })).toBe(1)
    expect(compare({ list: [{ a: 1, secret: 's' }] }, { list: [{ a: 1 }] }, { rules })).toEqual(none)
    // Marked, since no read before the call can tell that it is there already.
    expect(compareAgain({ list: [{ secret: 's' }] }, { list: [{ secret: 't' }] }, { list: [{}] }, rules).changes).toMatchObject([{ path: ['list'], sensitive: true }])
  })
})
