import type { Action, FieldChange } from '../core/action.ts'
import type { Plan } from '../core/plan.ts'
import { reviveMarkers } from '../core/value.ts'
import { reviveResource } from './state.ts'
import type { Fields } from '../core/json.ts'
import { checkShape, parseJson } from './line.ts'
import { actionShape, planHeadShape, planTailShape } from './plan-shape.ts'

/*
 * A plan file is one JSON document, one action a line:
 *
 *   {"format":"convergent.plan","version":1,"id":…,"actions":[
 *   {"address":…},
 *   {"address":…}
 *   ],"summary":{…},"sha256":"…"}
 *
 * The digest is over all bytes before `,"sha256"`: the body. Computing it takes WebCrypto, which is the shell's business.
 */

/** A plan's body, everything that the digest is over, in pieces, one a line: for plans that are too large to write at once. */
export function* writePlanBody(plan: Plan): Generator<string, void, undefined> {
  const { format, version, id, stack, mode, createdAt, expiresAt, basedOn, undoes, openRun, operation, phases, validation, estimate, warnings, unreadable, violations, objects } = plan
  const head = { format, version, id, stack, mode, createdAt, expiresAt, basedOn, undoes, openRun, operation, phases, validation, estimate, warnings, unreadable, violations, objects, actions: [] }
  yield `${JSON.stringify(head).slice(0, -2)}\n`
  const last = plan.actions.length - 1
  for (const [index, action] of plan.actions.entries()) yield `${JSON.stringify(orderFields(action))}${index === last ? '' : ','}\n`
  yield `],"summary":${JSON.stringify(plan.summary)}`
}

/** In the order in which reading gives them: what is read and written again is the same to the byte, and has the same digest. */
function orderFields(action: Action): { readonly [Field in keyof Required<Action>]: Action[Field] | undefined } {
  const { address, kind, reason, id, adopts, inputs, changes, unset, steps, loss, replaceOrder, blocked, fingerprint, dependsOn, parentId, protected: isProtected, movedFrom, deposed, leftAs, restores, phase, description, expects, settles, settleBefore, estimate, takesBack, guarantee } = action
  return { address, kind, reason, id, adopts, inputs, changes, unset, steps, loss, replaceOrder, blocked, fingerprint, dependsOn, parentId, protected: isProtected, movedFrom, deposed, leftAs, restores, phase, description, expects, settles, settleBefore, estimate, takesBack, guarantee }
}

/** The end of a plan's file, after its body. */
export function formatPlanSeal(sha256: string): string {
  return `,"sha256":"${sha256}"}\n`
}

/** What the first line of a plan says. */
export type PlanHead = Omit<Plan, 'actions' | 'summary'>

/** Reads the first line of a plan's body. Throws `format` for what is damaged or not known. */
export function parsePlanHead(text: string, from?: string): PlanHead {
  const place = { document: 'plan', line: 1, from }
  return checkShape(planHeadShape, parseJson(`${text}]}`, place), place)
}

/** Reads the last line of a plan's body. */
export function parsePlanTail(text: string, line: number, from?: string): Pick<Plan, 'summary'> {
  const place = { document: 'plan', line, from }
  return checkShape(planTailShape, parseJson(`{"actions":[${text}}`, place), place)
}

/** Reads a line with an action, without what follows the action. */
export function parsePlanAction(text: string, line: number, from?: string): Action {
  const place = { document: 'plan', line, from }
  return reviveAction(checkShape(actionShape, parseJson(text, place), place))
}

/** Markers stand in what was declared; what a backend sent stays as it is. The action was made by the reading: it is changed in place. */
function reviveAction(action: { -readonly [Field in keyof Action]: Action[Field] }): Action {
  const { inputs, leftAs, restores } = action
  action.changes = action.changes.map(reviveChange)
  if (inputs !== undefined) action.inputs = reviveMarkers(inputs) as Fields
  if (leftAs !== undefined) action.leftAs = reviveMarkers(leftAs) as Fields
  if (restores !== undefined && restores !== 'nothing') action.restores = reviveResource(restores)
  return action
}

function reviveChange(change: FieldChange): FieldChange {
  if (!('after' in change)) return change
  const after = reviveMarkers(change.after)
  return after === change.after ? change : { ...change, after }
}
