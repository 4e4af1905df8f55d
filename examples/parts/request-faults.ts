/** A fault on demand, and which requests meet it. `Kind`: what can go wrong with a request. */
export interface RequestFault<Kind extends string> {
  readonly fault: Kind
  /** Only requests of this method. Default: any. */
  readonly method?: string
  /** Only requests whose path it matches. Default: any. */
  readonly path?: RegExp
  /** Lets this many fitting requests pass first, and again between two rounds. Default: 0. */
  readonly skip?: number
  /** How many in a row it hits. Default: 1. */
  readonly times?: number
  /** Instead: all that come within this time of the first. */
  readonly forMs?: number
  /** True: begins anew after each round. Default: false. */
  readonly repeats?: boolean
}

/** How far a fault is. */
interface Round {
  skip: number
  left: number
  untilMs: number | undefined
}

/** Faults that requests meet, in the order in which they were asked for. */
export class RequestFaults<Fault extends RequestFault<string>> {
  readonly #nowMs: () => number
  #scripts: { readonly fault: Fault; round: Round }[] = []

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  add(fault: Fault): void {
    this.#scripts.push({ fault, round: beginRound(fault) })
  }

  clear(): void {
    this.#scripts = []
  }

  /** What this request meets, if anything. */
  take(method: string, path: string): Fault | undefined {
    for (const script of this.#scripts) {
      const { fault } = script
      if ((fault.method !== undefined && fault.method !== method) || fault.path?.test(path) === false) continue
      if (this.#isOver(fault, script.round)) {
        if (fault.repeats !== true) continue
        script.round = beginRound(fault)
      }
      const { round } = script
      if (round.skip > 0) {
        round.skip--
        continue
      }
      round.left--
      round.untilMs ??= this.#nowMs() + (fault.forMs ?? 0)
      return fault
    }
    return undefined
  }

  #isOver({ forMs }: Fault, { left, untilMs }: Round): boolean {
    return forMs === undefined ? left === 0 : untilMs !== undefined && this.#nowMs() >= untilMs
  }
}

function beginRound({ skip = 0, times = 1 }: RequestFault<string>): Round {
  return { skip, left: times, untilMs: undefined }
}
