import type { Entry, RunOutcome } from './entry.ts'
import type { HookResult } from './operation.ts'
import type { PlanMode } from './plan.ts'
import { statusOf, type RunStatus } from './run-status.ts'
import { tellSteps, type StepStory } from './step-story.ts'
import { msBetween } from './timestamp.ts'

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
  /** The same in the words of deployment tools: `running` while it has no end, also after a crash. */
  readonly status: Exclude<RunStatus, 'pending'>
  /** True: it can be resumed, and has to be settled before the next. */
  readonly open: boolean
  /** The run that it took back. */
  readonly undoes?: string
  /** Why it was paused, or stopped. */
  readonly message?: string
}

/** One phase of a run, as the journal tells it. */
export interface PhaseStory {
  /** The phase. */
  readonly phase: string
  /** When it first began; ISO 8601. */
  readonly startedAt: string
  /** ISO 8601; absent: it has not ended. */
  readonly endedAt?: string
  /** From its first beginning to its end, in milliseconds. */
  readonly durationMs?: number
  /** How often it was gone on with by a resumed run. Absent: never. */
  readonly resumed?: number
}

/** One hook that ran, as the journal tells it. */
export interface HookStory extends HookResult {
  /** When it had run; ISO 8601. */
  readonly at: string
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
  /** In the order in which they began. Empty: it has none, or came to none. */
  readonly phases: readonly PhaseStory[]
  /** In the order in which they ran. */
  readonly hooks: readonly HookStory[]
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
    phases: tellPhases(entries),
    hooks: entries.flatMap((entry) => (entry.kind === 'hook' ? [{ ...entry.result, at: entry.at }] : [])),
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
    status: statusOf(end?.outcome),
    open: !run.ended,
    ...(header?.undoes !== undefined && { undoes: header.undoes }),
    ...(end?.message !== undefined && { message: end.message }),
  }
}

/** A phase that is begun again by a resumed run is the same phase. */
function tellPhases(entries: readonly Entry[]): readonly PhaseStory[] {
  const phases = new Map<string, PhaseStory>()
  for (const entry of entries) {
    if (entry.kind !== 'phase-started' && entry.kind !== 'phase-ended') continue
    const { phase, at } = entry
    const known = phases.get(phase)
    if (entry.kind === 'phase-started') phases.set(phase, known === undefined ? { phase, startedAt: at } : { ...known, resumed: (known.resumed ?? 0) + 1 })
    else {
      // A crash may have kept its beginning from the journal.
      const startedAt = known?.startedAt ?? at
      const durationMs = msBetween(startedAt, at)
      phases.set(phase, { ...known, phase, startedAt, endedAt: at, ...(durationMs !== undefined && { durationMs }) })
    }
  }
  return [...phases.values()]
}
