import { typeOf } from '../address.ts'
import type { ActionKind } from '../action.ts'
import type { Flow } from './flow.ts'

interface Kind {
  left: number
  done: number
  doneMs: number
}

/**
 * How long the rest of a run takes: what is left, each by the mean of what was like it so far (the same type, the same kind of
 * action), at the rate at which the run has got through its work. That rate holds whatever limits it: concurrency, order, backend.
 */
export class Estimate {
  readonly #kinds: readonly Kind[]
  readonly #kindOf: Int32Array
  #doneMs = 0
  #done = 0

  constructor({ actions }: Flow) {
    const kinds: Kind[] = []
    const indexOf = new Map<ActionKind, Map<string, number>>()
    this.#kindOf = new Int32Array(actions.length)
    actions.forEach(({ address, kind, blocked }, action) => {
      let ofKind = indexOf.get(kind)
      if (ofKind === undefined) indexOf.set(kind, (ofKind = new Map()))
      const type = typeOf(address)
      let index = ofKind.get(type)
      if (index === undefined) {
        ofKind.set(type, (index = kinds.length))
        kinds.push({ left: 0, done: 0, doneMs: 0 })
      }
      this.#kindOf[action] = index
      if (blocked === undefined) (kinds[index] as Kind).left++
    })
    this.#kinds = kinds
  }

  /** An action has its outcome. `ms`: how long it took; absent: it took nothing, and says nothing of others. */
  noteSettled(action: number, ms: number | undefined): void {
    const kind = this.#kinds[this.#kindOf[action] as number] as Kind
    kind.left--
    if (ms === undefined) return
    kind.done++
    kind.doneMs += ms
    this.#done++
    this.#doneMs += ms
  }

  /** In milliseconds, for a run that has gone on for so long; undefined as long as nothing can be said. */
  leftMs(elapsedMs: number): number | undefined {
    if (this.#doneMs === 0) return undefined
    let workMs = 0
    for (const { left, done, doneMs } of this.#kinds) workMs += left * (done > 0 ? doneMs / done : this.#doneMs / this.#done)
    return (elapsedMs * workMs) / this.#doneMs
  }
}
