import { describeTypes } from './describe-types.ts'
import { driveRun, type Drive, type Driven } from './drive.ts'
import type { LeaseKeeper } from './lease-keeper.ts'

/** A run of a plan that begins now. */
export interface Beginning extends Omit<Drive, 'entry' | 'serial' | 'record' | 'keeper' | 'runId'> {
  readonly runId: string
  /** SHA-256 of the plan, as it is stored. */
  readonly planHash: string
  /** The run that it takes back. Default: it goes forward. */
  readonly undoes?: string
  readonly keeper: LeaseKeeper
}

/** Begins a run that is recorded, and drives it to its end. */
export function beginRun({ planHash, undoes, ...drive }: Beginning): Promise<Driven> {
  const { plan, base, clock, commit, options, runId } = drive
  const { lease } = drive.keeper
  return driveRun({
    ...drive,
    serial: base.serial,
    entry: {
      kind: 'run-started',
      at: new Date(clock.now()).toISOString(),
      run: runId,
      plan: plan.id,
      planHash,
      stack: plan.stack,
      mode: plan.mode,
      holder: lease.holder,
      fence: lease.fence,
      lineage: base.lineage,
      salt: base.salt,
      commit,
      ...(undoes !== undefined && { undoes }),
      types: describeTypes(plan, options.provider),
      ...(lease.takenOver && { takenOver: lease.takenOver }),
    },
  })
}
