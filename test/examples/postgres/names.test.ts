import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalType, losesData } from '../../../examples/postgres/column-type.ts'
import { markDifferences, readComment, showDeclared, writeComment } from '../../../examples/postgres/mark.ts'
import { completeId, formatId, parseId } from '../../../examples/postgres/names.ts'

const anyName = fc.string({ unit: 'grapheme', minLength: 1 })

describe('ids', () => {
  it('are read as they were written', () => {
    fc.assert(fc.property(fc.array(anyName, { minLength: 2, maxLength: 5 }), (names) => { expect(parseId(formatId(names))).toEqual(names) }))
    fc.assert(fc.property(anyName, (name) => { expect(formatId([name])).toBe(name) }))
  })
  it('are told apart', () => {
    const names = fc.array(anyName, { minLength: 2, maxLength: 3 })
    fc.assert(fc.property(names, names, (a, b) => { expect(formatId(a) === formatId(b)).toBe(JSON.stringify(a) === JSON.stringify(b)) }))
  })
  it('get the database of the connection where they name none', () => {
    expect(completeId('app', 2, 'shop')).toEqual(['shop', 'app'])
    expect(completeId('app.orders', 3, 'shop')).toEqual(['shop', 'app', 'orders'])
    expect(completeId('crm.app.orders', 3, 'shop')).toEqual(['crm', 'app', 'orders'])
    expect(completeId('"a.b".orders', 3, 'shop')).toEqual(['shop', 'a.b', 'orders'])
    expect(completeId('a.b', 1, 'shop')).toEqual(['a.b'])
    expect([completeId('orders', 3, 'shop'), completeId('a.b.c.d', 3, 'shop'), completeId('"', 2, 'shop'), completeId(7, 1, 'shop')]).toEqual([undefined, undefined, undefined, undefined])
  })
})

describe('types', () => {
  it.each([
    ['int', 'integer'], ['INT4', 'integer'], ['varchar(10)', 'character varying(10)'], ['decimal(10, 2)', 'numeric(10,2)'], ['numeric(5)', 'numeric(5,0)'], ['char', 'character(1)'], ['timestamptz', 'timestamp with time zone'],
    ['timestamp(3) with time zone', 'timestamp(3) with time zone'], ['timestamptz(3)', 'timestamp(3) with time zone'], ['int[]', 'integer[]'], ['text [ ]', 'text[]'], ['double  precision', 'double precision'], ['app.mood', 'app.mood'], ['"Mood"', '"Mood"'],
  ])('%s is shown as %s', (declared, shown) => expect(canonicalType(declared)).toBe(shown))

  it.each([
    ['smallint', 'integer'], ['integer', 'bigint'], ['int', 'numeric'], ['integer', 'numeric(12,2)'], ['numeric(10,2)', 'numeric(12,2)'], ['numeric(10,2)', 'numeric'], ['varchar(10)', 'varchar(20)'], ['varchar(10)', 'varchar'], ['varchar(10)', 'text'],
    ['text', 'varchar'], ['real', 'double precision'], ['uuid', 'text'], ['timestamp(3)', 'timestamp'], ['date', 'timestamp'], ['int', 'int4'],
  ])('%s to %s keeps every value', (from, to) => expect(losesData(from, to)).toBe(false))

  it.each([
    ['bigint', 'integer'], ['integer', 'numeric(10,2)'], ['numeric(12,2)', 'numeric(12,4)'], ['numeric', 'numeric(10,2)'], ['numeric', 'integer'], ['varchar(20)', 'varchar(10)'], ['text', 'varchar(10)'], ['text', 'integer'], ['double precision', 'real'], ['bigint', 'double precision'],
    ['timestamp', 'date'], ['timestamp', 'timestamp(3)'], ['timestamptz', 'timestamp'], ['integer[]', 'integer'], ['integer[]', 'text'], ['app.mood', 'app.other'], ['jsonb', 'json'],
  ])('%s to %s may lose one', (from, to) => expect(losesData(from, to)).toBe(true))
})

describe('what a comment keeps', () => {
  const anyText = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('-- convergent {}', 'a\n-- convergent {}', '\n', 'a\n', '-- convergent nothing', '-- convergent {}\n'))
  const anyMarks = fc.dictionary(fc.array(anyName, { minLength: 1 }).map((path) => JSON.stringify(path)), fc.tuple(anyText, fc.string()))
  it('comes apart as it was put together', () => {
    fc.assert(fc.property(fc.option(anyText), anyMarks, (text, marks) => {
      const read = readComment(writeComment(text, marks))
      expect(read.text).toBe(text)
      expect(JSON.stringify(read.marks)).toBe(JSON.stringify(marks))
    }))
  })
  it('is nothing where nothing was said otherwise', () => {
    expect(writeComment(null, {})).toBeNull()
    expect(writeComment('Orders.', {})).toBe('Orders.')
    expect(markDifferences({ query: 'SELECT 1' }, { query: 'SELECT 1' }, ['query'])).toEqual({})
  })
  it('shows what was declared until somebody changes what it led to', () => {
    const declared = { columns: { a: { default: "'x'" }, b: { default: '1' } } }
    const shown = { columns: { a: { default: "'x'::text" }, b: { default: '1' } }, more: true }
    const marks = markDifferences(declared, shown, ['columns.*.default'])
    expect(Object.keys(marks)).toEqual(['["columns","a","default"]'])
    expect(showDeclared(shown, marks)).toEqual({ ...declared, more: true })
    const byHand = { columns: { a: { default: "'y'::text" }, b: { default: '1' } } }
    expect(showDeclared(byHand, marks)).toEqual(byHand)
  })
})
