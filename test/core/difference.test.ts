import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fields } from '../../src/core/json.ts'
import { applyPatch, buildPatch } from '../../src/core/patch.ts'
import { ref } from '../../src/core/reference.ts'
import type { TypeRules } from '../../src/core/rules.ts'
import { Unknown } from '../../src/core/value.ts'
import { anyFields, anyValue, compare, compareAgain, reverseKeys } from './difference-cases.ts'

const none = { changes: [], unset: [] }

describe('laws', () => {
  test('nothing differs from itself, whatever the order of keys', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        expect(compare(fields, structuredClone(fields))).toEqual(none)
        expect(compareAgain(fields, fields, reverseKeys(fields) as Fields)).toEqual(none)
      }),
    )
  })

  test('the patch of a difference removes it, and touches nothing that is not declared', () => {
    fc.assert(
      fc.property(anyFields, anyFields, (declared, observed) => {
        const patched = applyPatch(observed, buildPatch(compare(declared, observed).changes, declared)) as Fields
        expect(compare(declared, patched).changes).toEqual([])
        for (const key of Object.keys(observed)) if (!Object.hasOwn(declared, key)) expect(patched[key]).toEqual(observed[key])
        for (const key of Object.keys(patched)) expect(Object.hasOwn(declared, key) || Object.hasOwn(observed, key)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('so does one of three ways, and a second plan is empty', () => {
    fc.assert(
      fc.property(anyFields, anyFields, anyFields, (recorded, declared, observed) => {
        const patched = applyPatch(observed, buildPatch(compareAgain(recorded, declared, observed).changes, declared)) as Fields
        expect(compareAgain(declared, declared, patched)).toEqual(none)
      }),
      { numRuns: 1000 },
    )
  })

  test('an atomic object becomes what is declared and nothing else', () => {
    fc.assert(
      fc.property(anyFields, anyFields, (labels, shown) => {
        const rules: TypeRules = { atomic: ['labels'] }
        const declared = { labels }
        const patched = applyPatch({ labels: shown }, buildPatch(compare(declared, { labels: shown }, { rules }).changes, declared)) as Fields
        expect(compare(declared, patched, { rules })).toEqual(none)
        expect(compare(patched, declared).changes).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('a set is the same in any order, and another one when an element differs', () => {
    const sets = fc.array(anyValue, { maxLength: 6 }).chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })))
    fc.assert(
      fc.property(sets, ([list, shuffled]) => {
        expect(compare({ set: list }, { set: reverseKeys(shuffled) }, { rules: { unordered: ['set'] } })).toEqual(none)
        expect(compare({ set: list }, { set: [...shuffled, 'more'] }, { rules: { unordered: ['set'] } }).changes).toHaveLength(1)
      }),
    )
  })
})

describe('what is compared', () => {
  test('declared fields only, deep', () => {
    expect(compare({ name: 'a', config: { size: 1 } }, { name: 'a', id: 7, config: { size: 2, server: true } })).toEqual({
      changes: [{ path: ['config', 'size'], before: 2, after: 1 }],
      unset: [],
    })
  })

  test('undefined is not declared; null is: nothing should be there', () => {
    expect(compare({ a: undefined, b: null, c: null }, { a: 1, b: 2 })).toEqual({ changes: [{ path: ['b'], before: 2 }], unset: [] })
    expect(compare({ a: { b: null } }, {})).toEqual(none)
    expect(compare({ a: null }, { a: { b: null } })).toEqual(none)
    expect(compare({ a: { b: 1, c: { d: 2, e: null } } }, {}).changes).toEqual([{ path: ['a', 'b'], after: 1 }, { path: ['a', 'c', 'd'], after: 2 }])
    expect(compare({ a: {} }, {}).changes).toEqual([{ path: ['a'], after: {} }])
  })

  test('lists as a whole, in order', () => {
    expect(compare({ list: [1, 2] }, { list: [2, 1] }).changes).toEqual([{ path: ['list'], before: [2, 1], after: [1, 2] }])
    expect(compare({ set: [1, 1, 2] }, { set: [1, 2, 2] }, { rules: { unordered: ['set'] } }).changes).toHaveLength(1)
  })

  test('numbers by what they are worth, and never across kinds', () => {
    expect(compare({ a: -0, b: NaN }, { a: 0, b: NaN })).toEqual(none)
    expect(compare({ a: 1, b: false, c: '', d: 0 }, { a: '1', b: 0, c: null, d: false }).changes).toHaveLength(4)
  })

  test('own properties only', () => {
    const declared = JSON.parse('{"__proto__":{"polluted":true},"constructor":"x","a.b":1}') as Fields
    expect(compare(declared, {}).changes.map(({ path }) => path)).toEqual([['__proto__', 'polluted'], ['constructor'], ['a.b']])
    expect(compare(declared, structuredClone(declared))).toEqual(none)
    expect(compare({}, declared)).toEqual(none)
  })

  test('what is ignored never, also inside of lists', () => {
    const rules = { ignored: ['a', 'list.*.id'] }
    expect(compare({ a: 1, list: [{ x: 1 }] }, { a: 2, list: [{ x: 1, id: 7 }] }, { rules })).toEqual(none)
    expect(compare({ list: [{ x: 1 }] }, { list: [{ x: 2, id: 7 }] }, { rules }).changes).toHaveLength(1)
    expect(compareAgain({ a: 1 }, {}, { a: 1 }, rules)).toEqual(none)
  })

  test('an atomic object also by the keys that are not declared, at any depth', () => {
    const rules = { atomic: ['labels'], ignored: ['labels.system'] }
    expect(compare({ labels: { a: 1, in: { x: 1 } } }, { labels: { a: 2, b: 3, system: 4, in: { x: 1, y: 2 } } }, { rules })).toEqual({
      changes: [
        { path: ['labels', 'a'], before: 2, after: 1 },
        { path: ['labels', 'in', 'y'], before: 2 },
        { path: ['labels', 'b'], before: 3 },
      ],
      unset: [['labels', 'in', 'y'], ['labels', 'b']],
    })
    expect(compare({ labels: { a: null } }, {}, { rules })).toEqual(none)
    expect(compareAgain({ labels: { x: 1 } }, {}, { labels: { x: 1, theirs: 1 } }, rules)).toEqual({ changes: [{ path: ['labels'], before: { x: 1, theirs: 1 } }], unset: [['labels']] })
  })
})

describe('normalisers', () => {
  const lower = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value)

  test('decide what is equal; what is shown stays as it was written', () => {
    const rules = { normalise: { name: lower, 'routes.*.host': lower } }
    expect(compare({ name: 'A', routes: [{ host: 'X' }] }, { name: 'a', routes: [{ host: 'x' }] }, { rules })).toEqual(none)
    expect(compare({ name: 'A' }, { name: 'B' }, { rules }).changes).toEqual([{ path: ['name'], before: 'B', after: 'A' }])
  })

  test('sets inside of lists are sets', () => {
    const rules = { unordered: ['routes.*.methods'] }
    expect(compare({ routes: [{ methods: ['GET', 'PUT'] }] }, { routes: [{ methods: ['PUT', 'GET'] }] }, { rules })).toEqual(none)
    expect(compare({ routes: [{ methods: ['GET', 'PUT'] }, 1] }, { routes: [1, { methods: ['PUT', 'GET'] }] }, { rules }).changes).toHaveLength(1)
  })

  test('one that throws leaves the value as it is', () => {
    const rules = { normalise: { a: (): unknown => { throw new Error('no') } } }
    expect(compare({ a: 1 }, { a: 1 }, { rules })).toEqual(none)
    expect(compare({ a: 1 }, { a: 2 }, { rules }).changes).toHaveLength(1)
  })

  test('one that gives an object other keys makes one change, in the words of the inputs', () => {
    const rules = { normalise: { tags: (value: unknown): unknown => (Array.isArray(value) ? Object.fromEntries(value.map((tag) => [tag, true])) : value) } }
    expect(compare({ tags: ['a'] }, { tags: ['a', 'b'] }, { rules })).toEqual(none)
    const { changes } = compare({ tags: ['a', 'c'] }, { tags: ['a'] }, { rules })
    expect(changes).toEqual([{ path: ['tags'], before: ['a'], after: ['a', 'c'] }])
    expect(buildPatch(changes, { tags: ['a', 'c'] })).toEqual({ tags: ['a', 'c'] })
  })
})

describe('immutable fields', () => {
  test('force a replace when the change is at, under or above them', () => {
    const rules = { immutable: ['kind', 'spec.zone', 'meta'] }
    const forced = (declared: Fields, observed: Fields): unknown[] => compare(declared, observed, { rules }).changes.map((change) => change.forcesReplace)
    expect(forced({ kind: 'a', other: 1 }, { kind: 'b', other: 2 })).toEqual([true, undefined])
    expect(forced({ spec: { zone: 1, size: 1 } }, { spec: { zone: 2, size: 2 } })).toEqual([true, undefined])
    expect(forced({ meta: { deep: { x: 1 } } }, { meta: { deep: { x: 2 } } })).toEqual([true])
    expect(forced({ spec: { zone: 1 } }, {})).toEqual([true])
    expect(compareAgain({ kind: 'a' }, {}, { kind: 'a' }, rules).changes).toEqual([{ path: ['kind'], before: 'a', forcesReplace: true }])
  })
})

describe('what was applied and is declared no longer', () => {
  test('is unset where something is still there', () => {
    expect(compareAgain({ a: 1, b: 2, c: 3, d: 4 }, { a: 1 }, { a: 1, b: 9, c: null, d: '' })).toEqual({ changes: [{ path: ['b'], before: 9 }], unset: [['b']] })
  })

  test('deep, and only what was ours', () => {
    expect(compareAgain({ labels: { x: 1, y: 1 } }, { labels: { y: 1 } }, { labels: { x: 1, y: 1, theirs: 1 } }).unset).toEqual([['labels', 'x']])
    expect(compareAgain({ labels: { x: 1 } }, {}, { labels: { x: 1, theirs: 1 } }).unset).toEqual([['labels', 'x']])
    expect(compareAgain({ labels: { x: 1 } }, {}, { labels: { x: 1 } }).unset).toEqual([['labels']])
  })

  test('not where nothing is recorded, and not twice', () => {
    expect(compare({}, { a: 1 })).toEqual(none)
    expect(compareAgain({}, {}, { a: 1 })).toEqual(none)
    expect(compareAgain({ labels: { x: 1 } }, { labels: {} }, { labels: { x: 1 } }, { atomic: ['labels'] }).unset).toEqual([['labels', 'x']])
  })
})

describe('references', () => {
  const portal = ref('portal/dev')
  const known = (): { readonly value: unknown } => ({ value: 'id-1' })

  test('are compared by what they stand for', () => {
    expect(compare({ portal, list: [portal] }, { portal: 'id-1', list: ['id-1'] }, { resolve: known })).toEqual(none)
    expect(compare({ portal }, { portal: 'id-0' }, { resolve: known }).changes).toEqual([{ path: ['portal'], before: 'id-0', after: 'id-1' }])
    expect(compare({ portal }, { portal: { a: 1, b: 2 } }, { resolve: () => ({ value: { a: 1 } }) })).toEqual(none)
  })

  test('that are not known are a change, also inside of a list', () => {
    expect(compareAgain({ portal }, { portal }, { portal: 'id-0' }).changes).toEqual([{ path: ['portal'], before: 'id-0', after: new Unknown() }])
    expect(compare({ list: [1, { portal }] }, { list: [1, { portal: 'id-0' }] }).changes).toEqual([
      { path: ['list'], before: [1, { portal: 'id-0' }], after: [1, { portal: new Unknown() }] },
    ])
    expect(compare({ list: [portal] }, { list: ['id-0'] }, { rules: { normalise: { 'list.*': Boolean } } }).changes).toHaveLength(1)
    expect(compare({ set: [portal] }, { set: ['x'] }, { rules: { unordered: ['set'] } }).changes).toHaveLength(1)
  })
})
