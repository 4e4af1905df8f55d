import type { KeptPlan, Plan } from 'convergent'
import { renderPlan } from 'convergent/render'
import * as z from 'zod'
import { countDeletes, needsConfirmation } from './delete-bound.ts'
import type { McpHost } from './host.ts'
import type { Answer } from './tool-answer.ts'

/** A kept plan, for programs. */
export const planShape = {
  planId: z.string(),
  hash: z.string().describe('SHA-256 of the plan, hex; applyPlan needs it'),
  mode: z.string(),
  changes: z.number().describe('actions that would run; 0: nothing is to be done'),
  deletes: z.number(),
  needsConfirmation: z.boolean().describe('true: applyPlan needs confirmDeletes with that number of deletes'),
  openRun: z.string().optional().describe('a run that has not ended: resumeRun before this plan'),
  actions: z.array(z.object({ kind: z.string(), address: z.string(), id: z.string().optional(), blocked: z.string().optional().describe('why it will not run') })),
  unreadable: z.array(z.string()).describe('what could not be read, and was left out'),
}

/** Answers with a plan: as a person reviews it, and with what applies exactly this one. `verbose`: nothing is cut. `appliedBy`: the run that did. */
export function tellPlan(host: McpHost, { plan, sha256: hash }: KeptPlan, { verbose = false, appliedBy }: { readonly verbose?: boolean; readonly appliedBy?: string | undefined } = {}): Answer {
  const changes = countChanges(plan)
  const deletes = countDeletes(plan)
  const confirm = needsConfirmation(host, plan)
  return {
    text: [renderPlan(plan, { verbose }), '', `planId: ${plan.id}`, `hash:   ${hash}`, appliedBy === undefined ? tellNext(host, plan, changes, confirm) : `It was applied already, by run ${appliedBy}.`].join('\n'),
    structured: {
      planId: plan.id,
      hash,
      mode: plan.mode,
      changes,
      deletes,
      needsConfirmation: confirm,
      ...(plan.openRun !== undefined && { openRun: plan.openRun }),
      actions: plan.actions.map(({ kind, address, id, blocked }) => ({ kind, address, ...(id !== undefined && { id }), ...(blocked && { blocked: blocked.message }) })),
      unreadable: plan.unreadable.map(({ subject }) => subject),
    },
  }
}

function countChanges({ actions }: Plan): number {
  return actions.filter(({ blocked }) => blocked === undefined).length
}

function tellNext({ maxDeletes }: McpHost, plan: Plan, changes: number, confirm: boolean): string {
  if (plan.openRun !== undefined) return `Run ${plan.openRun} has not ended: go on with it by resumeRun, then plan again.`
  if (changes === 0) return 'There is nothing to apply.'
  const also = confirm ? ` It deletes ${countDeletes(plan)}, and more than ${maxDeletes} need confirmDeletes: ${countDeletes(plan)}, which is for a person to agree to.` : ''
  return `To apply exactly this: applyPlan with this planId and hash.${also}`
}
