import { StoreError } from '../core/errors.ts'
import { foldInPortions, type State } from '../core/state.ts'
import { runInTurns } from '../store/turn.ts'
import { acquireLease } from './acquire-lease.ts'
import { systemClock } from './clock.ts'
import { settleUnknown, type Settled } from './inquiry.ts'
import type { LeaseOptions } from './lease-options.ts'
import type { BaseOptions } from './options.ts'
import { readRun } from './recorded.ts'

/** How to abandon a run. The default `holder` is `abandon`. */
export type AbandonOptions = BaseOptions & LeaseOptions

/** What abandoning a run came to. */
export interface Abandoned {
  /** The run. */
  readonly runId: string
  /** One for each step that was asked about. */
  readonly settled: readonly Settled[]
}

/**
 * Settles a run that has not ended and closes it: asks the backend about every step whose outcome nobody recorded, records
 * what happened, and commits the state. Nothing of the plan is carried on; plan again afterwards. `runId`: default the
 * stack's open run.
 *
 * Throws `store` when there is no such open run, `lease-held`, and what the store throws.
 */
export async function abandon(runId: string | undefined, options: AbandonOptions): Promise<Abandoned> {
  const { store, stack = 'default', clock = systemClock } = options
  const keeper = await acquireLease({ store, stack, clock, options: { holder: 'abandon', ...options }, signals: [options.signal] })
  const { lease } = keeper
  try {
    options.signal?.throwIfAborted()
    const runs = await store.runs(stack)
    const run = runId === undefined ? runs.findLast((each) => !each.ended) : runs.find((each) => each.id === runId)
    if (run === undefined) throw new StoreError(runId === undefined ? `stack ${stack} has no open run; there is nothing to abandon` : `stack ${stack} has no run ${runId}; it has ${runs.map((each) => each.id).join(', ') || 'none'}`)
    if (run.ended) throw new StoreError(`run ${run.id} of stack ${stack} has ended; there is nothing to abandon`)
    const record = await readRun(store, stack, run.id)
    const state = await store.load(stack)
    const base: State = state ?? { stack, serial: 0, lineage: record.header?.lineage ?? clock.id(), salt: record.header?.salt ?? '', resources: new Map() }
    const folded = await runInTurns(foldInPortions(base, record.changes))

    const { settled, entries, changes: found } = await settleUnknown(options, run.plan, record, folded)
    const changes = [...record.changes, ...found]
    if (entries.length > 0) await store.append(lease, run.id, entries)
    if (changes.length > 0) await store.commit({ ...(await runInTurns(foldInPortions(base, changes))), serial: base.serial + 1 }, { expectedSerial: base.serial, lease })
    await store.append(lease, run.id, [{ kind: 'run-ended', outcome: 'abandoned', open: false, at: new Date(clock.now()).toISOString() }])
    return { runId: run.id, settled }
  } finally {
    await keeper.release()
  }
}
