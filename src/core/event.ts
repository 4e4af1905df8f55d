import type { Action } from './action.ts'
import type { Address } from './address.ts'
import type { ErrorRecord } from './errors.ts'
import type { CheckResult, Choice, HookResult } from './operation.ts'
import type { PlanMode } from './plan.ts'
import type { ActionResult, RunResult } from './result.ts'

/** How far a run is. */
export interface Progress {
  /** Actions with an outcome. */
  readonly done: number
  /** Actions in the plan. */
  readonly total: number
  /** 0 to 100. */
  readonly percent: number
  /** About how long the rest takes, in milliseconds, by what was like it so far; absent as long as nothing can be said. */
  readonly leftMs?: number
}

/** A run does more or less at once than before: its backend refused calls or did not answer in time, or it has recovered. */
export interface ConcurrencyChanged {
  /** Actions under way at once, from now on. */
  readonly concurrency: number
  /** As the host set it: it does not go above that. */
  readonly most: number
}

/** One request that a provider made, as `--verbose` shows it. No header, no body. */
export interface ApiCall {
  /** `GET` and the like. */
  readonly method: string
  /** With its query. */
  readonly url: string
  /** Of the reply; absent when there was none. */
  readonly status?: number
  /** Until the reply was read, in milliseconds. */
  readonly durationMs: number
  /** Why there was no reply. */
  readonly error?: string
}

/** A run has begun. */
export interface RunStarted {
  /** The run. */
  readonly runId: string
  /** The plan that it applies. */
  readonly planId: string
  /** The stack that it changes. */
  readonly stack: string
  /** The plan's own mode. */
  readonly mode: PlanMode
  /** Actions in the plan. */
  readonly total: number
  /** True: nothing will be changed. */
  readonly dryRun: boolean
  /** True: it goes on with what an earlier process began. */
  readonly resumed: boolean
}

/** The stack is held, and the run waits for it. */
export interface LeaseAwaited {
  /** The stack. */
  readonly stack: string
  /** Who has it, as that holder named itself. */
  readonly holder: string
  /** ISO 8601. */
  readonly since: string
  /** At most so long, in milliseconds. */
  readonly leftMs: number
}

/** The stack was taken from its holder. */
export interface LeaseTaken {
  /** The stack. */
  readonly stack: string
  /** Who had it, as that holder named itself. */
  readonly from: string
  /** Why it was taken. */
  readonly reason: string
  /** The number of the new claim. */
  readonly fence: number
  /** So long, in milliseconds, nothing is done: what the former holder had sent may still be on its way. */
  readonly graceMs: number
}

/** A call for an action is about to be made. */
export interface ActionStarted {
  /** The action. */
  readonly action: Action
  /** Counts from 1. */
  readonly attempt: number
}

/** A word from the provider about a call that takes long. */
export interface ActionProgressed {
  /** The action. */
  readonly action: Action
  /** For people. */
  readonly message: string
}

/** An attempt failed and another one will be made. */
export interface ActionRetried {
  /** The action. */
  readonly action: Action
  /** The attempt that failed; counts from 1. */
  readonly attempt: number
  /** Why it failed. */
  readonly error: ErrorRecord
  /** At most this long until the next one, in milliseconds, beside what the backend asked for. */
  readonly delayMs: number
}

/** An action has its outcome. */
export interface ActionSettled {
  /** The action. */
  readonly action: Action
  /** What has become of it. */
  readonly result: ActionResult
  /** How far the run is with it. */
  readonly progress: Progress
}

/** A request was answered, or was not. */
export interface CallFinished {
  /** The request. */
  readonly call: ApiCall
  /** The resource that it was about; absent for reads of many. */
  readonly address?: Address
}

/** A listener threw or rejected; the run goes on. */
export interface ListenerFailed {
  /** The event that it heard. */
  readonly event: string
  /** What it threw. */
  readonly error: ErrorRecord
}

/** A phase begins. */
export interface PhaseChanged {
  /** The phase. */
  readonly phase: string
}

