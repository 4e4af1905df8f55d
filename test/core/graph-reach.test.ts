import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CycleError } from '../../src/core/errors.ts'
import { EdgeList, buildGraph, type Graph } from '../../src/core/graph.ts'
import { runWhole } from '../../src/core/portion.ts'
import { findCycle, groupLevels, sortTopologically } from '../../src/core/graph-order.ts'
import { collectDependents, collectPrerequisites, measureRemaining } from '../../src/core/graph-reach.ts'
import { anyAcyclicGraph, anyGraph, closureOf, graphOf, type Pair } from './graph-model.ts'

const marked = (marks: Uint8Array): number[] => [...marks.keys()].filter((node) => marks[node] === 1)
const sorted = (nodes: Iterable<number>): number[] => [...nodes].sort((a, b) => a - b)

test('what is needed and what waits, cycles or not', () => {
  const graphAndFrom = anyGraph.chain(({ size, pairs }) => fc.record({ size: fc.constant(size), pairs: fc.constant(pairs), from: fc.array(fc.nat(size - 1)) }))
  fc.assert(
    fc.property(graphAndFrom, ({ size, pairs, from }) => {
      const graph = graphOf(size, pairs)
      expect(marked(collectPrerequisites(graph, from))).toEqual(sorted(closureOf(pairs, from)))
      expect(marked(collectDependents(graph, from))).toEqual(sorted(closureOf(pairs.map(([a, b]): Pair => [b, a]), from)))
    }),
  )
})

test('what remains is the heaviest path through the dependents', () => {
  const weighted = anyAcyclicGraph.chain(({ size, pairs }) => fc.record({ size: fc.constant(size), pairs: fc.constant(pairs), weights: fc.array(fc.nat(9), { minLength: size, maxLength: size }) }))
  fc.assert(
    fc.property(weighted, ({ size, pairs, weights }) => {
      const walk = (node: number): number => (weights[node] as number) + Math.max(0, ...pairs.filter(([, prerequisite]) => prerequisite === node).map(([dependent]) => walk(dependent)))
      expect([...measureRemaining(graphOf(size, pairs), Float64Array.from(weights))]).toEqual([...Array(size).keys()].map(walk))
    }),
  )
  expect([...measureRemaining(graphOf(4, [[1, 0], [2, 1]]))]).toEqual([3, 2, 1, 1])
  expect(() => measureRemaining(graphOf(2, [[0, 1], [1, 0]]))).toThrow(CycleError)
})

const MILLION = 1_000_000
const shapes: Readonly<Record<string, () => Graph>> = {
  chain: () => build(1, (node) => [node - 1]),
  hub: () => build(1, () => [0]),
  // Rows of a thousand: each waits for the one above it and for the last one of the row above.
  layers: () => build(1000, (node) => [node - 1000, node - 1 - (node % 1000)]),
}
const levels: Readonly<Record<string, number>> = { chain: MILLION, hub: 2, layers: 1000 }

function build(first: number, prerequisitesOf: (node: number) => readonly number[]): Graph {
  const edges = new EdgeList()
  for (let node = first; node < MILLION; node++) for (const prerequisite of prerequisitesOf(node)) edges.add(node, prerequisite)
  return runWhole(buildGraph(MILLION, edges))
}

test.each(Object.keys(shapes))('a million nodes: %s', (name) => {
  const graph = (shapes[name] as () => Graph)()
  expect(sortTopologically(graph)).toHaveLength(MILLION)
  expect(groupLevels(graph)).toHaveLength(levels[name] as number)
  expect(measureRemaining(graph)[0]).toBe(levels[name])
  expect(findCycle(graph)).toBeUndefined()
  expect(collectPrerequisites(graph, [MILLION - 1])[0]).toBe(name === 'layers' ? 0 : 1)
  expect(collectDependents(graph, [0]).reduce((count, mark) => count + mark, 0)).toBe(name === 'layers' ? 1000 : MILLION)
}, 60_000)

test('a cycle of a million nodes', () => {
  const graph = build(0, (node) => [(node + 1) % MILLION])
  expect(findCycle(graph)).toHaveLength(MILLION)
}, 60_000)
