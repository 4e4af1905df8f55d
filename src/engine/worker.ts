import type { Action, Step } from '../core/action.ts'
import type { ErrorRecord } from '../core/errors.ts'
import type { OperationOutput } from '../core/operation.ts'
import type { SignalOf } from '../core/run/signal.ts'
import type { CallLoan } from './call-context.ts'

/** A step with its action. */
export interface Work {
  readonly index: number
  readonly action: Action
  readonly step: Step
  /** Of the task that an earlier attempt began. */
  readonly handle: string | undefined
}

/**
 * What the executor asks for each step. Every method answers with the signal that tells the run machine what came of it,
 * or throws what the provider threw.
 */
export interface Worker {
  /** Reads right before the call, and says whether the plan still fits. */
  inspect(work: Work, mayHaveHappened: boolean): Promise<SignalOf<'inspected' | 'moved' | 'refused'>>
  /** Makes the call. */
  perform(work: Work, loan: CallLoan): Promise<SignalOf<'done'>>
  /** Asks the backend whether an ambiguous call happened, of this process or an earlier one. */
  probe(work: Work): Promise<SignalOf<'probed'>>
  /** An error without the secrets that steps were given. */
  redact(error: ErrorRecord): ErrorRecord
  /** What the last attempt of a step printed. Default: nothing prints. */
  outputOf?(index: number): OperationOutput | undefined
}
