import type { PlanInfo } from '../core/plan-info.ts'
import { parsePlanHead } from '../format/plan.ts'
import { getInPieces } from './document.ts'
import type { Pieces } from './pieces.ts'
import type { Store } from './store.ts'

/** A kept plan of which nothing can be said. */
export interface UnreadablePlan {
  /** As it is kept. */
  readonly id: string
  /** Why. */
  readonly problem: string
}

/** The plans that are kept for a stack, oldest first. One that is damaged hides no other. */
export async function listPlanInfos(store: Store, stack: string): Promise<readonly (PlanInfo | UnreadablePlan)[]> {
  const found: (PlanInfo | UnreadablePlan)[] = []
  for (const id of await store.list(stack, 'plan')) {
    try {
      const pieces = await getInPieces(store, stack, 'plan', id)
      if (pieces !== undefined) found.push(await readPlanInfo(pieces, id))
    } catch (error) {
      found.push({ id, problem: error instanceof Error ? error.message : String(error) })
    }
  }
  return found
}

/** Reads what is said of a plan. Its actions are counted, one a line, and not looked at: damage there goes unnoticed. Throws `format`. */
export async function readPlanInfo(pieces: Pieces, from?: string): Promise<PlanInfo> {
  let head = ''
  let isHead = true
  let breaks = 0
  for await (const piece of pieces) {
    const end = piece.indexOf('\n')
    if (isHead) head += end === -1 ? piece : piece.slice(0, end)
    if (end !== -1) isHead = false
    for (let at = end; at !== -1; at = piece.indexOf('\n', at + 1)) breaks++
  }
  const { id, mode, operation, createdAt, expiresAt } = parsePlanHead(head, from)
  // One break ends the head, and one the last line.
  return { id, mode, ...(operation !== undefined && { operation }), createdAt, ...(expiresAt !== undefined && { expiresAt }), actions: Math.max(0, breaks - 2) }
}
