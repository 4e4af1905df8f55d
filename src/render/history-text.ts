import type { CheckpointInfo } from '../core/checkpoint.ts'
import type { RunStory, RunSummary, StepStory } from '../core/story.ts'
import { countOf } from './cut.ts'
import { renderError } from './error-text.ts'
import { neutralise } from './neutralise.ts'
import { layOut, type RenderOptions } from './plan-text.ts'

/** The runs of a stack as text, newest first. */
export function renderRuns(runs: readonly RunSummary[], options: RenderOptions = {}): string {
  if (runs.length === 0) return 'No runs.'
  return runs.toReversed().map((run) => headOf(run, options)).join('\n')
}

/** One run's story as text: who, when, what plan, and each step with its attempts. */
export function renderRunStory(story: RunStory, options: RenderOptions = {}): string {
  const lines = [
    headOf(story, options),
    `  plan ${neutralise(story.plan)} (SHA-256 ${story.planHash.slice(0, 12)}…), by ${neutralise(story.holder)}`,
    ...story.resumed.map(({ at, holder }) => `  resumed ${at} by ${neutralise(holder)}`),
    ...story.taken.map(({ at, holder, from, reason }) => `  taken ${at} by ${neutralise(holder)} from ${neutralise(from)}: ${neutralise(reason)}`),
    ...(story.message === undefined ? [] : [`  paused: ${neutralise(story.message)}`]),
    ...story.steps.flatMap((step) => tellStep(step, options)),
  ]
  return lines.join('\n')
}

/** The checkpoints of a stack as text, newest first. */
export function renderCheckpoints(checkpoints: readonly CheckpointInfo[]): string {
  if (checkpoints.length === 0) return 'No checkpoints.'
  return checkpoints.toReversed().map(({ id, createdAt, description, resources, run }) => `${createdAt}  ${neutralise(id)}  ${countOf(resources, 'resource')}${run === undefined ? '' : `, by run ${neutralise(run)}`}: ${neutralise(description)}`).join('\n')
}

function headOf({ id, mode, startedAt, outcome, open, undoes }: RunSummary, options: RenderOptions): string {
  const { palette } = layOut(options)
  const state = outcome ?? (open ? 'has not ended' : 'ended')
  const paint = outcome === 'succeeded' ? palette.green : open || outcome === 'failed' ? palette.red : palette.yellow
  return `${startedAt}  ${neutralise(id)}  ${mode}  ${paint(state)}${open ? ' (open: resume it, roll it back, or abandon it)' : ''}${undoes === undefined ? '' : ` (takes back ${neutralise(undoes)})`}`
}

function tellStep({ step, outcome, attempts, id, message, adopted }: StepStory, options: RenderOptions): readonly string[] {
  const { palette } = layOut(options)
  const paint = outcome === 'succeeded' ? palette.green : outcome === 'failed' || outcome === 'interrupted' ? palette.red : palette.yellow
  const head = `  ${paint(outcome)} ${neutralise(step)}${id === undefined ? '' : ` (id ${neutralise(id)})`}${adopted === true ? ', its reply was lost' : ''}${message === undefined ? '' : `: ${neutralise(message)}`}`
  const tries = attempts.filter(({ error }) => error !== undefined || attempts.length > 1)
  return [head, ...tries.flatMap(({ attempt, startedAt, endedAt, error, recoverable }) => {
    const [first = 'ended', ...more] = error === undefined ? [endedAt === undefined ? 'nobody recorded how it ended' : 'ended'] : renderError(error)
    return [`    ${startedAt} attempt ${attempt}${recoverable === true ? ' (a fault that passes)' : ''}: ${first}`, ...more.map((line) => `      ${line}`)]
  })]
}
