import { PlanRefusedError } from '../core/errors.ts'
import type { ActionResult, RunResult } from '../core/result.ts'
import type { Clock } from './clock.ts'
import type { Driven } from './drive.ts'
import type { RunEmitter } from './emitter.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { ApplyOptions } from './options.ts'
import { carryOutUndo, deriveUndo } from './undo.ts'

/**
 * Takes a failed run back where its options say so, or somebody chose it, under its own lease. The run's own error stays; its actions that were
 * taken back say so.
 */
export async function undoFailure({ result, takesBack }: Driven, options: ApplyOptions, emitter: RunEmitter, clock: Clock, keeper: LeaseKeeper): Promise<RunResult> {
  const hasFailed = result.outcome === 'failed' || result.outcome === 'partial' || result.outcome === 'interrupted'
  if ((options.onFailure !== 'rollback' && !takesBack) || !hasFailed) return result
  const run = { id: result.runId, stack: result.stack, plan: result.planId, startedAt: '', ended: !result.open }
  const undo = await deriveUndo(run, options, clock, options.rollbackScope ?? 'all').catch((error: unknown) => {
    if (error instanceof PlanRefusedError && error.reason === 'under-way') return error
    throw error
  })
  // It stays open, with the handle of what goes on.
  if (undo instanceof PlanRefusedError) return { ...result, message: `nothing was taken back: ${undo.message}` }
  // Nothing had been done: there is nothing to take back, and nothing to say of it.
  if (undo.plan.actions.length === 0 && !result.open) return result
  const rollback = await carryOutUndo(run, undo, options, emitter, clock.id(), clock, keeper)
  const undone = new Set(rollback.actions.filter(({ outcome, kind }) => outcome === 'succeeded' && kind !== 'settle').map(({ address }) => address))
  const actions = result.actions.map((action): ActionResult => (action.outcome === 'succeeded' && undone.has(action.address) ? { ...action, outcome: 'rolled-back' } : action))
  const taken = actions.filter(({ outcome }) => outcome === 'rolled-back').length
  return {
    ...result,
    outcome: rollback.success ? 'rolled-back' : result.outcome,
    counts: { ...result.counts, succeeded: result.counts.succeeded - taken, 'rolled-back': taken },
    actions,
    rollback,
    requests: result.requests + rollback.requests,
    durationMs: result.durationMs + rollback.durationMs,
    open: rollback.open,
  }
}
