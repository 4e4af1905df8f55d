import fc from 'fast-check'
import { compareInputs, type Comparison, type Difference } from '../../src/core/difference.ts'
import type { Fields } from '../../src/core/json.ts'
import type { TypeRules } from '../../src/core/rules.ts'

/** Compares with no rules, nothing recorded and nothing known, where not said otherwise. */
export function compare(declared: Fields, observed: Fields, rest: Partial<Pick<Comparison, 'recorded' | 'rules' | 'resolve'>> = {}): Difference {
  return compareInputs({ declared, observed, rules: {}, resolve: () => undefined, ...rest })
}

/** The same, with what was applied last time. */
export function compareAgain(recorded: Fields, declared: Fields, observed: Fields, rules: TypeRules = {}): Difference {
  return compare(declared, observed, { recorded, rules })
}

const key = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c') }, fc.constantFrom('__proto__', 'constructor', 'x.y', '', 'toString'))

const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.integer({ min: -2, max: 2 }), fc.constantFrom('', 'x', 'y'))

const tree = fc.letrec<{ value: unknown; fields: Fields }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('fields')),
  fields: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
}))

/** Objects as JSON has them, with the keys that break careless code. */
export const anyFields = tree.fields
export const anyValue = tree.value

/** The same value with the keys of every object in another order. */
export function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([each, child]) => [each, reverseKeys(child)]),
  )
}
