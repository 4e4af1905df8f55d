import type { Progress } from '../core/event.ts'
import type { Clock } from './clock.ts'

/** Reads progress once in so many milliseconds (default: 1,000) and yields what has changed; at the end once more. */
export async function* sampleProgress(read: () => Progress, clock: Clock, everyMs = 1_000, end: AbortSignal): AsyncGenerator<Progress, void, undefined> {
  let told: Progress | undefined
  for (;;) {
    const now = read()
    if (end.aborted || now.done !== told?.done) yield (told = now)
    if (end.aborted) return
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        stop()
        end.removeEventListener('abort', wake)
        resolve()
      }
      const stop = clock.after(everyMs, wake)
      end.addEventListener('abort', wake)
    })
  }
}
