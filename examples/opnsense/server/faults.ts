/**
 * What goes wrong with a request.
 * - `unavailable` (503) and `error` (500): before anything happened. `error-after` (500): it happened all the same.
 * - `reset-before`, `reset-after`: the connection is cut, and it did not happen or it did.
 * - `reset-late`: the connection is cut at once, and it happens `afterMs` later.
 * - `hang`: nothing happens, and nobody ever answers.
 * - `warning`: HTTP 200 with an `errorMessage`, and nothing happened.
 * - `in-vain`: an apply or reconfigure says ok, and nothing becomes live.
 */
export const faultKinds = ['unavailable', 'error', 'error-after', 'reset-before', 'reset-after', 'reset-late', 'hang', 'warning', 'in-vain'] as const
/** One of them. */
export type ServerFaultKind = (typeof faultKinds)[number]

/** Faults on demand. */
export interface ServerFault {
  readonly fault: ServerFaultKind
  /** Only requests of this method. Default: any. */
  readonly method?: string
  /** Only requests whose path it matches. Default: any. */
  readonly path?: RegExp
  /** Lets this many fitting requests pass first, and again between two rounds. Default: 0. */
  readonly skip?: number
  /** How many in a row it hits. Default: 1. */
  readonly times?: number
  /** True: begins anew after each round. Default: false. */
  readonly repeats?: boolean
  /** When a `reset-late` happens after all. Default: 50. */
  readonly afterMs?: number
}

interface Script {
  readonly fault: ServerFault
  skip: number
  left: number
}

/** Faults that requests meet, in the order in which they were asked for. */
export class Faults {
  #scripts: Script[] = []

  add(fault: ServerFault): void {
    this.#scripts.push({ fault, ...beginRound(fault) })
  }

  clear(): void {
    this.#scripts = []
  }

  take(method: string, path: string): ServerFault | undefined {
    for (const script of this.#scripts) {
      const { fault } = script
      if ((fault.method !== undefined && fault.method !== method) || fault.path?.test(path) === false) continue
      if (script.left === 0) {
        if (fault.repeats !== true) continue
        Object.assign(script, beginRound(fault))
      }
      if (script.skip > 0) {
        script.skip--
        continue
      }
      script.left--
      return fault
    }
    return undefined
  }
}

function beginRound({ skip = 0, times = 1 }: ServerFault): { skip: number; left: number } {
  return { skip, left: times }
}
