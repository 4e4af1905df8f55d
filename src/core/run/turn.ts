import type { Entry } from '../entry.ts'
import type { Effect, Moment } from './signal.ts'

/** What one signal comes to: its entries are recorded together, before everything else that follows from it. */
export class Turn {
  readonly moment: Moment
  entries: Entry[] = []
  effects: Effect[] = []
  #earlier: readonly Effect[] = []

  constructor(moment: Moment) {
    this.moment = moment
  }

  /** What comes from here on is recorded after all of what came before is done. */
  cut(): void {
    this.#earlier = this.close()
    this.entries = []
    this.effects = []
  }

  close(): readonly Effect[] {
    if (this.entries.length > 0) this.effects.unshift({ kind: 'record', entries: this.entries })
    return this.#earlier.length === 0 ? this.effects : [...this.#earlier, ...this.effects]
  }
}
