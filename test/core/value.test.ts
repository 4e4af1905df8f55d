import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fields } from '../../src/core/json.ts'
import { ref } from '../../src/core/reference.ts'
import { Deferred, MARKER_KEY, Reference, Sensitive, Unknown, isMarker, mapMarkers, reviveMarkers, visitMarkers } from '../../src/core/value.ts'
import { anyFields, anyValue } from './difference-cases.ts'

const markers = [new Reference('a/b'), new Reference('a/b', ['x', 0]), new Deferred('env', 'X'), new Deferred('env', 'X', { digest: 'd' }), new Sensitive({}), new Sensitive({ digest: 'd' }), new Unknown()]

describe('markers', () => {
  test('are told by their brand, not by their shape', () => {
    expect(markers.every(isMarker)).toBe(true)
    expect([null, undefined, 'x', 1, [], {}, { kind: 'reference', address: 'a/b' }, JSON.parse(JSON.stringify(markers[0]))].some(isMarker)).toBe(false)
  })

  test('of another copy of this package are markers too', () => {
    expect(isMarker({ [Symbol.for('convergent.marker')]: true, kind: 'unknown' })).toBe(true)
  })

  test('are written and read back', () => {
    for (const marker of markers) {
      const back = reviveMarkers(JSON.parse(JSON.stringify({ at: [marker] }))) as { readonly at: readonly unknown[] }
      expect(isMarker(back.at[0])).toBe(true)
      expect(back.at[0]).toEqual(marker)
      expect(JSON.stringify(back)).toBe(JSON.stringify({ at: [marker] }))
    }
  })

  test('that are read already stay as they are', () => {
    const secret = new Sensitive({ value: 'x' })
    expect((reviveMarkers({ a: [secret] }) as { readonly a: readonly unknown[] }).a[0]).toBe(secret)
  })

  test('data that holds none is read as it is, whatever its keys', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        expect(reviveMarkers(fields)).toEqual(fields)
      }),
    )
    expect(reviveMarkers({ [MARKER_KEY]: 'something else', a: 1 })).toEqual({ [MARKER_KEY]: 'something else', a: 1 })
  })
})

describe('secrets', () => {
  const secrets = [new Sensitive({ value: 'clear', digest: 'd' }), new Deferred('env', 'X', { value: 'clear', digest: 'd' })]

  test('give their value to who asks for it, and to nothing else', () => {
    for (const secret of secrets) {
      expect(secret.reveal()).toEqual({ value: 'clear' })
      expect(secret.digest).toBe('d')
      expect(`${String(secret)} ${JSON.stringify({ secret })} ${JSON.stringify(Object.entries(secret))} ${JSON.stringify(structuredClone(Object.assign({}, secret)))}`).not.toContain('clear')
    }
    expect(secrets.map(String)).toEqual(['(sensitive)', '(deferred)'])
  })

  test('may hold undefined or nothing, which is not the same', () => {
    expect(new Sensitive({ value: undefined }).reveal()).toEqual({ value: undefined })
    expect(new Sensitive({}).reveal()).toBeUndefined()
    expect(new Deferred('env', 'X').reveal()).toBeUndefined()
  })
})

describe('markers inside of values', () => {
  const value = { a: ref('x/y'), list: [1, { b: new Unknown() }], none: null, plain: { c: 1 } }

  test('are visited with their places', () => {
    const places: unknown[] = []
    visitMarkers(value, (marker, path) => places.push([marker.kind, path]))
    expect(places).toEqual([
      ['reference', ['a']],
      ['unknown', ['list', 1, 'b']],
    ])
    visitMarkers(new Unknown(), (_, path) => places.push(path))
    expect(places.at(-1)).toEqual([])
  })

  test('are replaced in a copy; what holds none is not copied', () => {
    const mapped = mapMarkers(value, (marker, path) => `${marker.kind} at ${path.join('.')}`) as typeof value
    expect(mapped).toEqual({ a: 'reference at a', list: [1, { b: 'unknown at list.1.b' }], none: null, plain: { c: 1 } })
    expect(mapped.plain).toBe(value.plain)
    expect(value.a).toBeInstanceOf(Reference)
    expect(mapMarkers(value, (marker) => marker)).toBe(value)
    fc.assert(fc.property(anyValue, (plain) => mapMarkers(plain, () => 'never') === plain))
  })

  test('are replaced under any key', () => {
    const tricky = Object.fromEntries([['__proto__', ref('x/y')], ['constructor', 1]]) as Fields
    const mapped = mapMarkers(tricky, () => 'id') as Fields
    expect(Object.entries(mapped)).toEqual([['__proto__', 'id'], ['constructor', 1]])
    expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype)
  })
})
