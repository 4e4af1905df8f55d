import type { Mode, Plan } from '../core/plan.ts'
import { plan } from '../engine/plan.ts'
import type { Invocation } from './invocation.ts'

/** Plans what the files declare against what exists. */
export async function makePlan(invocation: Invocation, mode: Mode): Promise<Plan> {
  const { flags, interruption } = invocation
  const { desired, scope } = await invocation.load(mode === 'destroy')
  const base = await invocation.base()
  const made = await interruption.race(
    plan(desired, {
      ...base,
      mode,
      ...(scope && { scope }),
      ...(flags.allowEmpty !== undefined && { allowEmpty: flags.allowEmpty }),
      ...(flags.allowReplace !== undefined && { allowReplace: flags.allowReplace }),
      ...(flags.expiresIn !== undefined && { expiresInMs: flags.expiresIn }),
      ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }),
      policies: invocation.policies,
      onEvent: invocation.onPlanEvent,
    }),
  )
  invocation.remarkRequests('plan')
  return made
}
