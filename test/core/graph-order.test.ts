import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CycleError } from '../../src/core/errors.ts'
import { findCycle, groupLevels, sortTopologically } from '../../src/core/graph-order.ts'
import { allAcyclicGraphs, anyAcyclicGraph, anyGraph, graphOf, hasCycle, type Pair } from './graph-model.ts'

function expectOrdered(size: number, pairs: readonly Pair[], order: Int32Array): void {
  const position = new Map([...order].map((node, at) => [node, at]))
  expect(position.size).toBe(size)
  for (const [dependent, prerequisite] of pairs) expect(position.get(dependent)).toBeGreaterThan(position.get(prerequisite) as number)
}

test('every graph without cycles of up to four nodes is ordered, prerequisites first', () => {
  const counts = [1, 2, 3, 4].map((size) => {
    let count = 0
    for (const pairs of allAcyclicGraphs(size)) {
      count++
      const graph = graphOf(size, pairs)
      expectOrdered(size, pairs, sortTopologically(graph))
      expect(findCycle(graph)).toBeUndefined()
    }
    return count
  })
  expect(counts).toEqual([1, 3, 25, 543])
})

test('larger ones too', () => {
  fc.assert(fc.property(anyAcyclicGraph, ({ size, pairs }) => expectOrdered(size, pairs, sortTopologically(graphOf(size, pairs)))))
})

test('the order does not depend on the order of the edges, and without edges it is by number', () => {
  fc.assert(
    fc.property(anyAcyclicGraph, ({ size, pairs }) => {
      expect(sortTopologically(graphOf(size, [...pairs].reverse()))).toEqual(sortTopologically(graphOf(size, pairs)))
    }),
  )
  expect([...sortTopologically(graphOf(4, []))]).toEqual([0, 1, 2, 3])
  expect([...sortTopologically(graphOf(4, [[0, 3]]))]).toEqual([1, 2, 3, 0])
})

test('a cycle is found exactly where there is one, and is real', () => {
  fc.assert(
    fc.property(anyGraph, ({ size, pairs }) => {
      const cycle = findCycle(graphOf(size, pairs))
      expect(cycle !== undefined).toBe(hasCycle(pairs))
      if (cycle === undefined) return
      expect(new Set(cycle).size).toBe(cycle.length)
      cycle.forEach((node, at) => expect(pairs).toContainEqual([node, cycle[(at + 1) % cycle.length]]))
    }),
  )
})

test('the cycle is a short one, the same each time', () => {
  const ring: Pair[] = [...Array(50).keys()].map((node): Pair => [node, (node + 1) % 50])
  expect(findCycle(graphOf(50, ring))).toHaveLength(50)
  expect(findCycle(graphOf(50, [...ring, [1, 0]]))).toEqual([0, 1])
  expect(findCycle(graphOf(3, [[2, 2]]))).toEqual([2])
})

test('a cycle is an error that names its path; what only hangs on it is not in it', () => {
  const names = ['api/a', 'api/b', 'api/c', 'api/d', 'api/e']
  const graph = graphOf(5, [[0, 1], [1, 2], [2, 3], [3, 1], [2, 4]])
  const sort = (): Int32Array => sortTopologically(graph, (node) => names[node] as string)
  expect(sort).toThrow(CycleError)
  expect(sort).toThrow('these depend on each other: api/b → api/c → api/d → api/b; remove one of these dependencies')
  expect(() => sortTopologically(graph)).toThrow('1 → 2 → 3 → 1')
  expect(() => groupLevels(graph)).toThrow(CycleError)
})

test('a level needs only what stands before it, and stands no later than it must', () => {
  fc.assert(
    fc.property(anyAcyclicGraph, ({ size, pairs }) => {
      const levels = groupLevels(graphOf(size, pairs))
      const levelOf = new Map(levels.flatMap((nodes, level) => [...nodes].map((node) => [node, level] as const)))
      expect(levelOf.size).toBe(size)
      for (let node = 0; node < size; node++) {
        const needed = pairs.filter(([dependent]) => dependent === node).map(([, prerequisite]) => levelOf.get(prerequisite) as number)
        expect(levelOf.get(node)).toBe(Math.max(-1, ...needed) + 1)
      }
      for (const nodes of levels) expect([...nodes]).toEqual([...nodes].sort((a, b) => a - b))
    }),
  )
})
