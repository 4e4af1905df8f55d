import type { CheckpointInfo } from '../core/checkpoint.ts'
import type { HookEvent } from '../core/operation.ts'
import type { StepStory } from '../core/step-story.ts'
import type { HookStory, PhaseStory, RunStory, RunSummary } from '../core/story.ts'
import type { Layout } from './change-lines.ts'
import { countOf } from './cut.ts'
import { formatDuration } from './duration.ts'
import { renderHook } from './hook-text.ts'
import { neutralise } from './neutralise.ts'
import { nameOutcome } from './outcome-text.ts'
import { renderOutput } from './output-text.ts'
import { layOut, type RenderOptions } from './plan-text.ts'
import { tellStep } from './step-text.ts'

/** The runs of a stack as text, newest first. */
export function renderRuns(runs: readonly RunSummary[], options: RenderOptions = {}): string {
  if (runs.length === 0) return 'No runs.'
  return runs.toReversed().map((run) => headOf(run, options)).join('\n')
}

/** One run's story as text: who, when, what plan, then phase by phase each step with its attempts, checks and decisions, and the hooks. */
export function renderRunStory(story: RunStory, options: RenderOptions = {}): string {
  const layout = layOut(options)
  const names = new Set(story.phases.map(({ phase }) => phase))
  const isOfPhase = (phase: string | undefined): boolean => phase !== undefined && names.has(phase)
  const tellHooks = (hooks: readonly HookStory[], indent: string): readonly string[] => hooks.flatMap((hook) => tellHook(hook, layout).map((line) => `${indent}${line}`))
  // What runs around an action stands below the first of its steps.
  const stepOf = ({ action }: HookStory): StepStory | undefined => (action === undefined ? undefined : story.steps.find(({ address }) => address === action))
  const loose = story.hooks.filter((hook) => stepOf(hook) === undefined && !(isOfPhase(hook.phase) && hook.action === undefined))
  const steps = (some: readonly StepStory[], indent: string): readonly string[] =>
    some.flatMap((step) => [...tellStep(step, layout), ...tellHooks(story.hooks.filter((hook) => stepOf(hook) === step), '  ')].map((line) => `${indent}${line}`))
  const lines = [
    headOf(story, options),
    `  plan ${neutralise(story.plan)} (SHA-256 ${story.planHash.slice(0, 12)}…), by ${neutralise(story.holder)}`,
    ...story.resumed.map(({ at, holder }) => `  resumed ${at} by ${neutralise(holder)}`),
    ...story.taken.map(({ at, holder, from, reason }) => `  taken ${at} by ${neutralise(holder)} from ${neutralise(from)}: ${neutralise(reason)}`),
    ...(story.message === undefined ? [] : [`  ${story.outcome === 'paused' ? 'paused' : 'stopped'}: ${neutralise(story.message)}`]),
    ...tellHooks(loose.filter(({ on }) => BEFORE.includes(on)), '  '),
    ...story.phases.flatMap((phase) => [
      `  ${layout.palette.bold(tellPhase(phase))}`,
      ...tellHooks(story.hooks.filter((hook) => hook.on === 'beforePhase' && hook.phase === phase.phase), '    '),
      ...steps(story.steps.filter((step) => step.phase === phase.phase), '    '),
      ...tellHooks(story.hooks.filter((hook) => hook.on === 'afterPhase' && hook.phase === phase.phase), '    '),
    ]),
    ...steps(story.steps.filter((step) => !isOfPhase(step.phase)), '  '),
    ...tellHooks(loose.filter(({ on }) => !BEFORE.includes(on)), '  '),
  ]
  return lines.join('\n')
}

const BEFORE: readonly HookEvent[] = ['beforeApply', 'beforePhase']

function tellPhase({ phase, startedAt, endedAt, durationMs, resumed }: PhaseStory): string {
  const again = resumed === undefined ? '' : `, gone on with ${resumed === 1 ? 'once' : `${resumed} times`}`
  const end = endedAt === undefined ? ', has not ended' : ` to ${endedAt}${durationMs === undefined ? '' : ` (${formatDuration(durationMs)})`}`
  return `phase ${neutralise(phase)}: ${startedAt}${end}${again}`
}

function tellHook(hook: HookStory, layout: Layout): readonly string[] {
  const paint = hook.status === 'succeeded' ? layout.palette.green : hook.status === 'ignored' ? layout.palette.yellow : layout.palette.red
  return [`${paint('hook')} ${renderHook(hook)}`, ...(hook.output === undefined ? [] : renderOutput(hook.output, layout.verbose).map((line) => `  ${line}`))]
}

/** The checkpoints of a stack as text, newest first. */
export function renderCheckpoints(checkpoints: readonly CheckpointInfo[]): string {
  if (checkpoints.length === 0) return 'No checkpoints.'
  return checkpoints.toReversed().map(({ id, createdAt, description, resources, run }) => `${createdAt}  ${neutralise(id)}  ${countOf(resources, 'resource')}${run === undefined ? '' : `, by run ${neutralise(run)}`}: ${neutralise(description)}`).join('\n')
}

function headOf({ id, mode, startedAt, outcome, open, undoes }: RunSummary, options: RenderOptions): string {
  const { palette } = layOut(options)
  const state = outcome !== undefined ? nameOutcome(outcome) : open ? 'has not ended' : 'ended'
  const paint = outcome === 'succeeded' ? palette.green : open || outcome === 'failed' ? palette.red : palette.yellow
  return `${startedAt}  ${neutralise(id)}  ${mode}  ${paint(state)}${open ? ' (open: resume it, roll it back, or abandon it)' : ''}${undoes === undefined ? '' : ` (takes back ${neutralise(undoes)})`}`
}
