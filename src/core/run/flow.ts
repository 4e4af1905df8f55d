import type { Action, Step } from '../action.ts'
import { FormatError } from '../errors.ts'
import { EdgeList, buildGraph, type Graph } from '../graph.ts'
import { measureRemaining } from '../graph-reach.ts'
import type { PlanPhase } from '../operation.ts'
import { endsPortion, type Portions } from '../portion.ts'

/** The steps of a plan as numbers: what the run machine schedules. */
export interface Flow {
  readonly actions: readonly Action[]
  readonly steps: readonly Step[]
  /** The position of each step's action. */
  readonly actionOf: Int32Array
  readonly indexOf: ReadonlyMap<string, number>
  readonly graph: Graph
  /** Names of the phases, in order; none: the plan has none. */
  readonly phases: readonly string[]
  /** The position of each step's phase; absent: there is one at the most. */
  readonly phaseOf?: Int32Array
  /** The step that settles each step, -1 for none; absent: the plan settles nothing. */
  readonly settlerOf?: Int32Array
  /** The step whose outcome each step waits for, whatever it is, -1 for none; absent: no step does. */
  readonly outcomeBefore?: Int32Array
  /** How long the longest path from each step takes, or how many steps it has where nothing is known of that: what starts first. */
  readonly remaining: Float64Array
}

/** Lays out the steps of actions, each of the same weight. Throws `format` when a step waits for one that is not there. */
export function* layOutFlow(actions: readonly Action[], phases: readonly PlanPhase[] = []): Portions<Flow> {
  const steps: Step[] = []
  const owners: number[] = []
  const indexOf = new Map<string, number>()
  for (let position = 0; position < actions.length; position++) {
    if (endsPortion(position)) yield
    const action = actions[position] as Action
    if (action.blocked !== undefined) continue
    for (const step of action.steps) {
      if (indexOf.has(step.key)) throw new FormatError('plan', `the step ${step.key} is there twice`)
      indexOf.set(step.key, steps.length)
      steps.push(step)
      owners.push(position)
    }
  }
  const edges = new EdgeList(steps.length * 2)
  const settlers: number[] = []
  const outcomesBefore: number[] = []
  const find = (step: Step, key: string, why: string): number => {
    const found = indexOf.get(key)
    if (found === undefined) throw new FormatError('plan', `the step ${step.key} ${why} ${key}, which is not in the plan`)
    return found
  }
  for (let index = 0; index < steps.length; index++) {
    if (endsPortion(index)) yield
    const step = steps[index] as Step
    for (const key of step.after) edges.add(index, find(step, key, 'waits for'))
    const settler = step.settledBy === undefined ? -1 : find(step, step.settledBy, 'is settled by')
    settlers.push(settler)
    if (settler !== -1) edges.add(settler, index)
    const earlier = step.comesAfter === undefined || step.after.includes(step.comesAfter) ? -1 : find(step, step.comesAfter, 'comes after')
    outcomesBefore.push(earlier)
    if (earlier !== -1) edges.add(index, earlier)
  }
  const graph = yield* buildGraph(steps.length, edges)
  yield
  const flow = { actions, steps, actionOf: Int32Array.from(owners), indexOf, graph, remaining: measureRemaining(graph), phases: phases.map(({ name }) => name), ...(steps.some(({ call }) => call === 'settle') && { settlerOf: Int32Array.from(settlers) }), ...(outcomesBefore.some((each) => each !== -1) && { outcomeBefore: Int32Array.from(outcomesBefore) }) }
  return phases.length === 0 ? flow : { ...flow, phaseOf: placePhases(flow) }
}

/** Throws `format` for an action of a phase that is not there, and for a step that waits for one of a later phase: it would wait for ever. */
function placePhases({ actions, steps, actionOf, indexOf, phases }: Omit<Flow, 'graph' | 'remaining'>): Int32Array {
  const positions = new Map(phases.map((name, position) => [name, position]))
  const phaseOf = Int32Array.from(steps, ({ key }, step) => {
    const name = (actions[actionOf[step] as number] as Action).phase
    const position = name === undefined ? undefined : positions.get(name)
    if (position === undefined) throw new FormatError('plan', `the step ${key} is of ${name === undefined ? 'no phase' : `the phase ${name}`}, and the plan has ${phases.join(', ')}`)
    return position
  })
  for (const [step, { key, after }] of steps.entries())
    for (const other of after)
      if ((phaseOf[indexOf.get(other) as number] as number) > (phaseOf[step] as number)) throw new FormatError('plan', `the step ${key} waits for ${other}, which is of a later phase`)
  return phaseOf
}

/** True for a step that makes others effective: it comes after their outcome, whatever that is. */
export function isSettler({ settlerOf, steps }: Flow, step: number): boolean {
  return settlerOf !== undefined && (steps[step] as Step).call === 'settle'
}

/** True where a step waits for the outcome of another one, whatever that is, and not for its success. */
export function isContent(flow: Flow, step: number, earlier: number): boolean {
  return isSettler(flow, step) || flow.outcomeBefore?.[step] === earlier
}

/** The group whose writes a step makes, or whose writes it settles; undefined: what it does is effective at once. */
export function groupOfStep(flow: Flow, step: number): string | undefined {
  const settler = isSettler(flow, step) ? step : (flow.settlerOf?.[step] ?? -1)
  return settler === -1 ? undefined : flow.actions[flow.actionOf[settler] as number]?.settles
}

/** The same flow, by how long each step takes. */
export function weighFlow(flow: Flow, weightOf: (step: Step) => number): Flow {
  return { ...flow, remaining: measureRemaining(flow.graph, Float64Array.from(flow.steps, weightOf)) }
}
