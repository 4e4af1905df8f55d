import { PlanRefusedError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { formatPlanBody, parsePlanBody, sealPlan, splitPlan } from '../format/plan.ts'
import { digestText } from './digest.ts'

/**
 * A plan as the text of its file: one JSON document, one action a line, with a SHA-256 over itself. The same plan gives the
 * same text.
 */
export async function planToText(plan: Plan): Promise<string> {
  const body = formatPlanBody(plan)
  return sealPlan(body, await digestText(body))
}

/**
 * Reads what {@link planToText} wrote. Values that were deferred or sensitive come back without their value.
 *
 * Throws `plan-refused` when it is `altered`, `truncated` or of a `newer-version`, and `format`, with the line, when it is
 * no plan or holds what no plan holds. `from` is the file's name, for these messages.
 */
export async function planFromText(text: string, from?: string): Promise<Plan> {
  const { body, sha256 } = splitPlan(text, from)
  if ((await digestText(body)) !== sha256)
    throw new PlanRefusedError('altered', `${from === undefined ? 'this plan' : `the plan ${from}`} was altered: it is not what its digest was made of; plan again`)
  return parsePlanBody(body, from)
}
