import { JournalReplay, type RunRecord } from '../core/journal.ts'
import type { Warning } from '../core/plan.ts'
import { endsPortion } from '../core/portion.ts'
import { foldInPortions, type State } from '../core/state.ts'
import type { Store } from '../store/store.ts'
import { nextTurn, runInTurns } from '../store/turn.ts'

/** What is recorded of a stack, an open run folded in. */
export interface Recorded {
  /** Absent when nothing was ever recorded. */
  readonly state: State | undefined
  /** The run that has not ended. */
  readonly openRun: string | undefined
  /** That a run is open, or that the last line of its journal was cut off. */
  readonly warnings: readonly Warning[]
}

/** Loads the state, and folds what an open run has done since into it. */
export async function loadRecorded(store: Store, stack: string): Promise<Recorded> {
  const [state, runs] = await Promise.all([store.load(stack), store.runs(stack)])
  const open = runs.filter((run) => !run.ended).at(-1)
  if (open === undefined) return { state, openRun: undefined, warnings: [] }
  const warnings: Warning[] = [
    { code: 'open-run', message: `run ${open.id} has not ended; what it did is counted as recorded. Resume it, or abandon it and plan again, before anything else is applied` },
  ]
  const record = await readRun(store, stack, open.id, (detail) => warnings.push({ code: 'torn-journal', message: detail }))
  if (record.changes.length === 0) return { state, openRun: open.id, warnings }
  const base = state ?? emptyState(stack, record)
  return { state: await runInTurns(foldInPortions(base, record.changes)), openRun: open.id, warnings }
}

/** Reads and folds one run's journal; of a million entries none is kept. */
export async function readRun(store: Store, stack: string, run: string, onTorn?: (detail: string) => void): Promise<JournalReplay> {
  const replay = new JournalReplay()
  let count = 0
  for await (const entry of store.entries(stack, run, onTorn === undefined ? {} : { onTorn })) {
    if (endsPortion(count++)) await nextTurn()
    replay.add(entry)
  }
  return replay
}

/** The state before anything was recorded; a run's header carries the lineage and the key that it began with. */
function emptyState(stack: string, record: RunRecord): State {
  return { stack, serial: 0, lineage: record.header?.lineage ?? '', salt: record.header?.salt ?? '', resources: new Map() }
}
