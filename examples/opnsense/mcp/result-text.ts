import type { ActionResult, RunResult } from 'convergent'
import { renderRun } from 'convergent/render'
import { harmless } from './harmless.ts'

const SIGNS: Readonly<Record<ActionResult['outcome'], string>> = {
  succeeded: '✓',
  'rolled-back': '↩',
  failed: '✗',
  interrupted: '✗',
  stale: '✗',
  blocked: '✗',
  skipped: '–',
  cancelled: '–',
  pending: '–',
}

/** What a run came to: each action with what has become of it and why, then all of it in a line, and what to do next. */
export function tellResult(result: RunResult): string {
  const { actions, rollback, open, runId } = result
  const blocks = [
    actions.flatMap(tellAction),
    rollback === undefined ? [] : tellRollback(rollback),
    // Without its actions, what the library says of a run is what it came to as a whole.
    [renderRun({ ...result, actions: [] })],
    open ? [`To go on: resumeRun with runId ${runId}.`] : [],
  ]
  return harmless(
    blocks
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n'),
  )
}

/** `✓ create alias/web (id …)`; of what did not succeed also why, and each field that the backend refused. */
function tellAction({ kind, address, outcome, id, error, message, because }: ActionResult): readonly string[] {
  const status = error?.status === undefined || error.message.includes(String(error.status)) ? '' : ` (status ${error.status})`
  const reasons = [
    ...(error === undefined ? [] : [`${error.message}${status}`]),
    ...(message === undefined || message === error?.message ? [] : [message]),
    ...(because === undefined || message?.includes(because) === true ? [] : [`because of ${because}`]),
  ]
  // A settle step is called by its group alone.
  const name = address.startsWith(`${kind}/`) ? address : `${kind} ${address}`
  const what = `${SIGNS[outcome]} ${name}${id === undefined ? '' : ` (id ${id})`}`
  if (outcome === 'succeeded') return [what]
  return [`${what}: ${[outcome.replaceAll('-', ' '), ...reasons].join(': ')}`, ...(error?.fields ?? []).map(({ path, reason }) => `    ${path}: ${reason}`)]
}

function tellRollback({ runId, success, actions }: RunResult): readonly string[] {
  if (success) return [`What had been done was taken back, by run ${runId}.`]
  return [`Not all of what had been done could be taken back, by run ${runId}. A person has to look at:`, ...actions.filter(({ outcome }) => outcome !== 'succeeded').flatMap(tellAction)]
}
