import type { Action } from '../action.ts'
import type { StepRecord } from '../journal.ts'
import { OPERATION_FINGERPRINT } from '../planning/operation-plan.ts'
import type { Inverse } from './inverse.ts'

/** The operation that takes one back; undefined: it was not done by this run, so nothing is left of it. */
export function invertOperation(action: Action, done: StepRecord | undefined, canUndo: boolean): Inverse | undefined {
  // What was done already when the run came to it is somebody else's.
  if (done === undefined || done.isAdapted) return undefined
  const { address, inputs = {}, dependsOn, description } = action
  const base = { address, kind: 'operation', inputs, changes: [], fingerprint: OPERATION_FINGERPRINT, dependsOn } as const
  const told = description === undefined ? {} : { description: `take back: ${description}` }
  if (canUndo && action.takesBack === undefined) return { ...base, ...told, ...(done.result && { takesBack: done.result }), calls: ['undo'] }
  const message = action.takesBack === undefined ? 'it was done, and its type has no undo: take it back by hand' : 'it took an operation back: do that operation again'
  return { ...base, blocked: { reason: 'needs-person', message }, calls: [] }
}
