import { PlanRefusedError } from '../core/errors.ts'
import type { Mode, Plan } from '../core/plan.ts'
import { countOf } from '../render/cut.ts'
import { listRemovals } from './confirmation.ts'
import { UsageError } from './flags.ts'
import type { Invocation } from './invocation.ts'

/** Refuses a plan that is not valid, as it says itself. Throws `plan-refused`. */
export function refuseInvalid(plan: Plan): void {
  const errors = plan.validation?.errors.length ?? 0
  if (plan.validation?.valid === false) throw new PlanRefusedError('invalid', `plan ${plan.id} is not valid: ${countOf(errors, 'error')} above; put that right, and plan again. Nothing was changed`)
}

/** Refuses a plan that `apply` would refuse anyway before anybody is asked about it. Throws `plan-refused`, `usage`. */
export async function refuseBeforehand(plan: Plan, invocation: Invocation, mode: Mode): Promise<void> {
  const stack = await invocation.stack()
  refuseOtherCommand(plan, invocation)
  if (plan.stack !== stack)
    throw new PlanRefusedError('other-stack', `plan ${plan.id} is for stack ${plan.stack}, not ${stack}; name its stack with ${invocation.spellings.stack.long}, or plan again`)
  if (plan.expiresAt !== undefined && Date.parse(plan.expiresAt) <= Date.now()) throw new PlanRefusedError('expired', `plan ${plan.id} expired at ${plan.expiresAt}; plan again`)
  if (mode !== 'apply' || plan.mode === 'apply' || invocation.flags.skipDeletes === true) return
  const removals = listRemovals(plan)
  if (removals.length === 0) return
  const names = removals.map(({ kind, address }) => `${kind} ${address}`).join(', ')
  throw new PlanRefusedError('deletes-in-apply', `plan ${plan.id} was made in mode ${plan.mode} and would ${names}; run it with ${plan.mode}, or leave these out with --skip-deletes`)
}

/** What one command of the host's own has planned, another one does not apply: who asks for a deploy gets no destroy. */
function refuseOtherCommand({ id, operation }: Plan, { command, commands, name }: Invocation): void {
  if (operation === undefined || operation === command || !Object.hasOwn(commands, command) || !Object.hasOwn(commands, operation)) return
  throw new UsageError(`plan ${id} is for ${operation}, not for ${command}; apply it with ${name} ${operation} --plan-file, or ${name} apply --plan`)
}
