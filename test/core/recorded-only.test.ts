import { describe, expect, test } from 'vitest'
import type { TypeRules } from '../../src/core/rules.ts'
import { compareTypes, describeType } from '../../src/core/type-description.ts'
import { compare, compareAgain } from './difference-cases.ts'

const rules: TypeRules = { recordedOnly: ['keeps'] }
const none = { changes: [], unset: [] }

describe('a field that no backend has', () => {
  test('is compared with what was applied last', () => {
    expect(compareAgain({ keeps: true }, { keeps: true }, {}, rules)).toEqual(none)
    expect(compareAgain({ keeps: true }, { keeps: false }, {}, rules)).toEqual({ changes: [{ path: ['keeps'], before: true, after: false }], unset: [] })
    expect(compareAgain({ name: 'a' }, { name: 'a', keeps: true }, { name: 'a' }, rules)).toEqual({ changes: [{ path: ['keeps'], after: true }], unset: [] })
  })
  test('is unset where it is declared no longer', () => {
    expect(compareAgain({ keeps: true }, {}, {}, rules)).toEqual({ changes: [{ path: ['keeps'], before: true }], unset: [['keeps']] })
  })
  test('is left alone where nothing is recorded: what a backend says of it says nothing', () => {
    expect(compare({ name: 'a', keeps: true }, { name: 'a', keeps: false }, { rules })).toEqual(none)
    expect(compare({ name: 'b', keeps: true }, { name: 'a' }, { rules }).changes).toEqual([{ path: ['name'], before: 'a', after: 'b' }])
  })
  test('may hold more than a word, and is then compared key by key', () => {
    expect(compareAgain({ keeps: { a: 1, b: 2 } }, { keeps: { a: 1, b: 3 } }, { keeps: { a: 9 } }, rules).changes).toEqual([{ path: ['keeps', 'b'], before: 2, after: 3 }])
  })
  test('belongs to what a plan rests on', () => {
    expect(compareTypes(describeType({}, []), describeType(rules, []))).toEqual(['recordedOnly was not there, is ["keeps"]'])
  })
})
