import type { Action } from '../core/action.ts'
import { PlanRefusedError } from '../core/errors.ts'
import { PLAN_VERSION, type Plan } from '../core/plan.ts'
import { reviveMarkers } from '../core/value.ts'
import { reviveResource } from './state.ts'
import type { Fields } from '../core/json.ts'
import { checkShape, formatFault, parseJson } from './line.ts'
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
  const { format, version, id, stack, mode, createdAt, expiresAt, basedOn, undoes, openRun, warnings, unreadable, violations, objects } = plan
  const head = { format, version, id, stack, mode, createdAt, expiresAt, basedOn, undoes, openRun, warnings, unreadable, violations, objects, actions: [] }
  yield `${JSON.stringify(head).slice(0, -2)}\n`
  const last = plan.actions.length - 1
  for (const [index, action] of plan.actions.entries()) yield `${JSON.stringify(action)}${index === last ? '' : ','}\n`
  yield `],"summary":${JSON.stringify(plan.summary)}`
}

/** The whole file: body and digest. */
export function sealPlan(body: string, sha256: string): string {
  return `${body},"sha256":"${sha256}"}\n`
}

/**
 * Takes body and digest apart. Throws `plan-refused` for a plan of a newer version, a truncated one, and one that was
 * reformatted; `format` for what is no plan.
 */
export function splitPlan(text: string, from?: string): { readonly body: string; readonly sha256: string } {
  const where = from === undefined ? 'this plan' : `the plan ${from}`
  if (!text.startsWith('{"format":"convergent.plan","version":')) throw notAsWritten(text, where, from)
  const version = Number(/^\{"format":"convergent\.plan","version":(\d+)[,}]/.exec(text)?.[1] ?? Number.NaN)
  refuseNewer(version, where)
  const seal = /,"sha256":"([0-9a-f]{64})"\}\s*$/.exec(text.slice(-200))
  if (seal === null) throw new PlanRefusedError('truncated', `${where} is truncated: it does not end with its digest; copy it again, or plan again`)
  const tail = text.slice(-200)
  return { body: text.slice(0, text.length - tail.length + seal.index), sha256: seal[1] as string }
}

/** Reads a plan's body. Throws `format` with the line for what is damaged or not known. */
export function parsePlanBody(body: string, from?: string): Plan {
  const lines = body.split('\n')
  const place = (line: number) => ({ document: 'plan', line, from })
  const first = lines[0] as string
  const head = checkShape(planHeadShape, parseJson(`${first}]}`, place(1)), place(1))
  const last = lines.length
  const tail = checkShape(planTailShape, parseJson(`{"actions":[${lines[last - 1]}}`, place(last)), place(last))
  const actions: Action[] = []
  for (let line = 2; line < last; line++) {
    const text = lines[line - 1] as string
    const comma = text.endsWith(',')
    if (comma === (line === last - 1)) throw formatFault(place(line), comma ? 'an action is missing after this one' : 'expected "," at the end of the line')
    actions.push(reviveAction(checkShape(actionShape, parseJson(comma ? text.slice(0, -1) : text, place(line)), place(line))))
  }
  return { ...head, actions, summary: tail.summary }
}

/** Markers stand in what was declared; what a backend sent stays as it is. */
function reviveAction(action: Action): Action {
  const changes = action.changes.map((change) => ('after' in change ? { ...change, after: reviveMarkers(change.after) } : change))
  const { inputs, leftAs, restores } = action
  return {
    ...action,
    changes,
    ...(inputs !== undefined && { inputs: reviveMarkers(inputs) as Fields }),
    ...(leftAs !== undefined && { leftAs: reviveMarkers(leftAs) as Fields }),
    ...(restores !== undefined && restores !== 'nothing' && { restores: reviveResource(restores) }),
  }
}

function refuseNewer(version: number, where: string): void {
  if (version > PLAN_VERSION)
    throw new PlanRefusedError('newer-version', `${where} has format version ${version}, this release reads up to ${PLAN_VERSION}: use the release that wrote it, or plan again`)
}

function notAsWritten(text: string, where: string, from: string | undefined): Error {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    if ('{"format":"convergent.plan","version":'.startsWith(text.slice(0, 38)) && text.length > 1)
      return new PlanRefusedError('truncated', `${where} is truncated: only its first ${text.length} characters are there; copy it again, or plan again`)
  }
  if (typeof value === 'object' && value !== null && 'format' in value && value.format === 'convergent.plan') {
    refuseNewer('version' in value ? Number(value.version) : Number.NaN, where)
    return new PlanRefusedError('altered', `${where} was reformatted, so its digest says nothing: use the file as it was written, or plan again`)
  }
  return formatFault({ document: 'plan', from }, `this is no plan: expected JSON that begins with {"format":"convergent.plan", found ${describeStart(text)}`)
}

function describeStart(text: string): string {
  if (text.trim() === '') return 'nothing'
  return /^\s*[[{]/.test(text) ? 'other JSON or JSON-like text' : 'other text'
}
