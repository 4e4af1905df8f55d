import { ProviderError } from '../core/errors.ts'
import type { ApiCall } from '../core/event.ts'
import type { CallContext, ReadContext } from '../provider/context.ts'
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
  /** Undefined when the stack is held; else resolves once that is proven again, and rejects when it cannot be. */
  readonly hold: () => Promise<void> | undefined
}

/** The context of one attempt of a read. */
export function createReadContext(trace: (call: ApiCall) => void, gate: RequestGate, attempt: Attempt): ReadContext {
  return {
    get signal() {
      return attempt.signal
    },
    trace: traceThrough(trace, gate),
    admit: async () => {
      const turn = gate.pass(attempt)
      if (turn !== undefined) await attempt.wait(turn)
      attempt.noteSent()
    },
    refused: (retryAfterMs) => gate.close(retryAfterMs),
    wait: (ms) => attempt.pause(ms),
    elapsedMs: () => attempt.elapsedMs(),
  }
}

/** The context of one attempt of a call that changes something. */
export function createCallContext(loan: CallLoan, gate: RequestGate, attempt: Attempt): CallContext {
  let admitted = 0
  let isGranted = false
  // Waiting for its turn or for its headers may have taken long: each request of a call is sent under a lease that is held right then.
  const holdUnless = (mayHaveSent: () => boolean): Promise<void> | undefined =>
    loan.hold()?.catch((error: Error) => {
      throw new ProviderError(mayHaveSent() ? 'ambiguous' : 'retryable', error.message, { cause: error })
    })
  const grant = (): void => void (isGranted = true)
  // One literal, no spreads: it is made for every attempt.
  const context: CallContext & { savedHandle?: string } = {
    get signal() {
      return attempt.signal
    },
    attempt: loan.attempt,
    idempotencyKey: loan.idempotencyKey,
    fence: loan.fence,
    progress: loan.progress,
    saveHandle: (handle) => {
      // Who has one has begun something, however it was sent.
      attempt.noteSent()
      return loan.saveHandle(handle)
    },
    trace: traceThrough(loan.trace, gate),
    admit: async () => {
      const turn = gate.pass(attempt)
      if (turn !== undefined) await attempt.wait(turn)
      const proof = holdUnless(() => admitted > 0)
      if (proof !== undefined) await attempt.wait(proof)
      admitted++
      attempt.noteSent()
    },
    refused: (retryAfterMs) => gate.close(retryAfterMs),
    wait: (ms) => attempt.pause(ms),
    elapsedMs: () => attempt.elapsedMs(),
    hold: () => {
      // What was admitted is sent only after this.
      const proof = holdUnless(() => isGranted || admitted !== 1)
      if (proof === undefined) grant()
      return proof?.then(grant)
    },
  }
  if (loan.savedHandle !== undefined) {
    context.savedHandle = loan.savedHandle
    // What it stands for was sent by an earlier attempt.
    attempt.noteSent()
  }
  return context
}

function traceThrough(trace: (call: ApiCall) => void, gate: RequestGate): (call: ApiCall) => void {
  return (call) => {
    if (call.status !== undefined && call.status !== 429 && call.status !== 503) gate.noteAnswer()
    trace(call)
  }
}
