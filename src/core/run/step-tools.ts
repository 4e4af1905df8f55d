import type { StepBoard } from './board.ts'
import type { Flow } from './flow.ts'
import type { RunLedger } from './ledger.ts'
import type { Pace } from './pace.ts'
import type { RunSettings } from './settings.ts'
import type { Unsettled } from './unsettled.ts'

/** What the steps of a run share with it. */
export interface StepTools {
  readonly flow: Flow
  readonly settings: RunSettings
  readonly board: StepBoard
  readonly pace: Pace
  readonly ledger: RunLedger
  readonly unsettled: Unsettled
  /** A step waits for no other one any more. */
  readonly onFree: (step: number) => void
}
