import type { Action, ActionKind } from '../action.ts'
import type { Summary } from '../plan.ts'

/** Counts actions by kind; what is blocked counts only as blocked. */
export function summarize(actions: readonly Action[], unchanged: number): Summary {
  const counts: Record<Exclude<ActionKind, 'operation'> | 'blocked' | 'unchanged', number> & { operation?: number } = { create: 0, update: 0, replace: 0, delete: 0, forget: 0, blocked: 0, unchanged }
  for (const { blocked, kind } of actions) {
    if (blocked === undefined && kind === 'operation') counts.operation = (counts.operation ?? 0) + 1
    else counts[blocked === undefined ? (kind as Exclude<ActionKind, 'operation'>) : 'blocked']++
  }
  return counts
}
