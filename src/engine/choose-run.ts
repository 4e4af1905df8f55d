import { PlanRefusedError, StoreError } from '../core/errors.ts'
import type { RunInfo } from '../store/store.ts'

/** The run to go on with or to take back: the stack's last one. Throws `store` when there is none, `plan-refused` when a later one has been applied. */
export function chooseRun(runs: readonly RunInfo[], runId: string | undefined, stack: string): RunInfo {
  const last = runs.at(-1)
  if (last === undefined) throw new StoreError(`stack ${stack} has no run; there is nothing to resume or roll back`)
  const run = runId === undefined ? last : runs.find(({ id }) => id === runId)
  if (run === undefined) throw new StoreError(`stack ${stack} has no run ${String(runId)}; it has ${runs.map(({ id }) => id).join(', ')}`)
  if (run !== last) throw new PlanRefusedError('superseded', `run ${run.id} of stack ${stack} is not its last one, run ${last.id} was begun at ${last.startedAt}; plan again`)
  return run
}
