import { CycleError } from './errors.ts'
import type { Graph } from './graph.ts'

/**
 * Nodes with their prerequisites first (Kahn's algorithm, first come first served by number, so the order is always the
 * same). Throws `cycle` with the names of one cycle.
 */
export function sortTopologically(graph: Graph, nameOf: (node: number) => string = String): Int32Array {
  const order = new Int32Array(graph.size)
  if (visitInOrder(graph, (node, position) => (order[position] = node)) === graph.size) return order
  const cycle = findCycle(graph) as readonly number[]
  throw new CycleError([...cycle, cycle[0] as number].map(nameOf))
}

/** Nodes in groups: each group needs only what stands in groups before it. Throws `cycle`. */
export function groupLevels(graph: Graph): readonly Int32Array[] {
  const levelOf = new Int32Array(graph.size)
  const levels: number[][] = []
  for (const node of sortTopologically(graph)) {
    let level = 0
    for (let edge = graph.prerequisiteOffsets[node] as number; edge < (graph.prerequisiteOffsets[node + 1] as number); edge++)
      level = Math.max(level, (levelOf[graph.prerequisites[edge] as number] as number) + 1)
    levelOf[node] = level
    ;(levels[level] ??= []).push(node)
  }
  return levels.map((nodes) => Int32Array.from(nodes).sort())
}

/** One cycle, each node once, each waiting for the next, none shorter through its first node; undefined where there is none. */
export function findCycle(graph: Graph): readonly number[] | undefined {
  const isFree = new Uint8Array(graph.size)
  if (visitInOrder(graph, (node) => (isFree[node] = 1)) === graph.size) return undefined
  // Whatever is not free waits for something that is not free: following such edges must come back to a node.
  const seen = new Uint8Array(graph.size)
  let node = isFree.indexOf(0)
  while (seen[node] === 0) {
    seen[node] = 1
    const row = graph.prerequisites.subarray(graph.prerequisiteOffsets[node] as number, graph.prerequisiteOffsets[node + 1] as number)
    node = row.find((prerequisite) => isFree[prerequisite] === 0) as number
  }
  return findShortest(graph, node)
}

/** The shortest cycle through a node that is known to be in one: breadth first, back to itself. */
function findShortest(graph: Graph, start: number): readonly number[] {
  const cameFrom = new Int32Array(graph.size).fill(-1)
  const queue = [start]
  for (let at = 0; ; at++) {
    const node = queue[at] as number
    for (let edge = graph.prerequisiteOffsets[node] as number; edge < (graph.prerequisiteOffsets[node + 1] as number); edge++) {
      const next = graph.prerequisites[edge] as number
      if (next === start) return tracePath(cameFrom, start, node)
      if (cameFrom[next] !== -1) continue
      cameFrom[next] = node
      queue.push(next)
    }
  }
}

function tracePath(cameFrom: Int32Array, start: number, end: number): readonly number[] {
  const path = [end]
  for (let node = end; node !== start; ) path.push((node = cameFrom[node] as number))
  return path.reverse()
}

/** Visits what can be ordered, and says how many that were. */
function visitInOrder(graph: Graph, visit: (node: number, position: number) => void): number {
  const { size, prerequisiteOffsets, dependentOffsets, dependents } = graph
  const missing = new Int32Array(size)
  const queue = new Int32Array(size)
  let end = 0
  for (let node = 0; node < size; node++) {
    missing[node] = (prerequisiteOffsets[node + 1] as number) - (prerequisiteOffsets[node] as number)
    if (missing[node] === 0) queue[end++] = node
  }
  for (let at = 0; at < end; at++) {
    const node = queue[at] as number
    visit(node, at)
    for (let edge = dependentOffsets[node] as number; edge < (dependentOffsets[node + 1] as number); edge++) {
      const dependent = dependents[edge] as number
      missing[dependent] = (missing[dependent] as number) - 1
      if (missing[dependent] === 0) queue[end++] = dependent
    }
  }
  return end
}
