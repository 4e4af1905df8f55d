import { PlanRefusedError, StoreError } from '../core/errors.ts'
import type { RunResult } from '../core/result.ts'
import { foldInPortions, type State } from '../core/state.ts'
import type { RunInfo } from '../store/store.ts'
import { runInTurns } from '../store/turn.ts'
import { chooseRun } from './choose-run.ts'
import { refuseUnknownTypes } from './admission.ts'
import { claimForRun } from './claim-for-run.ts'
import { systemClock, type Clock } from './clock.ts'
import { refuseChangedTypes } from './describe-types.ts'
import { driveRun } from './drive.ts'
import { RunEmitter } from './emitter.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import { refuseUnknownHooks } from './operation/run-hooks.ts'
import type { ResumeOptions } from './options.ts'
import { loadPlan } from './plan-document.ts'
import { readRun } from './recorded.ts'
import { pruneStore } from './prune-store.ts'
import type { Run } from './run.ts'
import { closeUndone } from './undo.ts'
import { undoFailure } from './undo-failure.ts'

/**
 * Goes on with the same reviewed plan from the run's journal. What succeeded stays; what was begun and has no outcome is asked
 * about first, since what is true on the backend outranks the journal; what failed, was skipped or never started is tried
 * again. `runId`: default the stack's last run that did not succeed.
 *
 * `run.result` rejects with `store` when there is no such run or nothing is left of it to do, `plan-refused` when its plan is
 * not in the store any more or a later run has been applied since, and for the reasons of {@link apply}.
 */
export function resume(runId: string | undefined, options: ResumeOptions): Run {
  const { clock = systemClock, store, stack = 'default', keep } = options
  const emitter = new RunEmitter(runId ?? '')
  return emitter.begin(async () => {
    const keeper = await claimForRun(stack, options, emitter, clock)
    try {
      const run = chooseRun(await store.runs(stack), runId, stack)
      emitter.id = run.id
      const result = await goOn(run, options, emitter, clock, keeper)
      await pruneStore(store, stack, keep)
      return result
    } finally {
      await keeper.release()
    }
  })
}

async function goOn(run: RunInfo, options: ResumeOptions, emitter: RunEmitter, clock: Clock, keeper: LeaseKeeper): Promise<RunResult> {
  const { store, provider } = options
  const { lease } = keeper
  const record = await readRun(store, run.stack, run.id)
  const { header, ended } = record
  if (header === undefined) throw new StoreError(`the journal of run ${run.id} has no first line; abandon it and plan again`)
  if (ended?.outcome === 'succeeded' || ended?.outcome === 'abandoned') throw new StoreError(`run ${run.id} of stack ${run.stack} is ${ended.outcome}; there is nothing to resume`)
  const plan = await loadPlan(store, run.stack, run.plan, (sha256) => {
    if (sha256 !== header.planHash) throw new PlanRefusedError('altered', `plan ${run.plan} is not the one that run ${run.id} began with; abandon the run and plan again`)
  })
  if (plan === undefined) throw new PlanRefusedError('truncated', `plan ${run.plan} of run ${run.id} is not in the store any more; abandon the run and plan again`)
  refuseUnknownTypes(plan, provider)
  refuseUnknownHooks(plan.phases ?? [], options.hooks ?? [])
  refuseChangedTypes(run.id, header.types ?? {}, plan, provider)

  const state = await store.load(run.stack)
  const stored: State = state ?? { stack: run.stack, serial: 0, lineage: header.lineage, salt: header.salt, resources: new Map() }
  // What an ended run did is in the state already, and others may have changed it since.
  const isFolded = ended !== undefined && !ended.open
  const driven = await driveRun({
    plan,
    options: header.undoes === undefined ? options : { ...options, onFailure: 'continue' },
    emitter,
    clock,
    base: isFolded ? stored : await runInTurns(foldInPortions(stored, record.changes)),
    serial: stored.serial,
    commit: header.commit,
    record: isFolded ? { ...record, changes: [] } : record,
    keeper,
    entry: { kind: 'run-resumed', holder: lease.holder, fence: lease.fence, at: new Date(clock.now()).toISOString() },
  })
  // A rollback that was cut off is a rollback when it is done.
  if (header.undoes !== undefined && !driven.result.open) await closeUndone(header.undoes, await readRun(store, run.stack, header.undoes), options, clock, lease)
  // Nobody takes back what takes something back.
  return header.undoes === undefined ? undoFailure(driven, options, emitter, clock, keeper) : driven.result
}
