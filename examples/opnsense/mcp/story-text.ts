import type { RunStory, RunSummary, StepStory } from 'convergent'
import { harmless } from './harmless.ts'

/** A run in a line. */
export function tellSummary({ id, plan, mode, startedAt, outcome, open, undoes }: RunSummary): string {
  const state = outcome ?? (open ? 'has not ended' : 'ended')
  return harmless(`${startedAt}  ${id}  ${mode}  ${state}${open ? ' (open: it is under way, or resumeRun goes on with it)' : ''}, plan ${plan}${undoes === undefined ? '' : `, takes back ${undoes}`}`)
}

/** A run in full: who, which plan, and each step with its attempts. */
export function tellStory(story: RunStory): string {
  const lines = [
    tellSummary(story),
    `  hash ${story.planHash}, by ${story.holder}`,
    ...story.resumed.map(({ at, holder }) => `  gone on with at ${at} by ${holder}`),
    ...(story.message === undefined ? [] : [`  stopped: ${story.message}`]),
    ...story.steps.flatMap(tellStep).map((line) => `  ${line}`),
  ]
  return harmless(lines.join('\n'))
}

function tellStep({ step, outcome, attempts, id, message, adopted }: StepStory): readonly string[] {
  const sign = outcome === 'succeeded' ? '✓' : outcome === 'failed' || outcome === 'interrupted' || outcome === 'stale' ? '✗' : '–'
  const head = `${sign} ${step}${id === undefined ? '' : ` (id ${id})`}${outcome === 'succeeded' ? '' : `: ${outcome}`}${adopted === true ? ', found after a lost reply' : ''}${message === undefined ? '' : `: ${message}`}`
  return [
    head,
    ...attempts.flatMap(({ attempt, error }) =>
      error === undefined ? [] : [`    attempt ${attempt}: ${error.message}`, ...(error.fields ?? []).map(({ path, reason }) => `      ${path}: ${reason}`)],
    ),
  ]
}
