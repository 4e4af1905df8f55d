import type { Bed } from './phase.ts'

/** For how long nothing else of the process could run. */
export interface LoopGap {
  readonly longestMs: number
  /** Blocks of more than 50 ms. */
  readonly long: number
  readonly wholeMs: number
}

/** Watches the event loop from a timer while a round runs: what lies between two of its calls, beside the millisecond that was asked for, is a block. */
export async function measureGap(bed: Bed): Promise<LoopGap> {
  const round = await bed.round()
  globalThis.gc?.()
  let longestMs = 0
  let long = 0
  let lastMs = performance.now()
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    const nowMs = performance.now()
    const gapMs = nowMs - lastMs - 1
    longestMs = Math.max(longestMs, gapMs)
    if (gapMs > 50) long++
    lastMs = nowMs
    timer = setTimeout(look, 1)
  }
  timer = setTimeout(look, 1)
  const startedMs = performance.now()
  await round.run()
  // The last block ends when the loop comes round again.
  await new Promise((resolve) => setTimeout(resolve, 5))
  clearTimeout(timer)
  const wholeMs = performance.now() - startedMs
  await round.tell()
  return { longestMs, long, wholeMs }
}