/** A phase has ended. */
export interface PhaseFinished extends PhaseChanged {
  /** Since it started, in milliseconds, the hooks after it included; of a run that was resumed in the middle of it, since then. */
  readonly durationMs: number
  /** The id of the checkpoint that was kept after it; absent: it is a dry run, or the checkpoint could not be kept. */
  readonly checkpoint?: string
}

/** A hook has run. */
export interface HookFinished {
  /** How it went. */
  readonly result: HookResult
}

/** The checks before an operation have run. */
export interface ActionChecked {
  /** The action. */
  readonly action: Action
  /** In order. */
  readonly checks: readonly CheckResult[]
}

/** The host is asked what to do about a failure. */
export interface DecisionAwaited {
  /** The action. */
  readonly action: Action
  /** What went wrong, in words. */
  readonly message: string
}

/** Somebody said what to do about a failure. */
export interface DecisionMade {
  /** The action. */
  readonly action: Action
  /** What is done. */
  readonly choice: Choice
  /** Who decided. */
  readonly by: string
}

/** A run has ended. */
export interface RunFinished {
  /** What it came to. */
  readonly result: RunResult
}

/** Each event of a run, with what listeners get. The name is `subject:pastTense`. */
export interface RunEvents {
  /** Once for each holder that is in the way, before the run has begun. */
  'lease:awaited': LeaseAwaited
  /** Before the run has begun. */
  'lease:taken': LeaseTaken
  /** The first event of every run, but for those about its lease. */
  'run:started': RunStarted
  /** Its `started` entry is durable, and the call is made now. */
  'action:started': ActionStarted
  /** Only where the provider says something. */
  'action:progressed': ActionProgressed
  /** The failed attempt is in the journal. */
  'action:retried': ActionRetried
  /** Its hooks before have run, and its actions may start. */
  'phase:started': PhaseChanged
  /** Its actions have their outcomes, its hooks after have run, and its checkpoint is kept. */
  'phase:finished': PhaseFinished
  /** It is in the journal. */
  'hook:finished': HookFinished
  /** Right before an operation. */
  'action:checked': ActionChecked
  /** The action waits for an answer. */
  'decision:awaited': DecisionAwaited
  /** The answer is durable. */
  'decision:made': DecisionMade
  /** The outcome is durable. */
  'action:succeeded': ActionSettled
  /** The outcome is durable, with its error. */
  'action:failed': ActionSettled
  /** It was not tried, because of another one. */
  'action:skipped': ActionSettled
  /** It was never to run; told right after the start. */
  'action:blocked': ActionSettled
  /** Its object moved after the plan was made. */
  'action:stale': ActionSettled
  /** The run was cancelled before it started. */
  'action:cancelled': ActionSettled
  /** Whether it happened is unknown. */
  'action:interrupted': ActionSettled
  /** It backs off by half, and recovers by one for each round of calls that went through. */
  'concurrency:changed': ConcurrencyChanged
  /** For `--verbose` and for counting. */
  'call:finished': CallFinished
  /** Nobody but this event hears of it. */
  'listener:failed': ListenerFailed
  /** The last event of every run that resolves. */
  'run:finished': RunFinished
}

/** The name of an event of a run. */
export type RunEventName = keyof RunEvents

/** An event with its name, as the iteration over a run yields it. */
export type RunEvent = { [N in RunEventName]: {
  /** The resource's name: what stands behind the type in its address. */
  readonly name: N
} & RunEvents[N] }[RunEventName]

/** A list or a read that was made for a plan. */
export interface ReadFinished {
  /** Tells it from the other events. */
  readonly name: 'read:finished'
  /** The resource type. */
  readonly type: string
  /** How many objects it showed. */
  readonly objects: number
}

/** A list or a read that failed; the plan leaves out what it hides. */
export interface ReadFailed {
  /** Tells it from the other events. */
  readonly name: 'read:failed'
  /** The resource type. */
  readonly type: string
  /** Why. */
  readonly error: ErrorRecord
}

/** A request that was made for a plan. */
export interface PlanCallFinished {
  /** Tells it from the other events. */
  readonly name: 'call:finished'
  /** The request. */
  readonly call: ApiCall
}

/** What happens while a plan is made. */
export type PlanEvent = ReadFinished | ReadFailed | PlanCallFinished
