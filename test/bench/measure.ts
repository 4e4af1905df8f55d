import { cpuUsage, resourceUsage } from 'node:process'
import type { Bed, Yield } from './phase.ts'

/** What rounds of the same work came to. */
export interface Measured extends Yield {
  /** Of each round, in their order. */
  readonly roundsMs: readonly number[]
  /** CPU of all threads in each round: what others do on the machine counts little there. */
  readonly roundsCpuMs: readonly number[]
  /** Of the process that did nothing else, its making ready and its warming up included. */
  readonly peakBytes: number
  /** Before the first round that counts. */
  readonly peakBeforeBytes: number
  /** What the making ready for all rounds took. */
  readonly openMs: number
  /** What each round took with its own making ready, on average. */
  readonly wholeMs: number
}

/** How often: what is short is repeated until it has taken so long in all. */
export interface Repeats {
  /** At least. */
  readonly rounds: number
  readonly atLeastMs: number
  /** Rounds beforehand that do not count, so that the code is warm. */
  readonly warmMs: number
}

/** More rounds than this tell nothing new. */
const MOST_ROUNDS = 50

/** Times rounds, one after the other. */
export async function measureRounds(bed: Bed, { rounds, atLeastMs }: Repeats, openMs: number): Promise<Measured> {
  const startedMs = performance.now()
  const roundsMs: number[] = []
  const roundsCpuMs: number[] = []
  let last: Yield = { actions: 0, requests: 0 }
  let peakBeforeBytes = 0
  for (let count = 0; count < rounds || (count < MOST_ROUNDS && performance.now() - startedMs < atLeastMs); count++) {
    const round = await bed.round()
    globalThis.gc?.()
    if (count === 0) peakBeforeBytes = peakBytes()
    const before = cpuUsage()
    roundsMs.push(await timeMs(() => round.run()))
    const { user, system } = cpuUsage(before)
    roundsCpuMs.push((user + system) / 1_000)
    last = await round.tell()
  }
  return { ...last, roundsMs, roundsCpuMs, peakBytes: peakBytes(), peakBeforeBytes, openMs, wholeMs: (performance.now() - startedMs) / roundsMs.length }
}

const FEWEST_WARM = 6

/** Repeats rounds that do not count until the code is warm. */
export async function warmUp(bed: Bed, forMs: number): Promise<void> {
  const startedMs = performance.now()
  // On a busy machine the time alone would not be enough for the compiler.
  for (let count = 0; count < FEWEST_WARM || performance.now() - startedMs < forMs; count++) {
    const round = await bed.round()
    await round.run()
    await round.tell()
  }
}

export async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

function peakBytes(): number {
  return resourceUsage().maxRSS * 1024
}
