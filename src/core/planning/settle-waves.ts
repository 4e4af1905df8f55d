import type { Action, Step } from '../action.ts'
import { EdgeList, buildGraph } from '../graph.ts'
import { sortTopologically } from '../graph-order.ts'
import { endsPortion, type Portions } from '../portion.ts'

/** A step that waits until what another one wrote is settled. */
export interface Await {
  readonly step: string
  readonly on: string
}

/**
 * Numbers steps so that a wave is settled before a later one begins: a step is of a later wave than what has to be settled
 * before it, and of no earlier one than what it waits for. Whatever is settled with its wave, there is no cycle: what waits
 * for a wave to be settled is never in it.
 */
export function* countWaves(actions: readonly Action[], owners: ReadonlyMap<string, Action>, groupOfStep: ReadonlyMap<string, string>, isRollback: boolean): Portions<{ readonly waveOf: ReadonlyMap<string, number>; readonly awaits: readonly Await[] }> {
  const steps = actions.flatMap((action) => action.steps)
  const positions = new Map(steps.map(({ key }, position) => [key, position]))
  const edges = new EdgeList(steps.length)
  for (let position = 0; position < steps.length; position++) {
    if (endsPortion(position)) yield
    for (const key of (steps[position] as Step).after) edges.add(position, positions.get(key) as number)
  }
  const waveOf = new Map<string, number>()
  const awaits: Await[] = []
  let count = 0
  for (const position of sortTopologically(yield* buildGraph(steps.length, edges))) {
    if (endsPortion(count++)) yield
    const step = steps[position] as Step
    const owner = owners.get(step.key) as Action
    let wave = 0
    for (const key of step.after) {
      const other = owners.get(key) as Action
      // What goes, goes dependents first: there the one that it waits for is the one that depended on it.
      const isReversed = step.call === 'delete' || step.call === 'forget' || step.call === 'undo' || (isRollback && step.call === 'update')
      const isAwaited = other !== owner && groupOfStep.has(key) && (isReversed ? other : owner).settleBefore === true
      if (isAwaited) awaits.push({ step: step.key, on: key })
      wave = Math.max(wave, (waveOf.get(key) as number) + (isAwaited ? 1 : 0))
    }
    waveOf.set(step.key, wave)
  }
  return { waveOf, awaits }
}
