import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { fillDefaults, listNormalisers, showAsDeclared } from '../../../../examples/director/shape.ts'

const schema = z.strictObject({
  name: z.string(),
  days: z.number().optional(),
  policy: z.string().default('None'),
  rules: z.array(z.strictObject({ key: z.string(), value: z.string().default(''), hard: z.boolean().default(false) })).default([]),
})

describe('what is sent', () => {
  it('says what was left out, and nothing of what has no default', () => {
    expect(fillDefaults(schema, { name: 'a', policy: null, rules: [{ key: 'k' }] })).toEqual({ name: 'a', policy: 'None', rules: [{ key: 'k', value: '', hard: false }] })
    expect(fillDefaults(schema, { name: 'a' })).toEqual({ name: 'a', policy: 'None', rules: [] })
  })
})

describe('what is shown', () => {
  it('has no more than could have been declared, at any depth', () => {
    expect(showAsDeclared(schema, { name: 'a', days: '30', policy: 'p', tid: '', rules: [{ key: 'k', value: 'v', hard: true, _id: 7 }] })).toEqual({ name: 'a', days: 30, policy: 'p', rules: [{ key: 'k', value: 'v', hard: true }] })
  })
  it('leaves out what says the same as nothing', () => {
    expect(showAsDeclared(schema, { name: 'a', days: null, policy: 'None', rules: [] })).toEqual({ name: 'a' })
    expect(showAsDeclared(schema, { name: 'a', rules: [{ key: 'k', value: '', hard: false }] })).toEqual({ name: 'a', rules: [{ key: 'k' }] })
  })
  it('keeps what is of another form than expected, for people to see', () => {
    expect(showAsDeclared(schema, { name: 5, days: 'many', rules: 'none' })).toEqual({ name: 5, days: 'many', rules: 'none' })
  })
})

it('what is declared as its default is compared as nothing', () => {
  const normalisers = listNormalisers(schema)
  expect(Object.keys(normalisers).sort()).toEqual(['policy', 'rules', 'rules.*.hard', 'rules.*.value'])
  expect([normalisers['policy']?.('None'), normalisers['policy']?.('p'), normalisers['rules']?.([]), normalisers['rules.*.hard']?.(false), normalisers['rules.*.value']?.({ odd: true })]).toEqual([null, 'p', null, null, { odd: true }])
})
