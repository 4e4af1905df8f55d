import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { fromWireText, listForms, normaliseValue, toWireText, type FieldForm } from '../../../../examples/opnsense/wire-value.ts'

const boolean: FieldForm = { form: 'boolean' }
const number: FieldForm = { form: 'number' }
const list: FieldForm = { form: 'list' }
const text: FieldForm = { form: 'text' }

/** A word that a list may hold, whatever joins it. */
const word = fc.stringMatching(/^[\w.:/!-]{1,12}$/)
/** A form, and a value that a person may write in it. */
const written: fc.Arbitrary<readonly [FieldForm, unknown]> = fc.oneof(
  fc.boolean().map((value) => [boolean, value] as const),
  fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((value) => [number, value === 0 ? 0 : value] as const),
  fc.oneof(fc.array(fc.oneof(word, fc.nat())), word, fc.nat()).map((value) => [list, value] as const),
  fc.oneof(fc.string(), fc.nat()).map((value) => [text, value] as const),
)
/** A field as `get` shows it: every option, some of them selected. */
const asOptions = (wire: string, separator: string): Record<string, unknown> => Object.fromEntries([['', { value: 'None', selected: 0 }], ['other', { value: 'Other', selected: 0 }], ...wire.split(separator).map((part) => [part, { value: part.toUpperCase(), selected: 1 }])]) as Record<string, unknown>
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

describe('what a person writes', () => {
  it('is the same when it has been to the wire and back', () => {
    fc.assert(
      fc.property(written, fc.constantFrom(',', '\n'), ([field, value], separator) => {
        const wire = toWireText(value, field, separator)
        expect(typeof wire).toBe('string')
        const shown = fromWireText(wire, field, separator)
        if (!same(normaliseValue(value, field, separator), normaliseValue(shown, field, separator))) throw new Error(`${JSON.stringify(value)} is ${JSON.stringify(wire)} on the wire, and then ${JSON.stringify(shown)}`)
      }),
    )
  })
  it('is the same out of a list of options', () => {
    fc.assert(
      fc.property(fc.uniqueArray(word.filter((each) => each !== 'other')), fc.constantFrom(',', '\n'), (value, separator) => {
        const shown = fromWireText(asOptions(toWireText(value, list, separator), separator), list, separator)
        expect([...((shown ?? []) as string[])].sort()).toEqual([...value].sort())
      }),
    )
  })
  it('has one form however often it is brought into it', () => {
    fc.assert(
      fc.property(written, ([field, value]) => {
        const once = normaliseValue(value, field, ',')
        expect(normaliseValue(once, field, ',')).toEqual(once)
      }),
    )
  })
})

describe('the wire', () => {
  it.each([
    [true, boolean, '1'],
    [false, boolean, '0'],
    [110, number, '110'],
    [0, number, '0'],
    [['a', 22], list, 'a,22'],
    ['a', list, 'a'],
    [[], list, ''],
    [null, text, ''],
    [null, { form: 'boolean', fallback: true } as const, '1'],
    [null, { form: 'list', fallback: 'any' } as const, 'any'],
    [false, { form: 'boolean', fallback: true } as const, '0'],
  ])('has %j as %j: %j', (value, field, expected) => expect(toWireText(value, field, ',')).toBe(expected))

  it.each([
    ['1', boolean, true],
    ['0', boolean, false],
    ['', boolean, undefined],
    ['20', number, 20],
    ['', number, undefined],
    ['odd', number, 'odd'],
    ['a, b', list, ['a', 'b']],
    ['', list, undefined],
    [',', text, ','],
    ['a, b', text, 'a, b'],
    [{ a: { value: 'A', selected: 0 }, b: { value: 'B', selected: 1 } }, text, 'b'],
    [{ a: { value: 'A', selected: '1' }, '': { value: '', selected: '1' }, b: { value: 'B', selected: true } }, list, ['a', 'b']],
    [{ a: { value: 'A', selected: '0' } }, text, undefined],
    [{ 1: { value: 'One', selected: 1 } }, number, 1],
    [[], list, undefined],
    [[], text, undefined],
    [undefined, text, undefined],
  ])('shows %j in the form %j as %j', (raw, field, expected) => expect(fromWireText(raw, field, ',')).toEqual(expected))

  it('leaves alone what has no such form', () => {
    const odd = [{ a: 1 }]
    expect(normaliseValue(odd, list, ',')).toBe(odd)
  })
})

describe('a schema', () => {
  it('says how each field is written, and what it is when it is unset', () => {
    const forms = listForms(z.strictObject({ on: z.boolean().default(true), some: z.array(z.string()).optional(), either: z.union([z.string(), z.array(z.string())]).default('any'), size: z.number().int().min(1), mode: z.enum(['a', 'b']).optional() }))
    expect(forms).toEqual({ on: { form: 'boolean', fallback: true }, some: { form: 'list' }, either: { form: 'list', fallback: 'any' }, size: { form: 'number' }, mode: { form: 'text' } })
  })
})
