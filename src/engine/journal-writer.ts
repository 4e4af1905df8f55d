import type { Entry } from '../core/entry.ts'
import type { Lease, Store } from '../store/store.ts'
import { nextTurn } from '../store/turn.ts'
import type { Clock } from './clock.ts'

/** Makes entries durable. */
export interface JournalWriter {
  append(entries: readonly Entry[]): Promise<void>
}

/** A run that is never made to wait hands the event loop over after this long. */
const BREATHE_AFTER_MS = 15

/**
 * Writes to a run's journal in the store. What is appended in one turn of the event loop goes in one append. Everything that a
 * run does waits for this, so it is also where the run lets its host do something else.
 */
export function createJournalWriter(store: Store, lease: Lease, run: string, clock: Clock): JournalWriter {
  let waiting: Entry[] = []
  let next: Promise<void> | undefined
  let breathedAtMs = clock.monotonic()
  const breathe = async (): Promise<void> => {
    if (clock.monotonic() - breathedAtMs < BREATHE_AFTER_MS) return
    await nextTurn()
    breathedAtMs = clock.monotonic()
  }
  return {
    append(entries) {
      for (const entry of entries) waiting.push(entry)
      next ??= breathe().then(() => {
        const batch = waiting
        waiting = []
        next = undefined
        return store.append(lease, run, batch)
      })
      return next
    },
  }
}

/** Writes nothing: for a dry run. */
export const silentJournal: JournalWriter = { append: () => Promise.resolve() }
