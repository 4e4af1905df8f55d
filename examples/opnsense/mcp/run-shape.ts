import type { ActionResult, RunResult } from 'convergent'
import * as z from 'zod'

const errorShape = z.object({ code: z.string(), message: z.string(), fields: z.array(z.object({ path: z.string(), reason: z.string() })).optional() })

const actionShape = z.object({ kind: z.string(), address: z.string(), outcome: z.string(), id: z.string().optional(), error: errorShape.optional(), message: z.string().optional() })

/** A run's result, for programs. */
export const runShape = {
  runId: z.string(),
  planId: z.string(),
  outcome: z.string().describe('succeeded, partial, failed, cancelled, interrupted, paused or rolled-back'),
  success: z.boolean(),
  open: z.boolean().describe('true: the run is not settled; resumeRun goes on with it'),
  counts: z.record(z.string(), z.number()).describe('how many actions came to what'),
  actions: z.array(actionShape),
  rollback: z.object({ runId: z.string(), success: z.boolean() }).optional().describe('how what had been done was taken back'),
}

/** A run's result as {@link runShape} has it. */
export function shapeRun({ runId, planId, outcome, success, open, counts, actions, rollback }: RunResult): Readonly<Record<string, unknown>> {
  return {
    runId,
    planId,
    outcome,
    success,
    open,
    counts: Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    actions: actions.map(shapeAction),
    ...(rollback && { rollback: { runId: rollback.runId, success: rollback.success } }),
  }
}

function shapeAction({ kind, address, outcome, id, error, message }: ActionResult): z.infer<typeof actionShape> {
  return {
    kind,
    address,
    outcome,
    ...(id !== undefined && { id }),
    ...(error && { error: { code: error.code, message: error.message, ...(error.fields && { fields: error.fields.map(({ path, reason }) => ({ path, reason })) }) } }),
    ...(message !== undefined && { message }),
  }
}
