import { setImmediate } from 'node:timers/promises'

/** Somebody who writes all the time. */
export interface WritingClient {
  /** Settles once so many writes were acknowledged. */
  hasWritten(count: number): Promise<void>
  /** Ends it, and gives what was acknowledged. */
  stop(): Promise<readonly number[]>
}

/** Writes one number after the other. One that is refused, or whose answer is lost, is left: the next one is another. */
export function writeSteadily(write: (id: number) => Promise<unknown>): WritingClient {
  const acknowledged: number[] = []
  let isStopped = false
  const work = (async () => {
    for (let id = 1; !isStopped; id++) {
      await write(id).then(() => acknowledged.push(id), () => undefined)
      await setImmediate()
    }
  })()
  return {
    hasWritten: async (count) => {
      while (acknowledged.length < count) await setImmediate()
    },
    stop: async () => {
      isStopped = true
      await work
      return acknowledged
    },
  }
}
