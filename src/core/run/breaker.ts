import type { ErrorRecord } from '../errors.ts'
import type { Signal } from './signal.ts'

/** Statuses of something in front of the backend, or of a backend that is not there. */
const UNAVAILABLE: ReadonlySet<number | string> = new Set<number | string>([408, 502, 503, 504])

/** True for a call that the backend itself did not answer: no reply, or the reply of a gateway. */
export function isSilence({ kind, status }: ErrorRecord): boolean {
  return (kind === 'retryable' || kind === 'ambiguous') && (status === undefined || UNAVAILABLE.has(status))
}

/** True for what only a backend that answers can say; a step that needed no call proves nothing. */
export function isAnswer(signal: Signal): boolean {
  if (signal.kind === 'inspected') return signal.before !== undefined || signal.absent === true || signal.id !== undefined
  return signal.kind === 'done' || signal.kind === 'moved' || (signal.kind === 'probed' && (signal.answer === 'happened' || signal.answer === 'absent'))
}

/** True for a call that was refused because there were too many. */
export function isRefusal({ status }: ErrorRecord): boolean {
  return status === 429
}

/**
 * Counts calls in a row that the backend did not answer. Of calls that were under way together only the first counts:
 * the others say nothing new.
 */
export class Breaker {
  readonly #limit: number
  #count = 0
  #round = 0

  /** `limit`: how many in a row mean that the backend is down. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** What a call carries from its start to its end. */
  get round(): number {
    return this.#round
  }

  get count(): number {
    return this.#count
  }

  /** From the second in a row on, calls are tried one at a time. */
  get isDoubtful(): boolean {
    return this.#count >= 2
  }

  get isDown(): boolean {
    return this.#count >= this.#limit
  }

  noteAnswer(): void {
    this.#count = 0
  }

  /** True when this one counted. */
  noteSilence(round: number): boolean {
    if (round !== this.#round) return false
    this.#round++
    this.#count++
    return true
  }
}
