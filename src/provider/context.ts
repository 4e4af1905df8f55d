import type { ApiCall } from '../core/event.ts'

/** What every read gets. */
export interface ReadContext {
  /** Aborted when the plan or run gives up on this call. */
  readonly signal: AbortSignal
  /** Reports a request that was made, for `--verbose` and for counting. */
  readonly trace: (call: ApiCall) => void
  /** Waits for this request's turn under the provider's rate limit; await it before each request. It does not count against the timeout. */
  readonly admit: () => Promise<void>
  /**
   * Undefined: the stack is still held at this very moment. Else it resolves once that is proven again, and rejects when it
   * cannot be. Ask right before a request that changes something is sent, with nothing awaited in between. Absent: nobody holds a stack.
   */
  readonly hold?: () => Promise<void> | undefined
  /** Says that the backend refused a request as one too many: no request of this provider is admitted before that time. Without one, the pause grows with each refusal. */
  readonly refused: (retryAfterMs?: number) => void
  /** Waits this long, between two polls of a task, say. It does not count against the timeout, and rejects when this call is given up on. */
  readonly wait: (ms: number) => Promise<void>
  /** How long ago this attempt began, in milliseconds, with all that it waited for. */
  readonly elapsedMs: () => number
}

/** What every call that changes something gets. */
export interface CallContext extends ReadContext {
  /** Counts from 1. */
  readonly attempt: number
  /** The same over retries and resumes of one action of one run; new after a definite failure. */
  readonly idempotencyKey: string
  /** Grows with each claim of the stack: a backend that checks it refuses a holder that was overtaken. */
  readonly fence: number
  /** A word for people about a call that takes long. */
  readonly progress: (message: string) => void
  /** Makes the handle of an asynchronous task durable; await it before polling. */
  readonly saveHandle: (handle: string) => Promise<void>
  /** The handle that an earlier attempt saved: poll it, start nothing. */
  readonly savedHandle?: string
}
