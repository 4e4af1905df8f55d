import type { Action } from '../core/action.ts'
import type { CheckResult, Choice } from '../core/operation.ts'
import type { ErrorRecord } from '../core/errors.ts'

/** What the host is asked when an action has failed for good, a check says no, or nobody knows whether it happened. */
export interface DecisionRequest {
  /** `failed`: it surely did not happen; `check-failed`: it was not tried; `interrupted`: whether it happened is unknown. */
  readonly kind: 'failed' | 'check-failed' | 'interrupted'
  /** The action. */
  readonly action: Action
  /** What went wrong, in words. */
  readonly message: string
  /** Why it failed. */
  readonly error?: ErrorRecord
  /** The checks that ran. */
  readonly checks?: readonly CheckResult[]
  /** `retry`: try it again (checks first). `skip`: leave it out, and go on with what depends on it. `abort`: start nothing more. `pause`: the same, and `resume` goes on here. `rollback`: abort, and take back what was done. */
  readonly choices: readonly Choice[]
}

/** What is done, and who says so. */
export interface Decision {
  /** One of the choices. */
  readonly choice: Choice
  /** For the journal. */
  readonly by: string
}

/** Answers what to do about a failure. One that throws is taken for `abort`. */
export type Decide = (request: DecisionRequest) => Choice | Decision | Promise<Choice | Decision>

/** All that can be chosen. */
export const CHOICES: readonly Choice[] = ['retry', 'skip', 'abort', 'pause', 'rollback']
