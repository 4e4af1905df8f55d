import { endsPortion, type Portions } from './portion.ts'

/** Edges as they are found: pairs of node numbers in one growing array. */
export class EdgeList {
  #pairs: Int32Array
  #length = 0
  constructor(capacity = 16) {
    this.#pairs = new Int32Array(Math.max(2, capacity) * 2)
  }

  /** How many edges there are. */
  get length(): number {
    return this.#length
  }

  /** Adds that one node waits for another. */
  add(dependent: number, prerequisite: number): void {
    const at = this.#length * 2
    if (at === this.#pairs.length) {
      const larger = new Int32Array(at * 2)
      larger.set(this.#pairs)
      this.#pairs = larger
    }
    this.#pairs[at] = dependent
    this.#pairs[at + 1] = prerequisite
    this.#length++
  }

  /** The dependent of an edge by its position. */
  dependentAt(edge: number): number {
    return this.#pairs[edge * 2] as number
  }

  /** The prerequisite of an edge by its position. */
  prerequisiteAt(edge: number): number {
    return this.#pairs[edge * 2 + 1] as number
  }
}

/**
 * A dependency graph that knows nothing of what its nodes stand for: numbers from 0, edges in compressed rows (those of
 * node `n` are at `offsets[n]` up to `offsets[n + 1]`), both ways. A million nodes are a few megabytes.
 */
export interface Graph {
  readonly size: number
  readonly prerequisiteOffsets: Int32Array
  readonly prerequisites: Int32Array
  readonly dependentOffsets: Int32Array
  readonly dependents: Int32Array
}

/** Builds a graph. An edge that is given twice counts once; rows are sorted, so the same edges give the same graph. */
export function* buildGraph(size: number, edges: EdgeList): Portions<Graph> {
  const byDependent = fillRows(size, edges.length, (edge) => edges.dependentAt(edge), (edge) => edges.prerequisiteAt(edge))
  yield
  const unique = new EdgeList(edges.length)
  for (let node = 0; node < size; node++) {
    if (endsPortion(node)) yield
    const [start, end] = [byDependent.offsets[node] as number, byDependent.offsets[node + 1] as number]
    sortRange(byDependent.targets, start, end)
    for (let at = start; at < end; at++) if (at === start || byDependent.targets[at] !== byDependent.targets[at - 1]) unique.add(node, byDependent.targets[at] as number)
  }
  const back = fillRows(size, unique.length, (edge) => unique.dependentAt(edge), (edge) => unique.prerequisiteAt(edge))
  yield
  const forth = fillRows(size, unique.length, (edge) => unique.prerequisiteAt(edge), (edge) => unique.dependentAt(edge))
  return { size, prerequisiteOffsets: back.offsets, prerequisites: back.targets, dependentOffsets: forth.offsets, dependents: forth.targets }
}

/** Most rows have a few numbers, which are sorted in their place sooner than a view of them is made. */
function sortRange(numbers: Int32Array, start: number, end: number): void {
  if (end - start > 16) {
    numbers.subarray(start, end).sort()
    return
  }
  for (let next = start + 1; next < end; next++) {
    const number = numbers[next] as number
    let at = next
    for (; at > start && (numbers[at - 1] as number) > number; at--) numbers[at] = numbers[at - 1] as number
    numbers[at] = number
  }
}

/** The same graph with every edge turned round. */
export function reverseGraph(graph: Graph): Graph {
  return {
    size: graph.size,
    prerequisiteOffsets: graph.dependentOffsets,
    prerequisites: graph.dependents,
    dependentOffsets: graph.prerequisiteOffsets,
    dependents: graph.prerequisites,
  }
}

/** Counting sort of edges into rows; what comes in order stays in order. */
function fillRows(size: number, count: number, rowOf: (edge: number) => number, targetOf: (edge: number) => number): { readonly offsets: Int32Array; readonly targets: Int32Array } {
  const offsets = new Int32Array(size + 1)
  for (let edge = 0; edge < count; edge++) {
    const [row, target] = [rowOf(edge), targetOf(edge)]
    if (row < 0 || row >= size || target < 0 || target >= size) throw new RangeError(`an edge joins nodes ${row} and ${target}; nodes are 0 to ${size - 1}`)
    offsets[row + 1] = (offsets[row + 1] as number) + 1
  }
  for (let row = 0; row < size; row++) offsets[row + 1] = (offsets[row + 1] as number) + (offsets[row] as number)
  const next = offsets.slice(0, size)
  const targets = new Int32Array(count)
  for (let edge = 0; edge < count; edge++) {
    const row = rowOf(edge)
    targets[next[row] as number] = targetOf(edge)
    next[row] = (next[row] as number) + 1
  }
  return { offsets, targets }
}
