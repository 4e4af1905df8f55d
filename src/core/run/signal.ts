import type { BeforeImage, Entry, RunOutcome } from '../entry.ts'
import type { ErrorRecord, FaultKind } from '../errors.ts'
import type { RunRecord } from '../journal.ts'
import type { CheckResult, Choice, HookEvent, HookResult, OperationOutput, OperationResult } from '../operation.ts'
import type { StateChange } from '../state.ts'

/** What the shell tells the run machine. A step is named by its position in the flow. */
export type Signal =
  /** The run may begin, or go on from what its journal says; the entry is the first of this process. */
  | { readonly kind: 'began'; readonly entry: Extract<Entry, { readonly kind: 'run-started' | 'run-resumed' }>; readonly record?: RunRecord }
  /** A read right before the call agrees with the plan. `settled`: nothing is left to do, and what to record of it; `adapted`: the same, in words. */
  | { readonly kind: 'inspected'; readonly step: number; readonly before?: BeforeImage; readonly absent?: boolean; readonly settled?: StateChange; readonly id?: string; readonly checks?: readonly CheckResult[]; readonly adapted?: string }
  /** A check right before the call says that it must not be made. */
  | { readonly kind: 'refused'; readonly step: number; readonly message: string; readonly checks: readonly CheckResult[] }
  /** A read right before the call disagrees with the plan. */
  | { readonly kind: 'moved'; readonly step: number; readonly message: string }
  /** The call returned. */
  | { readonly kind: 'done'; readonly step: number; readonly change?: StateChange; readonly id?: string; readonly result?: OperationResult }
  /** A read or call failed. `repeatable`: the call may be made again although it may have happened; `final`: another attempt is of no use, or its time is up; `task`: what the call began and saved the handle of. */
  | { readonly kind: 'failed'; readonly step: number; readonly error: ErrorRecord; readonly fault: FaultKind; readonly repeatable: boolean; readonly retryAfterMs?: number; readonly final?: boolean; readonly task?: 'running' | 'failed'; readonly output?: OperationOutput }
  /** What the backend says of a call whose outcome was ambiguous. `repeatable`: it says nothing, and the same call may just be made again. */
  | { readonly kind: 'probed'; readonly step: number; readonly answer: 'happened' | 'absent' | 'repeatable' | 'unknown'; readonly change?: StateChange; readonly id?: string; readonly message?: string; readonly result?: OperationResult }
  /** The delay before another attempt is over. */
  | { readonly kind: 'waited'; readonly step: number }
  /** The call ignored its abort. */
  | { readonly kind: 'hung'; readonly step: number }
  /** The provider has a handle that must be durable before it goes on. */
  | { readonly kind: 'handled'; readonly step: number; readonly handle: string }
  /** Start nothing more; what is in flight ends, and what is written is settled. `abrupt`: calls are aborted, so that waits for another run. */
  | { readonly kind: 'cancelled'; readonly abrupt?: boolean }
  /** The same, and what has no outcome yet is left to be resumed. */
  | { readonly kind: 'paused'; readonly message: string }
  /** Somebody said what to do about a failure. `by`: who. */
  | { readonly kind: 'decided'; readonly step: number; readonly choice: Choice; readonly by: string }
  /** The hooks of an event have run. `awaited`: the run waits for them; else they are about one action. */
  | { readonly kind: 'hooked'; readonly results: readonly HookResult[]; readonly awaited: boolean }
  /** A backend that did not answer was left alone for long enough. */
  | { readonly kind: 'rested' }

/** What the host is asked about a step. */
export interface Question {
  /** `failed`: it surely did not happen; `check-failed`: it was not tried; `interrupted`: whether it happened is unknown. */
  readonly kind: 'failed' | 'check-failed' | 'interrupted'
  /** In words. */
  readonly message: string
  /** Why it failed. */
  readonly error?: ErrorRecord
  /** The checks that ran. */
  readonly checks?: readonly CheckResult[]
}

/** The signals of these kinds. */
export type SignalOf<K extends Signal['kind']> = Extract<Signal, { readonly kind: K }>

/** What the run machine asks of the shell. The order is the contract: what stands after a `record` waits until it is durable. */
export type Effect =
  | { readonly kind: 'record'; readonly entries: readonly Entry[] }
  /** Read right before the call. `mayHaveHappened`: an earlier attempt of ours may be what the read shows. */
  | { readonly kind: 'inspect'; readonly step: number; readonly mayHaveHappened: boolean }
  | { readonly kind: 'perform'; readonly step: number; readonly attempt: number; readonly idempotencyKey: string }
  /** Ask whether a call happened: one of this process, or one that an earlier process left unknown. */
  | { readonly kind: 'probe'; readonly step: number }
  /** Leave the backend alone for a while: nothing starts until `rested`. */
  | { readonly kind: 'rest'; readonly ceilingMs: number }
  | { readonly kind: 'wait'; readonly step: number; readonly ceilingMs: number; readonly atLeastMs: number }
  | { readonly kind: 'acknowledge'; readonly step: number; readonly handle: string }
  | { readonly kind: 'announce'; readonly subject: 'started' | 'retried' | 'settled'; readonly action: number; readonly step: number; readonly attempt: number; readonly done: number; readonly error?: ErrorRecord; readonly delayCeilingMs?: number }
  /** Ask what to do about a failure. */
  | { readonly kind: 'decide'; readonly step: number; readonly question: Question }
  /** Run the hooks of an event. */
  | { readonly kind: 'hook'; readonly on: HookEvent; readonly phase: string | undefined }
  /** Keep a copy of the state as it is after a phase. */
  | { readonly kind: 'checkpoint'; readonly phase: string }
  /** Every outcome is durable: commit the state that follows from them. */
  | { readonly kind: 'commit' }
  | { readonly kind: 'finish'; readonly outcome: RunOutcome; readonly open: boolean; readonly takesBack: boolean; readonly message?: string }

/** When a signal came. The machine has no clock. */
export interface Moment {
  /** ISO 8601. */
  readonly at: string
  /** Milliseconds on a clock that never goes back. */
  readonly ms: number
}
