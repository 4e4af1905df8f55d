import type { Action, ActionKind } from '../action.ts'
import type { Summary } from '../plan.ts'

/** Counts actions by kind; what is blocked counts only as blocked. */
export function summarize(actions: readonly Action[], unchanged: number): Summary {
  const counts: Record<ActionKind | 'blocked' | 'unchanged', number> = { create: 0, update: 0, replace: 0, delete: 0, forget: 0, blocked: 0, unchanged }
  for (const action of actions) counts[action.blocked === undefined ? action.kind : 'blocked']++
  return counts
}
