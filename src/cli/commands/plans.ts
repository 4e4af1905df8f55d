import { suggest } from '../../core/nearest.ts'
import { neutralise } from '../../render/neutralise.ts'
import { renderPlans, type ListedPlan } from '../../render/plans-text.ts'
import { listPlans } from '../../engine/kept-plan.ts'
import { ExitCode } from '../exit-code.ts'
import { UsageError } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { runShow } from './plan.ts'

/** `plans`: those that are kept for the stack, or one; deletes one where that is asked for. */
export async function runPlans(invocation: Invocation, id: string | undefined): Promise<number> {
  const { flags, rendering } = invocation
  if (flags.delete !== undefined) return deletePlan(invocation, flags.delete)
  if (id !== undefined) return runShow(invocation, id)
  const nowMs = Date.now()
  const kept = await listPlans({ store: await invocation.store(), stack: await invocation.stack() })
  const plans = kept.map((plan): ListedPlan => ('problem' in plan ? plan : { ...plan, expired: plan.expiresAt !== undefined && Date.parse(plan.expiresAt) <= nowMs }))
  if (invocation.isForPrograms) invocation.printJson(JSON.stringify(plans, null, 2))
  invocation.print(renderPlans(plans, rendering))
  return ExitCode.done
}

/** A run that is open cannot go on without its plan, so that one stays. Throws `usage`. */
async function deletePlan(invocation: Invocation, id: string): Promise<number> {
  const store = await invocation.store()
  const stack = await invocation.stack()
  const ids = await store.list(stack, 'plan')
  if (!ids.includes(id)) throw new UsageError(`stack ${stack} has no plan ${id}${suggest(id, ids) || `; it has ${ids.join(', ') || 'none'}`}`)
  const open = (await store.runs(stack)).find(({ plan, ended }) => plan === id && !ended)
  if (open !== undefined) throw new UsageError(`run ${open.id} applies plan ${id} and has not ended: resume it, roll it back, or abandon it; the plan stays`)
  await store.remove(stack, 'plan', id)
  invocation.print(`Plan ${neutralise(id)} is deleted.`)
  return ExitCode.done
}
