import { StoreError } from '../core/errors.ts'
import { suggest } from '../core/nearest.ts'
import type { Plan } from '../core/plan.ts'
import type { PlanInfo } from '../core/plan-info.ts'
import { listPlanInfos, type UnreadablePlan } from '../store/plan-info.ts'
import type { HistoryOptions } from './history.ts'
import { readStoredPlan, storePlan } from './plan-document.ts'

/** A plan that is kept, and what tells whether it is still the one that was reviewed. */
export interface KeptPlan {
  /** The plan. */
  readonly plan: Plan
  /** SHA-256 of its text, hex; the journal of its run has the same. */
  readonly sha256: string
}

/**
 * Keeps a plan in its stack, for a review now and an apply later, by whoever knows its id. Old ones are pruned when a run ends
 * (`keep.plans`); of a run that is open never.
 *
 * @example
 * ```ts
 * import { apply, declare, getPlan, keepPlan, memoryStore, plan } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const options = { provider, store: memoryStore() }
 * const made = await plan([declare(provider).named('front', { name: 'front' })], options)
 * const { sha256 } = await keepPlan(made, options)
 * // Somebody reviews it, and says which one is to be applied.
 * const kept = await getPlan(made.id, options)
 * kept.sha256 === sha256 // => true
 * const result = await apply(kept.plan, options)
 * result.outcome // => 'succeeded'
 * ```
 */
export async function keepPlan(plan: Plan, { store }: Pick<HistoryOptions, 'store'>): Promise<KeptPlan> {
  return { plan, sha256: await storePlan(store, plan) }
}

/** One plan that is kept. Throws `store` when there is none of that id, `plan-refused` when it was altered, and `format`. */
export async function getPlan(id: string, { store, stack = 'default' }: HistoryOptions): Promise<KeptPlan> {
  // An id that is listed is one: what comes from elsewhere may be the name of anything.
  const ids = await store.list(stack, 'plan')
  const found = ids.includes(id) ? await readStoredPlan(store, stack, id) : undefined
  if (found === undefined) throw new StoreError(`stack ${stack} has no plan ${id}${suggest(id, ids) || `; it has ${ids.join(', ') || 'none'}`}`)
  return found
}

/** The plans that are kept for a stack, oldest first. One that is damaged hides no other: it has a `problem` instead. */
export function listPlans({ store, stack = 'default' }: HistoryOptions): Promise<readonly (PlanInfo | UnreadablePlan)[]> {
  return listPlanInfos(store, stack)
}
