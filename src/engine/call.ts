import { ProviderError } from '../core/errors.ts'
import type { Clock } from './clock.ts'
import { setDeadline } from './deadline.ts'

/** Raised when a call does not even end after it was aborted. */
export class HungCall extends Error {}

/** The bounds of one attempt. */
export interface CallBounds {
  /** Without the time that it waited for its turn. */
  readonly timeoutMs: number
  /** With that time. Default: none. */
  readonly wholeMs?: number
  readonly abortGraceMs: number
  readonly clock: Clock
  /** Gives up on everything. */
  readonly signal: AbortSignal
}

/** What a call is given of its attempt. */
export interface Attempt {
  /** Made when somebody asks for it: a controller costs more than all else here, and not every provider listens. */
  readonly signal: AbortSignal
  /** Waits without that counting against the timeout. */
  readonly wait: (turn: Promise<void>) => Promise<void>
  /** Says that something is sent now: until then an abort is no doubt. */
  readonly noteSent: () => void
}

/**
 * Makes one attempt of a call. A timeout aborts it and is ambiguous: it may have happened. A call that ignores its abort is
 * left behind after the grace, as {@link HungCall}.
 */
export function attemptCall<T>(call: (attempt: Attempt) => Promise<T>, bounds: CallBounds): Promise<T> {
  const { timeoutMs, wholeMs, abortGraceMs, clock, signal } = bounds
  let controller: AbortController | undefined
  return new Promise<T>((resolve, reject) => {
    let stopGrace: (() => void) | undefined
    let stopListening: (() => void) | undefined
    let stopTimeout: (() => void) | undefined
    let reason: ProviderError | undefined
    let waiting = 0
    let hasSent = false
    let isOver = false
    let leftMs = timeoutMs
    let sinceMs = 0
    const abort = (why: ProviderError): void => {
      if (reason !== undefined) return
      reason = waiting > 0 && !hasSent ? new ProviderError('fatal', `${why.message}, while it waited for its turn; nothing was sent`) : why
      stopGrace = clock.after(abortGraceMs, () => finish(() => reject(new HungCall(`${why.message}, and it did not end when it was aborted`))))
      controller?.abort(why)
    }
    const onAbort = (): void => abort(new ProviderError('ambiguous', 'the call was aborted'))
    const startTimeout = (): void => {
      sinceMs = clock.monotonic()
      stopTimeout = setDeadline(clock, leftMs, () => abort(new ProviderError('ambiguous', `no answer within ${timeoutMs} ms`)))
    }
    const wait = async (turn: Promise<void>): Promise<void> => {
      if (waiting++ === 0) {
        stopTimeout?.()
        leftMs -= clock.monotonic() - sinceMs
      }
      try {
        await turn
      } finally {
        if (--waiting === 0 && !isOver) startTimeout()
      }
    }
    const finish = (settle: () => void): void => {
      isOver = true
      stopTimeout?.()
      stopWhole?.()
      stopGrace?.()
      stopListening?.()
      settle()
    }
    const stopWhole = wholeMs === undefined ? undefined : clock.after(wholeMs, () => abort(new ProviderError('ambiguous', `no answer within the ${wholeMs} ms that were left`)))
    if (signal.aborted) return finish(() => reject(new ProviderError('fatal', 'the run was aborted before this call was made')))
    startTimeout()
    stopListening = listenForAbort(signal, onAbort)
    const attempt: Attempt = {
      get signal() {
        controller ??= new AbortController()
        if (reason !== undefined && !controller.signal.aborted) controller.abort(reason)
        return controller.signal
      },
      wait,
      noteSent: () => void (hasSent = true),
    }
    let running: Promise<T>
    try {
      running = Promise.resolve(call(attempt))
    } catch (error) {
      running = Promise.reject(error as Error)
    }
    running.then(
      (value) => finish(() => resolve(value)),
      (error: unknown) => finish(() => reject(reason ?? error)),
    )
  })
}

const listeners = new WeakMap<AbortSignal, Set<() => void>>()

/** One listener on the signal however many calls are under way: runtimes warn of more than ten, and each costs. */
function listenForAbort(signal: AbortSignal, onAbort: () => void): () => void {
  let calls = listeners.get(signal)
  if (calls === undefined) {
    const fresh = new Set<() => void>()
    calls = fresh
    listeners.set(signal, fresh)
    signal.addEventListener('abort', () => { for (const call of fresh) call() }, { once: true })
  }
  calls.add(onAbort)
  return () => void calls.delete(onAbort)
}
