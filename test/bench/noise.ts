/** How evenly the machine runs: the same loop, timed over and over. */
export interface Noise {
  readonly count: number
  readonly minMs: number
  readonly medianMs: number
  readonly maxMs: number
}

/** Times a fixed piece of work between the scenarios. */
export class NoiseMeter {
  readonly #timesMs: number[] = []

  constructor() {
    // What is compiled while it runs does not count.
    for (let round = 0; round < 3; round++) spin()
  }

  beat(): void {
    const startedMs = performance.now()
    spin()
    this.#timesMs.push(performance.now() - startedMs)
  }

  report(): Noise {
    if (this.#timesMs.length === 0) this.beat()
    const sorted = [...this.#timesMs].sort((a, b) => a - b)
    return { count: sorted.length, minMs: sorted[0] as number, medianMs: sorted[sorted.length >> 1] as number, maxMs: sorted.at(-1) as number }
  }
}

function spin(): number {
  let mixed = 1
  for (let turn = 0; turn < 5_000_000; turn++) mixed = (Math.imul(mixed ^ turn, 0x6d2b79f5) + 1) >>> 0
  return mixed
}
