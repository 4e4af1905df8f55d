import type { RunEvent } from '../core/event.ts'
import type { RunResult } from '../core/result.ts'

/** The result of a run as JSON: the fields of `RunResult`, always in this order. Ends without a line break. */
export function runToJson(result: RunResult): string {
  const { runId, planId, stack, mode, outcome, message, success, counts, actions, errors, requests, durationMs, dryRun, open } = result
  return JSON.stringify({ runId, planId, stack, mode, outcome, message, success, counts, actions, errors, requests, durationMs, dryRun, open }, null, 2)
}

/**
 * An event as one line of NDJSON, without the line break. `event` is its name; an action is told by `address`, `kind`,
 * `id` and `phase`, everything else as in the event itself:
 *
 * `{"event":"action:succeeded","action":{"address":"api/foo","kind":"create"},"result":{…},"progress":{…}}`
 */
export function eventToJson(event: RunEvent): string {
  const { name, ...rest } = event
  if (!('action' in rest)) return JSON.stringify({ event: name, ...rest })
  const { address, kind, id, phase } = rest.action
  return JSON.stringify({ event: name, ...rest, action: { address, kind, ...(id !== undefined && { id }), ...(phase !== undefined && { phase }) } })
}
