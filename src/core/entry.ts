import type { Address } from './address.ts'
import type { ErrorRecord } from './errors.ts'
import type { Fields } from './json.ts'
import type { CheckResult, Choice, HookResult, OperationOutput, OperationResult } from './operation.ts'
import type { PlanMode } from './plan.ts'
import type { TypeDescription } from './type-description.ts'
import type { RecordedResource, StateChange } from './state.ts'

/** What has become of an action, or of one step of it. `rolled-back`: it succeeded, and was taken back. `pending`: nothing yet, and the run is paused. */
export type Outcome = 'succeeded' | 'failed' | 'skipped' | 'blocked' | 'stale' | 'cancelled' | 'interrupted' | 'rolled-back' | 'pending'

/** What has become of a run. `partial`: something succeeded and something did not. `paused`: `resume` goes on with it. `rolled-back`: what it did was taken back. */
export type RunOutcome = 'succeeded' | 'partial' | 'failed' | 'cancelled' | 'interrupted' | 'paused' | 'rolled-back' | 'abandoned'

/** What was there right before an update or delete, as the journal keeps it. Sensitive fields are left out. */
export interface BeforeImage {
  /** The backend's own identifier. */
  readonly id: string
  /** All that was read. */
  readonly outputs: Fields
  /** What was recorded of it; absent: nothing. */
  readonly recorded?: RecordedResource
}

/** That a claim was made although somebody else held the stack. */
export interface TakenOver {
  /** Who held it, as that holder named itself. */
  readonly from: string
  /** For the next person: why it was taken. */
  readonly reason: string
}

/** What every entry has. */
export interface EntryBase {
  /** ISO 8601. */
  readonly at: string
}

/** What every entry about a step has. */
export interface StepEntryBase extends EntryBase {
  /** The step's key: `create:type/name`. */
  readonly step: string
}

/** The first line of every journal. */
export interface RunStartedEntry extends EntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'run-started'
  /** The run. */
  readonly run: string
  /** The plan that it applies. */
  readonly plan: string
  /** SHA-256 of the plan as it is stored; hex. */
  readonly planHash: string
  /** The stack that it changes. */
  readonly stack: string
  /** The plan's own mode. */
  readonly mode: PlanMode
  /** Who runs it, as that holder named itself. */
  readonly holder: string
  /** The number of the claim. */
  readonly fence: number
  /** Of the state that it began with, or that its first commit makes. */
  readonly lineage: string
  /** Key of the digests of secrets in its entries; hex. */
  readonly salt: string
  /** What the plan rests on of the types that it is about, so that a later process can tell whether they are the same. */
  readonly types?: Readonly<Record<string, TypeDescription>>
  /** The run that it takes back, where it is a rollback. */
  readonly undoes?: string
  /** When the state is committed: `each`: whatever the outcome; `success`: only when all has succeeded. */
  readonly commit: 'each' | 'success'
  /** What was taken from another holder to begin it. */
  readonly takenOver?: TakenOver
}

/** Another claim goes on with the run. */
export interface RunResumedEntry extends EntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'run-resumed'
  /** Who goes on with it, as that holder named itself. */
  readonly holder: string
  /** The number of the claim. */
  readonly fence: number
}

/** The stack was taken from its holder while the run was open. */
export interface RunTakenEntry extends EntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'run-taken'
  /** Who took it, as that holder named itself. */
  readonly holder: string
  /** The number of the claim. */
  readonly fence: number
  /** From whom, and why. */
  readonly takenOver: TakenOver
}

/** A call is about to be made. */
export interface StartedEntry extends StepEntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'started'
  /** Counts from 1. */
  readonly attempt: number
  /** The key that the call carries; the same over retries and resumes until a definite failure. */
  readonly idempotencyKey: string
  /** Right before an update or delete. */
  readonly before?: BeforeImage
  /** True: a read right before this create proved absence. */
  readonly absent?: boolean
}

