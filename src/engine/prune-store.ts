import type { Store } from '../store/store.ts'
import type { ApplyOptions } from './options.ts'

/** Removes old runs and plans. One that cannot be removed is no reason to call a run that has ended a failure: the next run tries again. */
export async function pruneStore(store: Store, stack: string, keep: ApplyOptions['keep']): Promise<void> {
  await store.prune?.(stack, { runs: keep?.runs ?? 20, plans: keep?.plans ?? 10 }).catch(() => undefined)
}
