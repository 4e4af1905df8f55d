import type { Outcome, RunOutcome } from '../core/entry.ts'

/** An outcome in words: `rolled back`. */
export function nameOutcome(outcome: Outcome | RunOutcome): string {
  return outcome.replace('-', ' ')
}
