import type { ActionKind } from './action.ts'
import type { Address } from './address.ts'
import type { Outcome, RunOutcome } from './entry.ts'
import type { ErrorRecord } from './errors.ts'
import type { PlanMode } from './plan.ts'

/** What has become of one action. */
export interface ActionResult {
  /** The resource. */
  readonly address: Address
  /** What was to be done. */
  readonly kind: ActionKind
  /** What has become of it. */
  readonly outcome: Outcome
  /** The id of the object, once there is one. */
  readonly id?: string
  /** Provider calls that were made for it, retries included. */
  readonly attempts: number
  /** From its first call to its outcome; 0 where no call was made. */
  readonly durationMs: number
  /** Why it failed. */
  readonly error?: ErrorRecord
  /** Why it was blocked, stale, interrupted or skipped, in words. */
  readonly message?: string
  /** The action whose failure skipped it. */
  readonly because?: Address
}

/** What a run came to. */
export interface RunResult {
  /** The run. */
  readonly runId: string
  /** The plan that was applied. */
  readonly planId: string
  /** The stack. */
  readonly stack: string
  /** The plan's own mode. */
  readonly mode: PlanMode
  /** What has become of it. */
  readonly outcome: RunOutcome
  /** Why it was paused, in words. */
  readonly message?: string
  /** True only when every action that was to run succeeded; blocked actions do not count against it. */
  readonly success: boolean
  /** How many actions came to what. */
  readonly counts: Readonly<Record<Outcome, number>>
  /** One for each action of the plan, in the plan's order. */
  readonly actions: readonly ActionResult[]
  /** Every error, with its action. */
  readonly errors: readonly {
    /** The resource. */
    readonly address: Address
    /** What went wrong. */
    readonly error: ErrorRecord
  }[]
  /** Requests that the provider reported. */
  readonly requests: number
  /** From the start to the end. */
  readonly durationMs: number
  /** How it was taken back, where it was. */
  readonly rollback?: RunResult
  /** True: nothing was changed; outcomes say what would happen. */
  readonly dryRun: boolean
  /** True: the run is not settled (paused, something is unknown, or its state is not committed); `resume` or `abandon` it before the next. */
  readonly open: boolean
}
