import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { freezeCopy } from '../../src/core/freeze.ts'
import { Reference, Sensitive } from '../../src/core/value.ts'

it('copies what JSON carries, and nobody can change the copy', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const copy = freezeCopy(value)
      expect(JSON.stringify(copy)).toBe(JSON.stringify(value))
      expect(isFrozen(copy)).toBe(true)
      if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value)
    }),
  )
})

it('keeps references and the digests of secrets, never the secrets', () => {
  const copy = freezeCopy({ at: new Reference('named/a'), secret: new Sensitive({ value: 'hunter2', digest: 'd' }), nothing: undefined })
  expect(copy.at).toEqual(new Reference('named/a'))
  expect([copy.secret.reveal(), copy.secret.digest, Object.keys(copy)]).toEqual([undefined, 'd', ['at', 'secret']])
})

it('takes a field that is called like a prototype for a field', () => {
  const copy = freezeCopy(JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>)
  expect([Object.keys(copy), (copy as { polluted?: boolean }).polluted]).toEqual([['__proto__'], undefined])
})

function isFrozen(value: unknown): boolean {
  return typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))
}
