import { reverseGraph, type Graph } from './graph.ts'
import { sortTopologically } from './graph-order.ts'

/** Marks (1) the given nodes and all that wait for them, directly or not. */
export function collectDependents(graph: Graph, from: Iterable<number>): Uint8Array {
  const marks = new Uint8Array(graph.size)
  const queue: number[] = []
  const mark = (node: number): void => {
    if (marks[node] === 1) return
    marks[node] = 1
    queue.push(node)
  }
  for (const node of from) mark(node)
  for (let at = 0; at < queue.length; at++) {
    const node = queue[at] as number
    for (let edge = graph.dependentOffsets[node] as number; edge < (graph.dependentOffsets[node + 1] as number); edge++) mark(graph.dependents[edge] as number)
  }
  return marks
}

/** Marks (1) the given nodes and all that they need, directly or not: their closure. */
export function collectPrerequisites(graph: Graph, from: Iterable<number>): Uint8Array {
  return collectDependents(reverseGraph(graph), from)
}

/** The weight of the heaviest path from each node through what waits for it, its own weight included. Weights: default 1 each. Throws `cycle`. */
export function measureRemaining(graph: Graph, weights?: Float64Array): Float64Array {
  const remaining = new Float64Array(graph.size)
  const order = sortTopologically(graph)
  for (let position = graph.size - 1; position >= 0; position--) {
    const node = order[position] as number
    let longest = 0
    for (let edge = graph.dependentOffsets[node] as number; edge < (graph.dependentOffsets[node + 1] as number); edge++)
      longest = Math.max(longest, remaining[graph.dependents[edge] as number] as number)
    remaining[node] = longest + (weights === undefined ? 1 : (weights[node] as number))
  }
  return remaining
}
