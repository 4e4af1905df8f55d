import type { ReadContext } from './context.ts'

/** How time passes for whoever waits. */
export type Timer = Pick<ReadContext, 'wait' | 'elapsedMs'>

/** Between two reads: the first pause, doubled each time, and the longest one. */
export interface Pauses {
  readonly firstMs: number
  readonly longestMs: number
}

/** Reads until what is read fits, and no longer than this; gives what was read last. */
export async function readUntil<T>(read: () => Promise<T>, fits: (found: T) => boolean, withinMs: number, { wait, elapsedMs }: Timer, { firstMs, longestMs }: Pauses): Promise<T> {
  const begunMs = elapsedMs()
  for (let pauseMs = firstMs; ; pauseMs = Math.min(2 * pauseMs, longestMs)) {
    // By when it was asked: a reply that takes its time says nothing of the time since.
    const leftMs = withinMs - (elapsedMs() - begunMs)
    const found = await read()
    if (fits(found) || leftMs <= 0) return found
    await wait(Math.min(leftMs, pauseMs))
  }
}
