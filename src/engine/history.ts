import type { Entry } from '../core/entry.ts'
import { StoreError } from '../core/errors.ts'
import { suggest } from '../core/nearest.ts'
import { summarizeRun, tellRun, type RunStory, type RunSummary } from '../core/story.ts'
import type { RunInfo, Store } from '../store/store.ts'

/** Where runs are kept. */
export interface HistoryOptions {
  /** Keeps the stack. */
  readonly store: Store
  /** Default: `default`. */
  readonly stack?: string
}

/** The runs of a stack, oldest first. */
export async function listRuns(options: HistoryOptions): Promise<readonly RunSummary[]> {
  const runs = await options.store.runs(options.stack ?? 'default')
  return Promise.all(runs.map(async (run) => summarizeRun(run, await collect(run, options))))
}

/** One run's full story out of its journal. `runId`: default the last one. Throws `store` when there is no such run. */
export async function showRun(runId: string | undefined, options: HistoryOptions): Promise<RunStory> {
  const run = await findRun(runId, options)
  return tellRun(run, await collect(run, options))
}

/** The lines of a run's journal. `runId`: default the last one. Throws `store` when there is no such run. */
export async function readJournal(runId: string | undefined, options: HistoryOptions): Promise<readonly Entry[]> {
  return collect(await findRun(runId, options), options)
}

async function findRun(runId: string | undefined, { store, stack = 'default' }: HistoryOptions): Promise<RunInfo> {
  const runs = await store.runs(stack)
  const run = runId === undefined ? runs.at(-1) : runs.find(({ id }) => id === runId)
  if (run !== undefined) return run
  const ids = runs.map(({ id }) => id)
  throw new StoreError(runId === undefined ? `stack ${stack} has no run` : `stack ${stack} has no run ${runId}${suggest(runId, ids) || `; it has ${ids.join(', ') || 'none'}`}`)
}

async function collect(run: RunInfo, { store }: HistoryOptions): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const entry of store.entries(run.stack, run.id, { onTorn: () => undefined })) entries.push(entry)
  return entries
}
