import { parseAddress, type Address } from './address.ts'
import type { Entry, Outcome, RunOutcome } from './entry.ts'
import type { ErrorRecord } from './errors.ts'
import type { PlanMode } from './plan.ts'

/** One run in short. */
export interface RunSummary {
  /** The run. */
  readonly id: string
  /** The plan that it applies. */
  readonly plan: string
  /** The plan's own mode. */
  readonly mode: PlanMode
  /** Who began it. */
  readonly holder: string
  /** ISO 8601. */
  readonly startedAt: string
  /** ISO 8601; absent: it has not ended. */
  readonly endedAt?: string
  /** What it came to; absent: it crashed, or is under way. */
  readonly outcome?: RunOutcome
  /** True: it can be resumed, and has to be settled before the next. */
  readonly open: boolean
  /** The run that it took back. */
  readonly undoes?: string
  /** Why it was paused. */
  readonly message?: string
}

/** One attempt of a call, as the journal tells it. */
export interface AttemptStory {
  /** Counts from 1. */
  readonly attempt: number
  /** ISO 8601. */
  readonly startedAt: string
  /** ISO 8601; absent: nobody recorded how it ended. */
  readonly endedAt?: string
  /** What it failed with. */
  readonly error?: ErrorRecord
  /** True: the fault was one that passes, so another attempt could succeed. */
  readonly recoverable?: boolean
}

/** One step of a run, as the journal tells it. */
export interface StepStory {
  /** The step's key. */
  readonly step: string
  /** The resource. */
  readonly address: Address
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
}

/** One run's full story. */
export interface RunStory extends RunSummary {
  /** SHA-256 of the plan as it is stored; hex. */
  readonly planHash: string
  /** Each time that another claim went on with it. */
  readonly resumed: readonly {
    /** ISO 8601. */
    readonly at: string
    /** Who. */
    readonly holder: string
  }[]
  /** Each time that the stack was taken from its holder, to begin it or while it was open. */
  readonly taken: readonly {
    /** ISO 8601. */
    readonly at: string
    /** Who took it. */
    readonly holder: string
    /** From whom. */
    readonly from: string
    /** Why. */
    readonly reason: string
  }[]
  /** In the order in which they were first heard of. */
  readonly steps: readonly StepStory[]
}

/** What a store knows of a run beside its journal. */
export interface KnownRun {
  readonly id: string
  readonly plan: string
  readonly startedAt: string
  readonly ended: boolean
}

/** One run's full story out of its journal. */
export function tellRun(run: KnownRun, entries: readonly Entry[]): RunStory {
  const header = entries.find((entry) => entry.kind === 'run-started')
  return {
    ...summarizeRun(run, entries),
    planHash: header?.planHash ?? '',
    resumed: entries.flatMap((entry) => (entry.kind === 'run-resumed' ? [{ at: entry.at, holder: entry.holder }] : [])),
    taken: entries.flatMap((entry) => ((entry.kind === 'run-started' || entry.kind === 'run-taken') && entry.takenOver !== undefined ? [{ at: entry.at, holder: entry.holder, ...entry.takenOver }] : [])),
    steps: tellSteps(entries),
  }
}

/** One run in short. */
export function summarizeRun(run: KnownRun, entries: readonly Entry[]): RunSummary {
  const header = entries.find((entry) => entry.kind === 'run-started')
  const last = entries.findLast((entry) => entry.kind === 'run-ended' || entry.kind === 'run-resumed')
  const end = last?.kind === 'run-ended' ? last : undefined
  return {
    id: run.id,
    plan: run.plan,
    mode: header?.mode ?? 'apply',
    holder: header?.holder ?? '',
    startedAt: run.startedAt,
    ...(end && { endedAt: end.at, outcome: end.outcome }),
    open: !run.ended,
    ...(header?.undoes !== undefined && { undoes: header.undoes }),
    ...(end?.message !== undefined && { message: end.message }),
  }
}

interface Draft {
  readonly step: string
  outcome: Outcome
  attempts: AttemptStory[]
  id?: string
  message?: string
  adopted?: boolean
}

function tellSteps(entries: readonly Entry[]): readonly StepStory[] {
  const drafts = new Map<string, Draft>()
  const draftOf = (step: string): Draft => {
    const known = drafts.get(step)
    if (known !== undefined) return known
    const fresh: Draft = { step, outcome: 'pending', attempts: [] }
    drafts.set(step, fresh)
    return fresh
  }
  const endAttempt = (draft: Draft, at: string, error?: ErrorRecord): void => {
    const last = draft.attempts.at(-1)
    if (last === undefined || last.endedAt !== undefined) {
      // A read right before the call failed: there was no call.
      if (error !== undefined) draft.attempts.push({ attempt: draft.attempts.length + 1, startedAt: at, endedAt: at, error, recoverable: passes(error) })
      return
    }
    draft.attempts[draft.attempts.length - 1] = { ...last, endedAt: at, ...(error && { error, recoverable: passes(error) }) }
  }
  for (const entry of entries) {
    if (!('step' in entry)) continue
    const draft = draftOf(entry.step)
    if (entry.kind === 'started') draft.attempts.push({ attempt: entry.attempt, startedAt: entry.at })
    else if (entry.kind === 'attempted') endAttempt(draft, entry.at, entry.error)
    else if (entry.kind !== 'handle') {
      endAttempt(draft, entry.at, entry.kind === 'failed' ? entry.error : undefined)
      draft.outcome = entry.kind
      if (entry.kind === 'succeeded' && entry.change !== undefined && 'put' in entry.change) draft.id = entry.change.put.id
      if (entry.kind === 'succeeded' && entry.adopted === true) draft.adopted = true
      if (entry.kind === 'stale' || entry.kind === 'interrupted') draft.message = entry.message
      if (entry.kind === 'skipped') draft.message = `because of ${entry.because}`
    }
  }
  return [...drafts.values()].map((draft) => ({ ...draft, address: addressOfStep(draft.step) }))
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
