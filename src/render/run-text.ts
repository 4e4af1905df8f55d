import type { ActionResult, RunResult } from '../core/result.ts'
import type { Outcome } from '../core/entry.ts'
import { formatDuration } from './duration.ts'
import { renderError } from './error-text.ts'
import { cutLines } from './cut.ts'
import { neutralise } from './neutralise.ts'
import { nameOutcome } from './outcome-text.ts'
import type { Paint, Palette } from './palette.ts'
import { layOut, type RenderOptions } from './plan-text.ts'

const ORDER: readonly Outcome[] = ['interrupted', 'failed', 'stale', 'skipped', 'cancelled', 'rolled-back', 'pending', 'blocked']
const MAX_PER_OUTCOME = 20

/**
 * The final report of a run: what each action that did not succeed came to and why, the counts, the duration, and what to do
 * next. Ends without a line break.
 */
export function renderRun(result: RunResult, options: RenderOptions = {}): string {
  const { palette, verbose } = layOut(options)
  const blocks: string[] = []
  if (verbose) {
    const done = result.actions.filter(({ outcome }) => outcome === 'succeeded')
    if (done.length > 0) blocks.push(done.flatMap((action) => describe(action, palette, result.dryRun)).join('\n'))
  }
  for (const outcome of ORDER) {
    const actions = result.actions.filter((action) => action.outcome === outcome)
    if (actions.length === 0) continue
    const groups = actions.map((action) => describe(action, palette, result.dryRun).join('\n'))
    // Errors are never cut: each is named with its action.
    blocks.push((verbose || outcome === 'failed' || outcome === 'interrupted' ? groups : cutLines(groups, MAX_PER_OUTCOME, `${nameOutcome(outcome)} action`)).join('\n'))
  }
  blocks.push([palette.bold(`${headline(result)} ${countsOf(result)} in ${formatDuration(result.durationMs)}.`), ...adviseNext(result)].join('\n'))
  return blocks.join('\n\n')
}

function describe(action: ActionResult, palette: Palette, dryRun: boolean): readonly string[] {
  const paint = paintOf(action.outcome, palette)
  const id = action.id === undefined ? '' : ` (id ${neutralise(action.id)})`
  const attempts = action.attempts > 1 && action.outcome !== 'succeeded' ? `, after ${action.attempts} calls` : ''
  const head = `${paint(dryRun && action.outcome === 'succeeded' ? 'would succeed' : dryRun && action.outcome === 'failed' ? 'would fail' : nameOutcome(action.outcome))} ${action.kind} ${neutralise(action.address)}${id}${attempts}`
  const reasons = [
    ...(action.error === undefined ? [] : renderError(action.error)),
    ...(action.message === undefined || action.message === action.error?.message ? [] : neutralise(action.message).split('\n')),
    ...(action.because === undefined || action.message?.includes(action.because) === true ? [] : [`because of ${neutralise(action.because)}`]),
  ]
  return reasons.length === 0 ? [head] : [`${head}: ${reasons[0]}`, ...reasons.slice(1).map((line) => `    ${line}`)]
}

function paintOf(outcome: Outcome, palette: Palette): Paint {
  if (outcome === 'succeeded') return palette.green
  if (outcome === 'failed' || outcome === 'interrupted') return palette.red
  return outcome === 'blocked' ? palette.magenta : palette.yellow
}

function headline({ outcome, dryRun, success, counts }: RunResult): string {
  if (dryRun) return success ? 'Dry run, nothing was changed. It would succeed:' : 'Dry run, nothing was changed. It would not succeed:'
  switch (outcome) {
    case 'succeeded':
      return counts.succeeded === 0 ? 'Nothing was done:' : 'Done:'
    case 'partial':
      return 'Partly applied:'
    case 'failed':
      return 'Failed:'
    case 'cancelled':
      return 'Cancelled:'
    case 'interrupted':
      return 'Interrupted:'
    case 'rolled-back':
      return 'Rolled back:'
    case 'paused':
      return 'Paused:'
    case 'abandoned':
      return 'Abandoned:'
  }
}

function countsOf({ counts }: RunResult): string {
  const parts = (['succeeded', ...ORDER] as const).filter((outcome) => counts[outcome] > 0).map((outcome) => `${counts[outcome]} ${nameOutcome(outcome)}`)
  return parts.length === 0 ? '0 actions' : parts.join(', ')
}

function adviseNext({ runId, outcome, message, counts, open, dryRun, success, actions, rollback }: RunResult): readonly string[] {
  if (dryRun) return []
  // A hook that fails is nobody's action.
  const told = message === undefined || outcome === 'paused' ? [] : [`It stopped: ${neutralise(message)}.`]
  const unsettled = rollback === undefined ? actions.filter(({ kind, outcome: end }) => kind === 'settle' && end !== 'succeeded' && end !== 'skipped').map(({ address }) => neutralise(address)) : []
  const saved = unsettled.length === 0 ? [] : [`What is written may not be effective yet: ${unsettled.join(', ')}. The resumed run, or the next plan, settles it.`]
  return [...told, ...saved, ...adviseAfter({ runId: rollback?.open === true ? rollback.runId : runId, outcome, message, counts, open, success })]
}

function adviseAfter({ runId, outcome, message, counts, open, success }: Pick<RunResult, 'runId' | 'outcome' | 'counts' | 'open' | 'success'> & { readonly message: string | undefined }): readonly string[] {
  if (outcome === 'paused') return [`${message === undefined ? '' : `It was paused: ${neutralise(message)}. `}Resume run ${neutralise(runId)} to go on with the same plan, or abandon it.`]
  if (open) return [`Run ${neutralise(runId)} has not ended: resume it to go on with the same plan, or abandon it (the backend is asked what happened) and plan again.`]
  if (counts.stale > 0) return ['Something was changed by others since the plan was made: plan again.']
  if (success) return []
  if (counts.succeeded === 0) return ['Put right what stands above, then plan again.']
  return ['What succeeded is recorded. Put right what stands above, then plan again: the rest is what is left to do.']
}
