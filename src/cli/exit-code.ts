import { LeaseHeldError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { RunResult } from '../core/result.ts'

/** What the caller of a command is told. `partly` also stands for stale, rolled back, and, where asked for, blocked. */
export const ExitCode = { done: 0, error: 1, pending: 2, partly: 3, leaseHeld: 4, interrupted: 130 } as const

/** For commands that show what would change. */
export function exitCodeOfPlan(plan: Plan, failOnBlocked: boolean): number {
  if (plan.validation?.valid === false) return ExitCode.error
  if (plan.actions.some(({ blocked }) => blocked === undefined)) return ExitCode.pending
  if (failOnBlocked && plan.summary.blocked > 0) return ExitCode.partly
  // What could not be read is no good news: it may hide a change.
  return plan.unreadable.length > 0 ? ExitCode.error : ExitCode.done
}

/** For a run that came to its end. An error that changed nothing is told apart from a part that was applied. */
export function exitCodeOfRun(result: RunResult, failOnBlocked: boolean): number {
  if (result.success) return failOnBlocked && result.counts.blocked > 0 ? ExitCode.partly : ExitCode.done
  if (result.dryRun) return ExitCode.error
  if (result.outcome === 'rolled-back') return ExitCode.partly
  const { succeeded, stale, interrupted } = result.counts
  // A replace has two calls: when the second failed, the first has changed something. What an operation does before it fails, nobody knows.
  const mayHaveHalf = result.actions.some(({ kind, outcome, attempts }) => outcome !== 'succeeded' && attempts > (kind === 'replace' ? 1 : kind === 'operation' ? 0 : Number.POSITIVE_INFINITY))
  return succeeded > 0 || stale > 0 || interrupted > 0 || mayHaveHalf || result.open ? ExitCode.partly : ExitCode.error
}

/** For an error. `hasStarted`: an action had been started by then. */
export function exitCodeOfError(error: unknown, hasStarted: boolean): number {
  if (hasStarted) return ExitCode.partly
  return error instanceof LeaseHeldError ? ExitCode.leaseHeld : ExitCode.error
}
