import fc from 'fast-check'
import { expect, test } from 'vitest'
import { msBetween } from '../../src/core/timestamp.ts'

const moment = fc.date({ min: new Date('1970-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })

test('the time between two timestamps is what the calendar says, a whole number', () => {
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      const [from, to] = one <= other ? [one, other] : [other, one]
      expect(msBetween(from.toISOString(), to.toISOString())).toBe(to.getTime() - from.getTime())
      expect(msBetween(to.toISOString(), from.toISOString())).toBe(0)
    }),
  )
})

test('of what is no timestamp nothing is known', () => {
  expect([msBetween('', '2026-01-01T00:00:00.000Z'), msBetween('2026-01-01T00:00:00.000Z', 'yesterday')]).toEqual([undefined, undefined])
  expect([msBetween('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5Z'), msBetween('2024-02-28T23:59:59.999Z', '2024-03-01T00:00:00.000Z')]).toEqual([500, 86_400_001])
})
