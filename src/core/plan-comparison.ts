import type { Action } from './action.ts'
import { canonicalJson } from './json.ts'
import type { Plan } from './plan.ts'

/** How two plans differ, by what would be done. */
export interface PlanComparison {
  /** Actions that only the second plan has. */
  readonly added: readonly Action[]
  /** Actions that only the first plan has. */
  readonly removed: readonly Action[]
  /** Actions for the same address that would do something else, or work on something that has moved meanwhile. */
  readonly changed: readonly {
    /** As it was. */
    readonly before: Action
    /** As it is. */
    readonly after: Action
  }[]
}

/** Compares two plans action by action. Ids and times of the plans, and the order of independent actions, do not count. */
export function comparePlans(a: Plan, b: Plan): PlanComparison {
  const before = new Map(a.actions.map((action) => [action.address, action]))
  const after = new Map(b.actions.map((action) => [action.address, action]))
  return {
    added: b.actions.filter((action) => !before.has(action.address)),
    removed: a.actions.filter((action) => !after.has(action.address)),
    changed: a.actions.flatMap((action) => {
      const other = after.get(action.address)
      return other === undefined || canonicalJson(action) === canonicalJson(other) ? [] : [{ before: action, after: other }]
    }),
  }
}
