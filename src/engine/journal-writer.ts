import type { Entry } from '../core/entry.ts'
import type { Lease, Store } from '../store/store.ts'

/** Makes entries durable. */
export interface JournalWriter {
  append(entries: readonly Entry[]): Promise<void>
}

/** Writes to a run's journal in the store. What is appended in one turn of the event loop goes in one append. */
export function createJournalWriter(store: Store, lease: Lease, run: string): JournalWriter {
  let waiting: Entry[] = []
  let next: Promise<void> | undefined
  return {
    append(entries) {
      waiting.push(...entries)
      next ??= Promise.resolve().then(() => {
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
