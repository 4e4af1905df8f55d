import type { Action } from '../action.ts'
import type { Mutable } from '../mutable.ts'
import type { Summary } from '../plan.ts'

/** Counts actions by kind; what is blocked counts only as blocked. */
export function summarize(actions: readonly Action[], unchanged: number): Summary {
  const counts: Mutable<Summary> = { create: 0, update: 0, replace: 0, delete: 0, forget: 0, blocked: 0, unchanged }
  for (const { blocked, kind } of actions) {
    if (blocked !== undefined) counts.blocked++
    else if (kind === 'operation' || kind === 'settle') counts[kind] = (counts[kind] ?? 0) + 1
    else counts[kind]++
  }
  return counts
}
