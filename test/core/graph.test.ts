import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EdgeList, buildGraph, reverseGraph, type Graph } from '../../src/core/graph.ts'
import { runWhole } from '../../src/core/portion.ts'
import { anyGraph, graphOf, type Pair } from './graph-model.ts'

function pairsOf(offsets: Int32Array, targets: Int32Array): Pair[] {
  const pairs: Pair[] = []
  for (let node = 0; node + 1 < offsets.length; node++)
    for (let edge = offsets[node] as number; edge < (offsets[node + 1] as number); edge++) pairs.push([node, targets[edge] as number])
  return pairs
}

const sortedUnique = (pairs: readonly Pair[]): Pair[] => {
  const unique = new Map(pairs.map((pair) => [pair.join(), pair]))
  return [...unique.values()].sort(([a, b], [c, d]) => a - c || b - d)
}

test('an edge list grows and keeps its order', () => {
  const edges = new EdgeList(1)
  for (let edge = 0; edge < 1000; edge++) edges.add(edge, edge * 2)
  expect(edges.length).toBe(1000)
  expect([edges.dependentAt(999), edges.prerequisiteAt(999)]).toEqual([999, 1998])
  expect([edges.dependentAt(0), edges.prerequisiteAt(0)]).toEqual([0, 0])
})

test('a graph holds each edge once, both ways, in order', () => {
  fc.assert(
    fc.property(anyGraph, ({ size, pairs }) => {
      const graph = graphOf(size, pairs)
      expect(pairsOf(graph.prerequisiteOffsets, graph.prerequisites)).toEqual(sortedUnique(pairs))
      expect(pairsOf(graph.dependentOffsets, graph.dependents)).toEqual(sortedUnique(pairs.map(([a, b]): Pair => [b, a])))
    }),
  )
})

test('the order in which edges are added makes no difference', () => {
  fc.assert(
    fc.property(anyGraph, ({ size, pairs }) => {
      expect(graphOf(size, [...pairs].reverse())).toEqual(graphOf(size, pairs))
    }),
  )
})

test('turned round twice is the same', () => {
  fc.assert(
    fc.property(anyGraph, ({ size, pairs }) => {
      const graph = graphOf(size, pairs)
      expect(reverseGraph(graph)).toEqual(graphOf(size, pairs.map(([a, b]): Pair => [b, a])))
      expect(reverseGraph(reverseGraph(graph))).toEqual(graph)
    }),
  )
})

test('no nodes at all', () => {
  const graph: Graph = runWhole(buildGraph(0, new EdgeList()))
  expect(graph.prerequisiteOffsets).toEqual(new Int32Array([0]))
})

test('an edge to a node that is not there is refused, whichever end it is', () => {
  expect(() => graphOf(3, [[0, 3]])).toThrow('an edge joins nodes 0 and 3; nodes are 0 to 2')
  expect(() => graphOf(3, [[-1, 2]])).toThrow('an edge joins nodes -1 and 2')
})
