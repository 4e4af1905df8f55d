import { PlanRefusedError } from '../core/errors.ts'
import type { Mode, Plan } from '../core/plan.ts'
import { countOf } from '../render/cut.ts'
import { listRemovals } from './confirmation.ts'
import type { Invocation } from './invocation.ts'

/** Refuses a plan that is not valid, as it says itself. Throws `plan-refused`. */
export function refuseInvalid(plan: Plan): void {
  const errors = plan.validation?.errors.length ?? 0
  if (plan.validation?.valid === false) throw new PlanRefusedError('invalid', `plan ${plan.id} is not valid: ${countOf(errors, 'error')} above; put that right, and plan again. Nothing was changed`)
}

/** Refuses a plan that `apply` would refuse anyway before anybody is asked about it. Throws `plan-refused`. */
export function refuseBeforehand(plan: Plan, invocation: Invocation, mode: Mode): void {
  if (plan.stack !== invocation.stack)
    throw new PlanRefusedError('other-stack', `plan ${plan.id} is for stack ${plan.stack}, not ${invocation.stack}; name its stack with --stack, or plan again`)
  if (plan.expiresAt !== undefined && Date.parse(plan.expiresAt) <= Date.now()) throw new PlanRefusedError('expired', `plan ${plan.id} expired at ${plan.expiresAt}; plan again`)
  if (mode !== 'apply' || plan.mode === 'apply' || invocation.flags.skipDeletes === true) return
  const removals = listRemovals(plan)
  if (removals.length === 0) return
  const names = removals.map(({ kind, address }) => `${kind} ${address}`).join(', ')
  throw new PlanRefusedError('deletes-in-apply', `plan ${plan.id} was made in mode ${plan.mode} and would ${names}; run it with ${plan.mode}, or leave these out with --skip-deletes`)
}
