import type { Action, Step } from '../action.ts'
import { FormatError } from '../errors.ts'
import { EdgeList, buildGraph, type Graph } from '../graph.ts'
import { measureRemaining } from '../graph-reach.ts'

/** The steps of a plan as numbers: what the run machine schedules. */
export interface Flow {
  readonly actions: readonly Action[]
  readonly steps: readonly Step[]
  /** The position of each step's action. */
  readonly actionOf: Int32Array
  readonly indexOf: ReadonlyMap<string, number>
  readonly graph: Graph
  /** How long the longest path from each step takes, or how many steps it has where nothing is known of that: what starts first. */
  readonly remaining: Float64Array
}

/** Lays out the steps of actions. `weightOf`: how long a step takes, default 1 each. Throws `format` when a step waits for one that is not there. */
export function layOutFlow(actions: readonly Action[], weightOf?: (step: Step) => number): Flow {
  const steps: Step[] = []
  const owners: number[] = []
  const indexOf = new Map<string, number>()
  actions.forEach((action, position) => {
    if (action.blocked !== undefined) return
    for (const step of action.steps) {
      if (indexOf.has(step.key)) throw new FormatError('plan', `the step ${step.key} is there twice`)
      indexOf.set(step.key, steps.length)
      steps.push(step)
      owners.push(position)
    }
  })
  const edges = new EdgeList(steps.length * 2)
  steps.forEach((step, index) => {
    for (const key of step.after) {
      const prerequisite = indexOf.get(key)
      if (prerequisite === undefined) throw new FormatError('plan', `the step ${step.key} waits for ${key}, which is not in the plan`)
      edges.add(index, prerequisite)
    }
  })
  const graph = buildGraph(steps.length, edges)
  return { actions, steps, actionOf: Int32Array.from(owners), indexOf, graph, remaining: measureRemaining(graph, weightOf && Float64Array.from(steps, weightOf)) }
}
