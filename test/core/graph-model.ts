import fc from 'fast-check'
import { EdgeList, buildGraph, type Graph } from '../../src/core/graph.ts'
import { runWhole } from '../../src/core/portion.ts'

/** An edge: who waits, for whom. */
export type Pair = readonly [dependent: number, prerequisite: number]

export function graphOf(size: number, pairs: readonly Pair[]): Graph {
  const edges = new EdgeList()
  for (const [dependent, prerequisite] of pairs) edges.add(dependent, prerequisite)
  return runWhole(buildGraph(size, edges))
}

/** All that the nodes need, by walking edges one by one until nothing is added. */
export function closureOf(pairs: readonly Pair[], from: Iterable<number>): Set<number> {
  const found = new Set(from)
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const [dependent, prerequisite] of pairs) if (found.has(dependent)) found.add(prerequisite)
  }
  return found
}

export function hasCycle(pairs: readonly Pair[]): boolean {
  return pairs.some(([dependent, prerequisite]) => closureOf(pairs, [prerequisite]).has(dependent))
}

/** Any edges between up to 12 nodes, cycles and repetitions included. */
export const anyGraph = fc
  .integer({ min: 1, max: 12 })
  .chain((size) => fc.record({ size: fc.constant(size), pairs: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 24 }) }))

/** The same without cycles: edges run from a later place in a random order to an earlier one. */
export const anyAcyclicGraph = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc
    .record({
      ranks: fc.shuffledSubarray([...Array(size).keys()], { minLength: size, maxLength: size }),
      raw: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 24 }),
    })
    .map(({ ranks, raw }) => ({
      size,
      pairs: raw.filter(([a, b]) => a !== b).map(([a, b]): Pair => ((ranks[a] as number) > (ranks[b] as number) ? [a, b] : [b, a])),
    })),
)

/** Every labelled graph without cycles of that many nodes. */
export function* allAcyclicGraphs(size: number): Generator<readonly Pair[]> {
  const places: Pair[] = []
  for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) if (a !== b) places.push([a, b])
  for (let bits = 0; bits < 2 ** places.length; bits++) {
    const pairs = places.filter((_, at) => (bits & (1 << at)) !== 0)
    if (!hasCycle(pairs)) yield pairs
  }
}
