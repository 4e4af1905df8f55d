import { allAcyclicGraphs, type Pair } from '../core/graph-model.ts'

/** A graph without cycles: who waits for whom. */
export interface Shape {
  readonly size: number
  readonly pairs: readonly Pair[]
}

/** Every labelled graph without cycles of up to that many nodes: 1 + 3 + 25 + 543 up to four. */
export function listLabelled(most: number): readonly Shape[] {
  return [...Array(most).keys()].flatMap((index) => [...allAcyclicGraphs(index + 1)].map((pairs) => ({ size: index + 1, pairs })))
}

/** One of each shape of that many nodes, whatever the labels: 31 of four. */
export function listShapes(size: number): readonly Shape[] {
  const orders = permutations([...Array(size).keys()])
  const seen = new Set<string>()
  return [...allAcyclicGraphs(size)].flatMap((pairs) => {
    const names = orders.map((order) => pairs.map(([a, b]) => `${order[a]}>${order[b]}`).sort().join(' '))
    const name = names.sort()[0] as string
    if (seen.has(name)) return []
    seen.add(name)
    return [{ size, pairs }]
  })
}

/** Every way of giving each of so many nodes one of these. */
export function* listAssignments<T>(size: number, choices: readonly T[]): Generator<readonly T[]> {
  if (size === 0) return void (yield [])
  for (const rest of listAssignments(size - 1, choices)) for (const choice of choices) yield [...rest, choice]
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))
}
