import type { RunRecord } from '../journal.ts'
import { isUnknown } from '../journal.ts'
import { FormatError } from '../errors.ts'
import { isSettler, type Flow } from './flow.ts'
import type { Doubt } from './halt.ts'

/** What an earlier process left of a step. */
export interface StepRemains {
  readonly step: number
  readonly attempts: number
  /** It has its outcome: it is done, or was left out because somebody said so. */
  readonly end: 'succeeded' | 'skipped' | undefined
  /** Of what it made or changed. */
  readonly id: string | undefined
  /** It was begun, and whether it happened is not recorded. */
  readonly doubt: Doubt | undefined
  /** A call of it was lost, and left no handle. */
  readonly isLost: boolean
  /** How often it failed for good: a call after that is another one, with another key. */
  readonly definiteFailures: number
}

/** Reads from a journal what is left of each step of the flow. Throws `format` when the journal is about another plan. */
export function listRemains(flow: Flow, record: RunRecord): readonly StepRemains[] {
  return [...record.steps.values()].map((known) => {
    const step = flow.indexOf.get(known.step)
    if (step === undefined) throw new FormatError('journal', `it names the step ${known.step}, which the plan does not have`)
    const error = known.error ?? { code: 'not-recorded', message: 'it was begun, and no outcome was recorded' }
    return {
      step,
      attempts: known.attempts,
      end: known.status === 'succeeded' ? 'succeeded' : known.isLeftOut ? 'skipped' : undefined,
      id: known.id,
      // To settle once more does no harm.
      doubt: isUnknown(known) ? { error, repeatable: isSettler(flow, step) } : undefined,
      isLost: known.isLost || known.handle === undefined,
      definiteFailures: known.definiteFailures,
    }
  })
}