/** A task that goes on in the backend can be polled with this. */
export interface HandleEntry extends StepEntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'handle'
  /** The backend's own name for the task. */
  readonly handle: string
}

/** An attempt failed, and that is not the end of it. */
export interface AttemptedEntry extends StepEntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'attempted'
  /** Counts from 1. */
  readonly attempt: number
  /** Why it failed. */
  readonly error: ErrorRecord
  /** At most this long until another attempt; absent: the backend is asked whether it happened. */
  readonly retryInMs?: number
  /** What it printed. */
  readonly output?: OperationOutput
}

/** A step has done what it should. */
export interface SucceededEntry extends StepEntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'succeeded'
  /** What it changes in the state. */
  readonly change?: StateChange
  /** True: the backend was asked, and it had happened. */
  readonly adopted?: boolean
  /** Why nothing had to be done: the plan was adapted when it ran. */
  readonly adapted?: string
  /** What an operation printed, changed and returned. */
  readonly result?: OperationResult
}

/** A step has failed for good, and did not happen. */
export interface FailedEntry extends StepEntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'failed'
  /** Why. */
  readonly error: ErrorRecord
  /** What the last attempt printed. */
  readonly output?: OperationOutput
}

/** A step was not tried, because of another one. */
export interface SkippedEntry extends StepEntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'skipped'
  /** The action that failed. */
  readonly because?: Address
  /** What else failed. */
  readonly message?: string
}

/** A step was refused: its object moved after the plan was made. */
export interface StaleEntry extends StepEntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'stale'
  /** In words. */
  readonly message: string
}

/** A step was not tried, because the run was cancelled. */
export interface CancelledEntry extends StepEntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'cancelled'
}

/** A step was begun, and whether it happened is unknown. */
export interface InterruptedEntry extends StepEntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'interrupted'
  /** In words, with what to look for. */
  readonly message: string
}

/** The checks before an operation have run. */
export interface CheckedEntry extends StepEntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'checked'
  /** In order. */
  readonly checks: readonly CheckResult[]
}

/** Somebody said what to do about a failure. */
export interface DecidedEntry extends StepEntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'decided'
  /** What is done. */
  readonly choice: Choice
  /** Who decided: `host`, `person`, a flag's name. */
  readonly by: string
}

/** The steps of a phase may start. */
export interface PhaseStartedEntry extends EntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'phase-started'
  /** The phase. */
  readonly phase: string
}

/** Every step of a phase has its outcome, and the hooks after it have run. */
export interface PhaseEndedEntry extends EntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'phase-ended'
  /** The phase. */
  readonly phase: string
}

/** Whether a settle group has something that is not effective yet. */
export interface GroupEntry extends EntryBase {
  /** `dirtied`: one of its writes is about to be made, and it stands until the group is settled; `cleaned`: all of its writes since have failed for good, so nothing is to be settled. */
  readonly kind: 'dirtied' | 'cleaned'
  /** The group. */
  readonly group: string
}

/** A hook has run. */
export interface HookEntry extends EntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'hook'
  /** How it went. */
  readonly result: HookResult
}

/** The last line of a journal, unless the run is resumed. */
export interface RunEndedEntry extends EntryBase {
  /** Tells it from the other entries. */
  readonly kind: 'run-ended'
  /** What the run came to. */
  readonly outcome: RunOutcome
  /** True: it is not settled; the next run is refused until it is. */
  readonly open: boolean
  /** Why it was paused, in words. */
  readonly message?: string
}

/** One durable line about a run. */
export type Entry =
  | RunStartedEntry
  | RunResumedEntry
  | RunTakenEntry
  | StartedEntry
  | HandleEntry
  | AttemptedEntry
  | SucceededEntry
  | FailedEntry
  | SkippedEntry
  | StaleEntry
  | CancelledEntry
  | InterruptedEntry
  | CheckedEntry
  | DecidedEntry
  | PhaseStartedEntry
  | PhaseEndedEntry
  | GroupEntry
  | HookEntry
  | RunEndedEntry
