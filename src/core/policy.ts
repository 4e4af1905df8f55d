import type { Fields } from './json.ts'
import { getPath } from './json.ts'
import { parseAddress } from './address.ts'
import type { Plan, Policy, Violation } from './plan.ts'

/** Asks every policy; in their order. */
export function judgePlan(plan: Plan, policies: readonly Policy[]): readonly Violation[] {
  return policies.flatMap((policy) => policy.check(plan).map((violation) => ({ policy: policy.name, ...violation })))
}

/**
 * Denies (or, as `warn`, remarks) a plan that deletes too much. A replace counts as a delete.
 *
 * @example
 * ```ts
 * import { limitDeletes } from 'convergent'
 * limitDeletes({ count: 5, percent: 10 }).name // => 'limit-deletes'
 * ```
 */
export function limitDeletes(limit: { readonly count?: number; readonly percent?: number }, level: 'deny' | 'warn' = 'deny'): Policy {
  return {
    name: 'limit-deletes',
    check: (plan) => {
      const { summary } = plan
      const deletes = summary.delete + summary.replace
      const existing = summary.update + summary.replace + summary.delete + summary.unchanged + summary.blocked
      const violations: Omit<Violation, 'policy'>[] = []
      if (limit.count !== undefined && deletes > limit.count) violations.push({ level, message: `deletes ${deletes}, at most ${limit.count} allowed` })
      if (limit.percent !== undefined && deletes * 100 > limit.percent * existing)
        violations.push({ level, message: `deletes ${deletes} of ${existing} that exist, at most ${limit.percent} % allowed` })
      return violations
    },
  }
}

/** Denies every delete and replace of these types. */
export function forbidDeletes(...types: readonly string[]): Policy {
  return {
    name: 'forbid-deletes',
    check: (plan) =>
      plan.actions
        .filter(({ kind, address, blocked }) => (kind === 'delete' || kind === 'replace') && blocked === undefined && types.includes(parseAddress(address).type))
        .map(({ kind, address }) => ({ level: 'deny', address, message: `a ${kind} of this type is not allowed` })),
  }
}

/** Denies (or, as `warn`, remarks) a create or update whose inputs lack one of these fields. */
export function requireFields(type: string, fields: readonly string[], level: 'deny' | 'warn' = 'deny'): Policy {
  return {
    name: 'require-fields',
    check: (plan) =>
      plan.actions
        .filter(({ address, inputs }) => inputs !== undefined && parseAddress(address).type === type)
        .flatMap(({ address, inputs }) =>
          fields
            .filter((field) => getPath(inputs as Fields, field.split('.')) === undefined)
            .map((field) => ({ level, address, message: `${field} is required` })),
        ),
  }
}
