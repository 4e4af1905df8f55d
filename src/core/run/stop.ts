import { isSettler, type Flow } from './flow.ts'
import type { Halt } from './halt.ts'
import type { RunSettings } from './settings.ts'

/** Whether a run starts anything more, and what goes on when it does not. */
export class Stop {
  /** Why nothing more starts. */
  halt: Halt | undefined
  /** True: somebody chose that what was done is taken back. */
  takesBack = false
  /** True: calls are aborted, or must not be made, so that what is written is left to be settled by another run. */
  isAbrupt = false
  readonly #flow: Flow
  readonly #settings: RunSettings

  constructor(flow: Flow, settings: RunSettings) {
    this.#flow = flow
    this.#settings = settings
  }

  /** Starts nothing more, and leaves what has no outcome to be resumed; of a run that has stopped already, what was to be settled yet. */
  pause(message: string): void {
    if (this.halt !== undefined && this.halt.outcome !== 'paused') this.isAbrupt = true
    this.halt ??= { outcome: 'paused', message }
  }

  /** True for a step that goes on although nothing more starts: what is written is settled. What is to be taken back is settled then. */
  outlives(step: number): boolean {
    const isTakenBack = this.halt?.outcome === 'skipped' && (this.takesBack || this.#settings.takesBack === true)
    return isSettler(this.#flow, step) && this.halt?.outcome !== 'paused' && !this.isAbrupt && !isTakenBack
  }
}
