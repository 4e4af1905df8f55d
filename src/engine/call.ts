import { ProviderError } from '../core/errors.ts'
import type { Clock } from './clock.ts'

/** Raised when a call does not even end after it was aborted. */
export class HungCall extends Error {}

/** The bounds of one attempt. */
export interface CallBounds {
  readonly timeoutMs: number
  readonly abortGraceMs: number
  readonly clock: Clock
  /** Gives up on everything. */
  readonly signal: AbortSignal
}

/**
 * Makes one attempt of a call. A timeout aborts it and is ambiguous: it may have happened. A call that ignores its abort is
 * left behind after the grace, as {@link HungCall}.
 */
export function attemptCall<T>(call: (signal: AbortSignal) => Promise<T>, bounds: CallBounds): Promise<T> {
  const { timeoutMs, abortGraceMs, clock, signal } = bounds
  const controller = new AbortController()
  return new Promise<T>((resolve, reject) => {
    let stopGrace: (() => void) | undefined
    let stopListening: (() => void) | undefined
    let reason: ProviderError | undefined
    const abort = (why: ProviderError): void => {
      if (reason !== undefined) return
      reason = why
      stopGrace = clock.after(abortGraceMs, () => finish(() => reject(new HungCall(`${why.message}, and it did not end when it was aborted`))))
      controller.abort(why)
    }
    const onAbort = (): void => abort(new ProviderError('ambiguous', 'the call was aborted'))
    const stopTimeout = clock.after(timeoutMs, () => abort(new ProviderError('ambiguous', `no answer within ${timeoutMs} ms`)))
    const finish = (settle: () => void): void => {
      stopTimeout()
      stopGrace?.()
      stopListening?.()
      settle()
    }
    if (signal.aborted) return finish(() => reject(new ProviderError('fatal', 'the run was aborted before this call was made')))
    stopListening = listenForAbort(signal, onAbort)
    let running: Promise<T>
    try {
      running = Promise.resolve(call(controller.signal))
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
