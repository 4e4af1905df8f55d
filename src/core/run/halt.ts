import type { Address } from '../address.ts'
import type { Entry } from '../entry.ts'
import type { ErrorRecord } from '../errors.ts'

/** Why nothing more starts. */
export type Halt =
  /** A failure stopped the run. `because`: the step that failed; `message`: what else did. */
  | { readonly outcome: 'skipped'; readonly because: number; readonly message?: undefined }
  | { readonly outcome: 'skipped'; readonly because?: undefined; readonly message: string }
  | { readonly outcome: 'cancelled'; readonly message?: undefined }
  /** What has no outcome yet is left to be resumed. */
  | { readonly outcome: 'paused'; readonly message: string }

/** A call that may have happened, with what it failed with. `repeatable`: it may just be made again. */
export interface Doubt {
  readonly error: ErrorRecord
  readonly repeatable: boolean
}

/** What becomes of a step that a halted run did not settle. A call that may have happened is never written off. */
export function concludeStep(step: string, doubt: Doubt | undefined, halt: Halt, because: Address | undefined, at: string): { readonly outcome: 'interrupted' | 'skipped' | 'cancelled'; readonly entry: Entry; readonly message: string } {
  if (doubt !== undefined) {
    const message = `${doubt.error.message}; whether it happened is unknown`
    return { outcome: 'interrupted', entry: { kind: 'interrupted', step, message, at }, message }
  }
  if (halt.outcome !== 'skipped') return { outcome: 'cancelled', entry: { kind: 'cancelled', step, at }, message: 'the run was cancelled before it started' }
  const message = halt.because === undefined ? halt.message : `the run stopped after ${because}`
  return { outcome: 'skipped', entry: { kind: 'skipped', step, ...(because === undefined ? { message } : { because }), at }, message }
}
