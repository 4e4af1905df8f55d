import { setTimeout as sleep } from 'node:timers/promises'
import { isPassing } from './ask.ts'

/** Between attempts: little at first, since most is so soon. */
const FIRST_POLL_MS = 25
const LAST_POLL_MS = 200

/**
 * Attempts something until it is so. `attempt` looks first and does what is missing, so it may be repeated at any point; it
 * returns what is still missing, or nothing. Refusals that pass by themselves, and lost replies, lead to another attempt; all others are thrown.
 */
export async function untilSo(waitMs: number, signal: AbortSignal, attempt: () => Promise<string | undefined>): Promise<void> {
  const untilMs = performance.now() + waitMs
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(2 * pollMs, LAST_POLL_MS)) {
    let missing: string | undefined
    try {
      missing = await attempt()
      if (missing === undefined) return
    } catch (error) {
      signal.throwIfAborted()
      if (!isPassing(error)) throw error
      missing = (error as Error).message
    }
    if (performance.now() >= untilMs) throw new Error(`not within ${waitMs / 1_000} s: ${missing}`)
    await sleep(pollMs, undefined, { signal })
  }
}
