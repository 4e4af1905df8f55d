import type { Clock } from './clock.ts'

/** Resolves after the time; rejects with the signal's reason, or what `explain` makes of it, when that aborts first. */
export function pause(clock: Clock, ms: number, signal: AbortSignal, explain: (reason: Error) => Error = (reason) => reason): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      stop()
      reject(explain(signal.reason as Error))
    }
    if (signal.aborted) return reject(explain(signal.reason as Error))
    const stop = clock.after(ms, () => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
    signal.addEventListener('abort', abort, { once: true })
  })
}
