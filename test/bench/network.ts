import { createRandom } from '../../src/testing/manual-clock.ts'

/** Actions with what each depends on, which stands before it, and how long each takes. */
export interface Network {
  readonly name: string
  readonly dependencies: readonly (readonly number[])[]
  readonly durationsMs: readonly number[]
}

/** Networks of about so many actions, from 1 to 50 ms each. The same seed, the same networks. */
export function drawNetworks(size: number, seed: number): readonly Network[] {
  const random = createRandom(seed)
  const below = (bound: number): number => Math.floor(random() * bound)
  const draw = (name: string, dependencies: readonly (readonly number[])[]): Network => ({ name, dependencies, durationsMs: dependencies.map(() => 1 + random() * 49) })
  const range = <T>(length: number, make: (at: number) => T): T[] => Array.from({ length }, (_, at) => make(at))

  const width = Math.max(2, Math.round(Math.sqrt(size) * 2))
  const layered = range(size, (at) => {
    const layer = Math.floor(at / width)
    return layer === 0 ? [] : [...new Set(range(2, () => (layer - 1) * width + below(width)))]
  })
  // Forks of 49 that join in one, each fork after the join before it.
  const forked = range(size, (at) => {
    const block = Math.floor(at / 50) * 50
    if (at % 50 === 49 || at === size - 1) return range(at - block, (each) => block + each)
    return block === 0 ? [] : [block - 1]
  })
  // A tenth is one chain; it stands last in the declaration, so that whoever starts what comes first starts it too late.
  const short = size - Math.floor(size / 10)
  const chained = range(size, (at) => (at <= short ? [] : [at - 1]))
  return [draw('independent', range(size, () => [])), draw('layered at random', layered), draw('fork and join', forked), draw('a long chain, many short', chained)]
}

/** No schedule can be shorter: the longest path, and all work shared out evenly. */
export function boundOf({ dependencies, durationsMs }: Network, concurrency: number): number {
  const ends: number[] = []
  for (const [at, before] of dependencies.entries()) ends.push(Math.max(0, ...before.map((each) => ends[each] as number)) + (durationsMs[at] as number))
  return Math.max(ends.reduce((a, b) => Math.max(a, b), 0), durationsMs.reduce((a, b) => a + b, 0) / concurrency)
}
