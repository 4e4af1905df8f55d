import type { Entry } from '../entry.ts'
import type { Effect, Moment } from './signal.ts'

/** What one signal comes to: its entries are recorded together, before everything else. */
export class Turn {
  readonly moment: Moment
  readonly entries: Entry[] = []
  readonly effects: Effect[] = []

  constructor(moment: Moment) {
    this.moment = moment
  }

  close(): readonly Effect[] {
    if (this.entries.length > 0) this.effects.unshift({ kind: 'record', entries: this.entries })
    return this.effects
  }
}
