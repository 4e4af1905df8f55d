import type { Action } from '../core/action.ts'
import type { RunOutcome } from '../core/entry.ts'
import type { RunEvent } from '../core/event.ts'
import { neutralise } from '../render/neutralise.ts'

/** Remembers where a run went wrong first: the phase, and the action. */
export class StoppingPlace {
  #place: Action | undefined
  #phase: string | undefined
  #hookPhase: string | undefined

  note(event: RunEvent): void {
    if (this.#place !== undefined || this.#hookPhase !== undefined) return
    switch (event.name) {
      case 'phase:started':
        this.#phase = event.phase
        break
      case 'action:failed':
      case 'action:interrupted':
        this.#place = event.action
        break
      case 'decision:made':
        if (event.choice === 'pause') this.#place = event.action
        break
      case 'hook:finished':
        // What fails before an action fails that action.
        if (event.result.status === 'failed' && event.result.action === undefined) this.#hookPhase = event.result.phase ?? this.#phase
        break
      default:
    }
  }

  /** `in phase deploy, at start/web-1`; undefined where the plan has no phases, or the run came to its end. */
  describe(outcome: RunOutcome): string | undefined {
    // What was left out, as it was decided, stopped nothing.
    if (this.#place === undefined && this.#hookPhase === undefined && outcome !== 'paused' && outcome !== 'cancelled') return undefined
    const phase = this.#place === undefined ? (this.#hookPhase ?? this.#phase) : this.#place.phase
    if (phase === undefined) return undefined
    return `in phase ${neutralise(phase)}${this.#place === undefined ? '' : `, at ${neutralise(this.#place.address)}`}`
  }
}
