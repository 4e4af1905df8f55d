import type { ApiCall } from '../core/event.ts'
import type { CallContext, ReadContext } from '../provider/provider.ts'
import type { Attempt } from './call.ts'
import type { RequestGate } from './gate.ts'

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

/** The context of one attempt of a read. */
export function createReadContext(trace: (call: ApiCall) => void, gate: RequestGate, { signal, wait, noteSent }: Attempt): ReadContext {
  return {
    signal,
    trace: (call) => {
      if (call.status !== undefined && call.status !== 429 && call.status !== 503) gate.noteAnswer()
      trace(call)
    },
    admit: async () => {
      const turn = gate.pass(signal)
      if (turn !== undefined) await wait(turn)
      noteSent()
    },
    refused: (retryAfterMs) => gate.close(retryAfterMs),
  }
}

/** The context of one attempt of a call that changes something. */
export function createCallContext({ savedHandle, remainingMs: _, trace, ...rest }: CallLoan, gate: RequestGate, attempt: Attempt): CallContext {
  return { ...rest, ...createReadContext(trace, gate, attempt), ...(savedHandle !== undefined && { savedHandle }) }
}
