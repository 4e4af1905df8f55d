import type { AttemptStory, CheckStory, StepStory } from '../core/step-story.ts'
import { formatDuration } from './duration.ts'
import { renderError } from './error-text.ts'
import type { Layout } from './change-lines.ts'
import { renderCheck } from './check-text.ts'
import { countOf } from './cut.ts'
import { neutralise } from './neutralise.ts'
import { renderExpected } from './operation-lines.ts'
import { renderOutput } from './output-text.ts'
import { formatValue } from './value-text.ts'

/** One step of a run's story: what became of it, its checks, attempts, decisions, and what it printed, changed and returned. */
export function tellStep(story: StepStory, layout: Layout): readonly string[] {
  const { palette } = layout
  const { step, outcome, attempts, id, message, adopted, adapted, result, checked = [], decisions = [] } = story
  const paint = outcome === 'succeeded' ? palette.green : outcome === 'failed' || outcome === 'interrupted' ? palette.red : palette.yellow
  const isOperation = step.startsWith('run:') || step.startsWith('undo:')
  const lastMs = attempts.at(-1)?.durationMs
  const took = isOperation && outcome === 'succeeded' && adapted === undefined && lastMs !== undefined ? ` in ${formatDuration(lastMs)}` : ''
  const head = `${paint(outcome)} ${neutralise(step)}${id === undefined ? '' : ` (id ${neutralise(id)})`}${took}${adopted === true ? ', its reply was lost' : ''}${adapted === undefined ? '' : `: nothing to do, ${neutralise(adapted)}`}${message === undefined ? '' : `: ${neutralise(message)}`}`
  const tries = attempts.filter(({ error, output }) => error !== undefined || output !== undefined || attempts.length > 1)
  return [
    head,
    ...inOrder([
      checked.map((each) => ({ at: each.at, lines: tellChecks(each, layout) })),
      tries.map((attempt) => ({ at: attempt.startedAt, lines: tellAttempt(attempt, isOperation, layout) })),
      decisions.map(({ at, choice, by }) => ({ at, lines: [`${at} decided by ${neutralise(by)}: ${choice}`] })),
    ]).map((line) => `  ${line}`),
    ...(result?.changes ?? []).flatMap((change) => renderExpected(change, layout)).map((line) => `  ${line}`),
    ...(result?.value === undefined ? [] : [`  returned ${formatValue(result.value)}`]),
    ...(result?.output === undefined ? [] : renderOutput(result.output, layout.verbose).map((line) => `  ${line}`)),
  ]
}

interface Moment {
  readonly at: string
  readonly lines: readonly string[]
}

/** By time; at the same time what is checked comes before its attempt, and that before its decision, over and over. */
function inOrder(kinds: readonly (readonly Moment[])[]): readonly string[] {
  const left = kinds.map((moments) => [...moments])
  const lines: string[] = []
  for (let last = -1; ; ) {
    const turn = left.map((_, offset) => (last + 1 + offset) % left.length).filter((kind) => left[kind]?.[0] !== undefined)
    const [first, ...others] = turn
    if (first === undefined) return lines
    last = others.reduce((best, kind) => ((left[kind]?.[0] as Moment).at < (left[best]?.[0] as Moment).at ? kind : best), first)
    lines.push(...(left[last]?.shift() as Moment).lines)
  }
}

/** Each check that did not just pass; the others counted, unless everything is to be seen. */
function tellChecks({ at, checks }: CheckStory, { palette, verbose }: Layout): readonly string[] {
  const shown = verbose ? checks : checks.filter(({ status }) => status !== 'passed')
  const hidden = checks.filter((check) => !shown.includes(check))
  return [
    ...shown.map((check) => `${at} check ${renderCheck(check, palette)}`),
    ...(hidden.length === 0 ? [] : [`${at} ${countOf(hidden.length, 'check')} passed in ${formatDuration(Math.max(...hidden.map(({ durationMs }) => durationMs)))}`]),
  ]
}

function tellAttempt({ attempt, startedAt, endedAt, durationMs, error, recoverable, output }: AttemptStory, isOperation: boolean, layout: Layout): readonly string[] {
  const [first = 'ended', ...more] = error === undefined ? [endedAt === undefined ? 'nobody recorded how it ended' : 'ended'] : renderError(error)
  const took = isOperation && durationMs !== undefined ? ` in ${formatDuration(durationMs)}` : ''
  return [
    `${startedAt} attempt ${attempt}${took}${recoverable === true ? ' (a fault that passes)' : ''}: ${first}`,
    ...more.map((line) => `  ${line}`),
    ...(output === undefined ? [] : renderOutput(output, layout.verbose).map((line) => `  ${line}`)),
  ]
}
