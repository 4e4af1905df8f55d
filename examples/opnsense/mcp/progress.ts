import type { Action, RunEvent } from 'convergent'
import { renderEvent } from 'convergent/render'

/** How far a run is, as a client is told. */
export interface ProgressNote {
  /** 0 to 100, and more than in the note before. */
  readonly percent: number
  /** What has happened, for people. */
  readonly message: string
}

/** What an action counts for once it was begun, where it came to nothing, and once it is done. */
const BEGUN = 0.5
const FAILED = 0.75

/**
 * Makes notes of a run's events, each of which says more than the one before, as the protocol wants it. What is left out, because
 * something failed, counts nothing: so a hundred is only reached by a run that did all it was to do. When a failed run is taken
 * back, that fills what was left of the hundred.
 */
export class ProgressMeter {
  #from = 0
  #last = -1
  #total = 0
  #sum = 0
  #settled = 0
  /** Actions that were done before, where a run is gone on with. */
  #before = 0
  readonly #counts = new Map<string, number>()

  /** Undefined: there is nothing new for a client. */
  note(event: RunEvent): ProgressNote | undefined {
    switch (event.name) {
      case 'run:started':
        this.#begin(event.total)
        return this.#tell(renderEvent(event))
      case 'action:started':
        this.#count(event.action, BEGUN)
        return this.#tell(renderEvent(event))
      case 'action:succeeded':
      case 'action:blocked':
        this.#count(event.action, 1)
        break
      case 'action:failed':
      case 'action:stale':
      case 'action:interrupted':
        this.#count(event.action, FAILED)
        break
      case 'action:skipped':
      case 'action:cancelled':
        this.#settled++
        return undefined
      default:
        return undefined
    }
    this.#before = Math.max(this.#before, event.progress.done - ++this.#settled)
    return this.#tell(renderEvent(event))
  }

  /** The second one to begin takes back what the first one did. */
  #begin(total: number): void {
    this.#from = Math.max(0, this.#last)
    this.#total = total
    this.#sum = 0
    this.#settled = 0
    this.#before = 0
    this.#counts.clear()
  }

  #count({ kind, address, id = '' }: Action, part: number): void {
    const key = `${kind} ${address} ${id}`
    this.#sum += part - (this.#counts.get(key) ?? 0)
    this.#counts.set(key, part)
  }

  #tell(message: string | undefined): ProgressNote | undefined {
    const part = this.#total === 0 ? 1 : Math.min(1, (this.#before + this.#sum) / this.#total)
    const percent = Math.round((this.#from + (100 - this.#from) * part) * 100) / 100
    if (percent <= this.#last || message === undefined) return undefined
    this.#last = percent
    return { percent, message }
  }
}
