import type { OperationOutput, OperationResult } from '../operation.ts'
import type { StateChange } from '../state.ts'

/** What a step that succeeded came to. */
export interface Success {
  readonly change?: StateChange | undefined
  /** True: the backend was asked, and it had happened. */
  readonly adopted?: boolean
  readonly id?: string | undefined
  /** Why nothing had to be done. */
  readonly adapted?: string | undefined
  readonly result?: OperationResult | undefined
}

/** What an attempt printed. */
export interface Printed {
  readonly output?: OperationOutput
}
