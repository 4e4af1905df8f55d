import type { Step } from '../core/action.ts'
import { parseAddress } from '../core/address.ts'
import type { Entry } from '../core/entry.ts'

interface Mean {
  count: number
  totalMs: number
}

/** How long steps took in earlier runs: the same step, else the same call of the same type, else any. */
export class Durations {
  readonly #startedMs = new Map<string, number>()
  readonly #ofStep = new Map<string, number>()
  readonly #ofCall = new Map<string, Mean>()
  readonly #ofAny: Mean = { count: 0, totalMs: 0 }

  /** True: nothing is known. */
  get isEmpty(): boolean {
    return this.#ofAny.count === 0
  }

  /** Notes a line of a journal; the newest run comes first, and what it says of a step holds. */
  note(entry: Entry): void {
    if (entry.kind === 'started') this.#startedMs.set(entry.step, Date.parse(entry.at))
    if (entry.kind !== 'succeeded') return
    const startedMs = this.#startedMs.get(entry.step)
    if (startedMs === undefined || entry.adopted === true) return
    const ms = Math.max(0, Date.parse(entry.at) - startedMs)
    if (!this.#ofStep.has(entry.step)) this.#ofStep.set(entry.step, ms)
    const call = nameCall(entry.step)
    let mean = this.#ofCall.get(call)
    if (mean === undefined) this.#ofCall.set(call, (mean = { count: 0, totalMs: 0 }))
    for (const each of [mean, this.#ofAny]) {
      each.count++
      each.totalMs += ms
    }
  }

  /** A run is over: what began in it and has no outcome says nothing. */
  endRun(): void {
    this.#startedMs.clear()
  }

  /** How long a step may take. One more than was seen: of steps that take nothing, the longer path still goes first. */
  weigh({ key }: Step): number {
    const known = this.#ofStep.get(key)
    if (known !== undefined) return 1 + known
    const { count, totalMs } = this.#ofCall.get(nameCall(key)) ?? this.#ofAny
    return 1 + (count === 0 ? 0 : totalMs / count)
  }
}

/** `create:item/a` is a create of items. */
function nameCall(key: string): string {
  const colon = key.indexOf(':')
  return `${key.slice(0, colon)} ${parseAddress(key.slice(colon + 1)).type}`
}
