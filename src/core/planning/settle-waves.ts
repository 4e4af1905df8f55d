import type { Action, Step } from '../action.ts'
import { EdgeList, buildGraph } from '../graph.ts'
import { sortTopologically } from '../graph-order.ts'
import { endsPortion, type Portions } from '../portion.ts'

/** The wave of what earlier runs have written. */
export const LEFT_OVER = 0

/** The first one of the plan's own. */
export const FIRST_WAVE = LEFT_OVER + 1

/** A step that waits until what another one wrote is settled. */
export interface Await {
  /** Its key. */
  readonly step: string
  /** The other one, with its action. */
  readonly on: {
    readonly action: Action
    readonly step: Step
  }
}

/**
 * Numbers steps so that a wave is settled before a later one begins: a step is of a later wave than what has to be settled
 * before it, and of no earlier one than what it waits for. Whatever is settled with its wave, there is no cycle: what waits
 * for a wave to be settled is never in it.
 */
export function* countWaves(actions: readonly Action[], groupOf: (action: Action) => string | undefined, isRollback: boolean): Portions<{ readonly waveOf: ReadonlyMap<string, number>; readonly awaits: readonly Await[] }> {
  const places = actions.flatMap((action) => action.steps.map((step) => ({ action, step })))
  const positions = new Map(places.map(({ step: { key } }, position) => [key, position]))
  const edges = new EdgeList(places.length)
  for (const [position, { step }] of places.entries()) {
    if (endsPortion(position)) yield
    for (const key of step.after) edges.add(position, positions.get(key) as number)
  }
  const waveOf = new Map<string, number>()
  const awaits: Await[] = []
  let count = 0
  for (const position of sortTopologically(yield* buildGraph(places.length, edges))) {
    if (endsPortion(count++)) yield
    const { action, step } = places[position] as Await['on']
    let wave = FIRST_WAVE
    for (const key of step.after) {
      const other = places[positions.get(key) as number] as Await['on']
      // The one that depends says whether there is a settle in between.
      const isAwaited = other.action !== action && (isReversed(step, isRollback) ? other.action : action).settleBefore === true && other.step.call !== 'forget' && groupOf(other.action) !== undefined
      if (isAwaited) awaits.push({ step: step.key, on: other })
      wave = Math.max(wave, (waveOf.get(key) as number) + (isAwaited ? 1 : 0))
    }
    waveOf.set(step.key, wave)
  }
  return { waveOf, awaits }
}

/** True for a step that goes dependents first: it waits for what depended on it. */
export function isReversed({ call }: Step, isRollback: boolean): boolean {
  return call === 'delete' || call === 'forget' || call === 'undo' || (isRollback && call === 'update')
}
