import { Durations } from './durations.ts'
import type { RunInfo, Store } from '../store/store.ts'

const MOST_RUNS = 3
const MOST_ENTRIES = 20_000

/** Learns from the last few runs of a stack how long its steps take. Only so much is read: what it saves must be worth it. Undefined: nothing is known, or it cannot be read. */
export async function learnDurations(store: Store, stack: string, runs: readonly RunInfo[]): Promise<Durations | undefined> {
  const durations = new Durations()
  let read = 0
  try {
    for (const { id } of runs.slice(-MOST_RUNS).reverse()) {
      for await (const entry of store.entries(stack, id)) {
        durations.note(entry)
        if (++read >= MOST_ENTRIES) return durations
      }
      durations.endRun()
    }
  } catch {
    // A journal that is damaged is told by who needs it; the order of this run does not.
    return undefined
  }
  return durations.isEmpty ? undefined : durations
}
