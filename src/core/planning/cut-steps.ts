import type { Action, Step } from '../action.ts'

/** The same actions; their steps wait no longer for those of the ones that were taken out. */
export function cutSteps(actions: readonly Action[], takenOut: readonly Action[]): readonly Action[] {
  const gone = new Set(takenOut.flatMap(({ steps }) => steps.map(({ key }) => key)))
  if (gone.size === 0) return actions
  const cut = ({ comesAfter, settledBy, ...step }: Step): Step => ({
    ...step,
    after: step.after.filter((key) => !gone.has(key)),
    ...(comesAfter !== undefined && !gone.has(comesAfter) && { comesAfter }),
    ...(settledBy !== undefined && !gone.has(settledBy) && { settledBy }),
  })
  return actions.map((action) => ({ ...action, steps: action.steps.map(cut) }))
}
