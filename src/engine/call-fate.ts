import type { FaultKind } from '../core/errors.ts'
import type { Step } from '../core/action.ts'
import type { ActionType } from '../provider/type-of-action.ts'

/** What has become of a task whose handle a call saved, by the fault of that call. What an operation saves is its own affair. */
export function judgeTask({ call }: Step, fault: FaultKind): 'running' | 'failed' | undefined {
  if (call !== 'create' && call !== 'update' && call !== 'delete') return undefined
  return fault === 'retryable' || fault === 'ambiguous' ? 'running' : 'failed'
}

/**
 * True for a call that may be made again at once though it may have happened. Where writes take their time to show, it is asked
 * first, so that no late first one lands after what has come since.
 */
export function isRepeatable({ call }: Step, type: ActionType | undefined): boolean {
  if (call === 'settle' || call === 'forget') return true
  return (call === 'update' || call === 'delete') && (type?.visibleWithinMs ?? 0) === 0
}
