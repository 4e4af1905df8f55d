import type { Action } from './action.ts'
import type { ErrorRecord } from './errors.ts'
import type { Mode } from './plan.ts'
import type { ActionResult, RunResult } from './result.ts'
import type { Address } from './address.ts'

/** How far a run is. */
export interface Progress {
  /** Actions with an outcome. */
  readonly done: number
  /** Actions in the plan. */
  readonly total: number
  /** 0 to 100. */
  readonly percent: number
}

/** One request that a provider made, as `--verbose` shows it. No header, no body. */
export interface ApiCall {
  readonly method: string
  readonly url: string
  readonly status?: number
  readonly durationMs: number
  readonly error?: string
}

/** Each event of a run, with what listeners get. The name is `subject:pastTense`. */
export interface RunEvents {
  'run:started': { readonly runId: string; readonly planId: string; readonly stack: string; readonly mode: Mode; readonly total: number; readonly dryRun: boolean }
  'action:started': { readonly action: Action; readonly attempt: number }
  /** A word from the provider about a call that takes long. */
  'action:progressed': { readonly action: Action; readonly message: string }
  'action:retried': { readonly action: Action; readonly attempt: number; readonly error: ErrorRecord; readonly delayMs: number }
  'action:succeeded': { readonly action: Action; readonly result: ActionResult; readonly progress: Progress }
  'action:failed': { readonly action: Action; readonly result: ActionResult; readonly progress: Progress }
  'action:skipped': { readonly action: Action; readonly result: ActionResult; readonly progress: Progress }
  'action:blocked': { readonly action: Action; readonly result: ActionResult; readonly progress: Progress }
  'action:stale': { readonly action: Action; readonly result: ActionResult; readonly progress: Progress }
  'action:cancelled': { readonly action: Action; readonly result: ActionResult; readonly progress: Progress }
  'action:interrupted': { readonly action: Action; readonly result: ActionResult; readonly progress: Progress }
  'call:finished': { readonly call: ApiCall; readonly address?: Address }
  /** A listener threw or rejected; the run goes on. */
  'listener:failed': { readonly event: string; readonly error: ErrorRecord }
  'run:finished': { readonly result: RunResult }
}

/** The name of an event of a run. */
export type RunEventName = keyof RunEvents

/** An event with its name, as the iteration over a run yields it. */
export type RunEvent = { [N in RunEventName]: { readonly name: N } & RunEvents[N] }[RunEventName]

/** What happens while a plan is made. */
export type PlanEvent =
  | { readonly name: 'read:finished'; readonly type: string; readonly objects: number }
  | { readonly name: 'read:failed'; readonly type: string; readonly error: ErrorRecord }
  | { readonly name: 'call:finished'; readonly call: ApiCall }
