import type { ApiCall } from '../core/event.ts'
import type { CallContext } from '../provider/provider.ts'

/** What the executor lends to a call. */
export interface CallLoan {
  readonly attempt: number
  readonly idempotencyKey: string
  readonly fence: number
  readonly savedHandle: string | undefined
  /** What is left of the action's own time. */
  readonly remainingMs: number
  readonly trace: (call: ApiCall) => void
  readonly progress: (message: string) => void
  readonly saveHandle: (handle: string) => Promise<void>
}

/** The context of one attempt. */
export function createCallContext(loan: CallLoan, signal: AbortSignal): CallContext {
  const { savedHandle, remainingMs: _, ...rest } = loan
  return { ...rest, signal, ...(savedHandle !== undefined && { savedHandle }) }
}
