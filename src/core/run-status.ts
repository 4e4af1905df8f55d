import type { RunOutcome } from './entry.ts'

/** Where a run is. `pending`: no run has taken the plan yet. `failed`: it has ended, and not everything was done. */
export type RunStatus = 'pending' | 'running' | 'paused' | 'completed' | 'failed' | 'rolled-back'

const STATUS_OF: Readonly<Record<RunOutcome, RunStatus>> = {
  succeeded: 'completed',
  partial: 'failed',
  failed: 'failed',
  cancelled: 'failed',
  interrupted: 'paused',
  paused: 'paused',
  'rolled-back': 'rolled-back',
  abandoned: 'failed',
}

/** The status of a run by what its journal says of its end; undefined: it has none, so the run is under way, or crashed and can be resumed. */
export function statusOf(outcome: RunOutcome | undefined): Exclude<RunStatus, 'pending'> {
  return outcome === undefined ? 'running' : (STATUS_OF[outcome] as Exclude<RunStatus, 'pending'>)
}
