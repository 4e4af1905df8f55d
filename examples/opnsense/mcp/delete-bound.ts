import { limitDeletes, type Plan, type Policy } from 'convergent'
import type { McpHost } from './host.ts'
import { ToolRefusal } from './tool-answer.ts'

/** How many objects a plan takes away; a replace is one of them, as the library's own bound counts. */
export function countDeletes({ summary }: Plan): number {
  return summary.delete + summary.replace
}

/** True where a plan may only be applied with its number of deletes confirmed. */
export function needsConfirmation({ maxDeletes }: McpHost, plan: Plan): boolean {
  return limitDeletes({ count: maxDeletes }).check(plan).length > 0
}

/** Says of a plan that it will need a confirmation: so who reviews it reads that first. */
export function remarkDeletes({ maxDeletes }: McpHost): Policy {
  return {
    name: 'max-deletes',
    check: (plan) => limitDeletes({ count: maxDeletes }, 'warn').check(plan).map((violation) => ({ ...violation, message: `${violation.message} without confirmDeletes: ${countDeletes(plan)}` })),
  }
}

/** Refuses a plan that deletes too much, or another number than was confirmed. Throws `too-many-deletes`. */
export function refuseDeletes(host: McpHost, plan: Plan, confirmed: number | undefined): void {
  const deletes = countDeletes(plan)
  if (confirmed === undefined && !needsConfirmation(host, plan)) return
  if (confirmed === deletes) return
  const found = `plan ${plan.id} deletes ${deletes} object${deletes === 1 ? '' : 's'}`
  const problem = confirmed === undefined ? `and at most ${host.maxDeletes} may be deleted without a confirmation` : `and confirmDeletes says ${confirmed}`
  throw new ToolRefusal('too-many-deletes', `${found}, ${problem}. Nothing was changed. Show the plan to the person who answers for it; where that person agrees, call again with confirmDeletes: ${deletes}`)
}
