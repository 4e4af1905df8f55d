import { parseAddress, type Address } from './address.ts'
import type { Entry, Outcome } from './entry.ts'
import type { ErrorRecord } from './errors.ts'
import type { Mutable } from './mutable.ts'
import type { CheckResult, Choice, OperationOutput, OperationResult } from './operation.ts'
import { msBetween } from './timestamp.ts'

/** One attempt of a call, as the journal tells it. */
export interface AttemptStory {
  /** Counts from 1. */
  readonly attempt: number
  /** ISO 8601. */
  readonly startedAt: string
  /** ISO 8601; absent: nobody recorded how it ended. */
  readonly endedAt?: string
  /** How long it took, in milliseconds, where its end is recorded. */
  readonly durationMs?: number
  /** What it failed with. */
  readonly error?: ErrorRecord
  /** True: the fault was one that passes, so another attempt could succeed. */
  readonly recoverable?: boolean
  /** What it printed, where it failed; what a successful one printed is in the step's result. */
  readonly output?: OperationOutput
}

/** The checks before a step, one time that they ran. */
export interface CheckStory {
  /** ISO 8601. */
  readonly at: string
  /** In order. */
  readonly checks: readonly CheckResult[]
}

/** What somebody said about a failure. */
export interface DecisionStory {
  /** ISO 8601. */
  readonly at: string
  /** What was done. */
  readonly choice: Choice
  /** Who decided. */
  readonly by: string
}

/** One step of a run, as the journal tells it. */
export interface StepStory {
  /** The step's key. */
  readonly step: string
  /** The resource, or the operation. */
  readonly address: Address
  /** The phase in which it was begun; absent: it was not, or the plan has no phases. */
  readonly phase?: string
  /** What became of it; `pending`: nothing yet. */
  readonly outcome: Outcome
  /** In order. */
  readonly attempts: readonly AttemptStory[]
  /** Of what it made or changed. */
  readonly id?: string
  /** Why it was stale, interrupted or skipped. */
  readonly message?: string
  /** True: its reply was lost, and the backend said that it had happened. */
  readonly adopted?: boolean
  /** Why nothing had to be done: the plan was adapted when it ran. */
  readonly adapted?: string
  /** What an operation printed, changed and returned. */
  readonly result?: OperationResult
  /** Each time that its checks ran. Absent: none did. */
  readonly checked?: readonly CheckStory[]
  /** What was decided about it, in order. Absent: nothing was. */
  readonly decisions?: readonly DecisionStory[]
}

type Draft = Omit<Mutable<StepStory>, 'address'> & { attempts: AttemptStory[] }

/** What the journal says of each step, in the order in which they were first heard of. */
export function tellSteps(entries: readonly Entry[]): readonly StepStory[] {
  const drafts = new Map<string, Draft>()
  let phase: string | undefined
  for (const entry of entries) {
    if (entry.kind === 'phase-started') phase = entry.phase
    else if (entry.kind === 'phase-ended') phase = undefined
    if (!('step' in entry)) continue
    const draft = drafts.get(entry.step) ?? { step: entry.step, outcome: 'pending', attempts: [] }
    drafts.set(entry.step, draft)
    // What never began may be of a later phase.
    if (phase !== undefined && entry.kind !== 'skipped' && entry.kind !== 'cancelled') draft.phase = phase
    note(draft, entry)
  }
  return [...drafts.values()].map((draft) => ({ ...draft, address: addressOfStep(draft.step) }))
}

function note(draft: Draft, entry: Extract<Entry, { readonly step: string }>): void {
  const { at } = entry
  switch (entry.kind) {
    case 'started':
      draft.attempts.push({ attempt: entry.attempt, startedAt: at })
      break
    case 'attempted':
      endAttempt(draft, at, entry.error, entry.output)
      break
    case 'handle':
      break
    case 'checked':
      draft.checked = [...(draft.checked ?? []), { at, checks: entry.checks }]
      break
    case 'decided':
      draft.decisions = [...(draft.decisions ?? []), { at, choice: entry.choice, by: entry.by }]
      if (entry.choice === 'skip') draft.outcome = 'skipped'
      break
    default:
      // A check that fails is no attempt: what it says stands with the checks.
      if (entry.kind !== 'failed' || entry.error.code !== 'check-failed') endAttempt(draft, at, entry.kind === 'failed' ? entry.error : undefined, entry.kind === 'failed' ? entry.output : undefined)
      draft.outcome = entry.kind
      if (entry.kind === 'succeeded') {
        if (entry.change !== undefined && 'put' in entry.change) draft.id = entry.change.put.id
        if (entry.adopted === true) draft.adopted = true
        if (entry.adapted !== undefined) draft.adapted = entry.adapted
        if (entry.result !== undefined) draft.result = entry.result
        // What stood in its way before does so no longer.
        delete draft.message
      }
      if (entry.kind === 'stale' || entry.kind === 'interrupted') draft.message = entry.message
      if (entry.kind === 'skipped') draft.message = entry.message ?? `because of ${entry.because}`
      if (entry.kind === 'failed' && entry.error.code === 'check-failed') draft.message = entry.error.message
  }
}

function endAttempt({ attempts }: Draft, at: string, error?: ErrorRecord, output?: OperationOutput): void {
  const last = attempts.at(-1)
  const told = { ...(error && { error, recoverable: passes(error) }), ...(output && { output }) }
  if (last === undefined || last.endedAt !== undefined) {
    // A read right before the call failed: there was no call.
    if (error !== undefined) attempts.push({ attempt: attempts.length + 1, startedAt: at, endedAt: at, durationMs: 0, ...told })
    return
  }
  const durationMs = msBetween(last.startedAt, at)
  attempts[attempts.length - 1] = { ...last, endedAt: at, ...(durationMs !== undefined && { durationMs }), ...told }
}

function passes({ kind }: ErrorRecord): boolean {
  return kind === 'retryable' || kind === 'ambiguous'
}

/** `delete:type/name@id` for an older object. */
function addressOfStep(step: string): Address {
  const text = step.slice(step.indexOf(':') + 1)
  parseAddress(text)
  return text as Address
}
