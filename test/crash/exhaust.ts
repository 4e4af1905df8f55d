import { replayEntries } from '../../src/core/journal.ts'
import { createRollbackPlan } from '../../src/core/rollback/plan-rollback.ts'
import type { TypeRules } from '../../src/core/rules.ts'
import { layOutFlow } from '../../src/core/run/flow.ts'
import { runWhole } from '../../src/core/portion.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { isSettled, runModel, type ModelFault, type ModelRunOptions } from './model-run.ts'
import { KINDS, createScenario, providerOf, type Kind, type ReplaceOrder, type Scenario } from './scenario.ts'
import { listAssignments, type Shape } from './shapes.ts'
import { describeEnd, describeThings, linesOf, showObject, worldOf, type World } from './world.ts'

export const ORDERS: readonly ReplaceOrder[] = ['create-first', 'delete-first']

/**
 * How much is tried. All: no fault, and each step failing for good under both policies; killed once; twice without a fault.
 * `faults`: also each reply lost. `full`: also both orders of answers, and twice with every fault.
 */
export type Depth = 'failures' | 'faults' | 'full'

/** How often each thing was tried. */
export interface Tally {
  plans: number
  once: number
  twice: number
  /** A run that was taken back, and that was killed once. */
  undone: number
}

/** Runs a scenario, kills it at every instant, resumes it, and kills that too: at every instant, or at one in `stride`. Throws where the end differs. */
function exhaust(scenario: Scenario, tally: Tally, depth: Depth, stride: number, failureStride: number): void {
  const isFull = depth === 'full'
  const flow = runWhole(layOutFlow(scenario.plan.actions))
  const rules = providerOf(createFakeBackend(), scenario.replaceOrder).types.versioned
  const start = worldOf(scenario)
  const before = describeThings(start)
  tally.plans++
  const steps = flow.steps.map((_, step) => step)
  const faults: readonly (ModelFault | undefined)[] = [undefined, ...steps.flatMap((step): ModelFault[] => (depth === 'failures' ? [{ step, fault: 'fatal' }] : [{ step, fault: 'fatal' }, { step, fault: 'lost-reply' }]))]
  const undone = new Set<string>()
  let expected: string | undefined
  for (const fault of faults)
    for (const onFailure of fault?.fault === 'fatal' || isFull ? (['stop', 'continue'] as const) : (['stop'] as const))
      for (const arrival of isFull ? (['oldest', 'newest'] as const) : (['oldest'] as const)) {
        const options: ModelRunOptions = { plan: scenario.plan, flow, rules, onFailure, arrival }
        // What happens before the fault has happened without it already.
        const instants: World[] = fault === undefined ? [start] : []
        const end = runModel(start, { ...options, ...(fault && { fault }), onInstant: (world, hasStruck) => void (hasStruck && instants.push(world)) })
        expected ??= describeEnd(end, scenario)
        const done = [...end.effects].sort().join()
        if (!undone.has(done)) exhaustRollback(end, before, scenario, rules, tally, stride)
        undone.add(done)
        instants.forEach((instant, first) => {
          if (fault !== undefined && (first + tally.plans) % failureStride !== 0) return
          const seconds: World[] = []
          const check = (world: World, second?: number): void => {
            const found = describeEnd(world, scenario)
            const isRepeated = new Set(world.calls).size !== world.calls.length - (fault?.fault === 'fatal' && world.calls.filter((call) => call === flow.steps[fault.step]?.key).length === 2 ? 1 : 0)
            if (found === expected && !isRepeated) return
            throw new Error(
              [
                `${scenario.name}; ${onFailure}; ${arrival} first; ${fault === undefined ? 'no fault' : `${fault.fault} at ${String(flow.steps[fault.step]?.key)}`}; killed at instant ${first}${second === undefined ? '' : ` and ${second}`}`,
                found,
                'expected:',
                expected,
                `calls: ${world.calls.join(', ')}`,
                ...linesOf(world.journal).map((entry) => JSON.stringify(entry)),
              ].join('\n'),
            )
          }
          const resumed = goOn(instant, { ...options, onInstant: (world) => void seconds.push(world) })
          tally.once++
          check(resumed)
          if (fault !== undefined && !isFull) return
          seconds.forEach((second, index) => {
            if ((first + index) % stride !== 0) return
            tally.twice++
            check(goOn(second, options), index)
          })
        })
      }
}

/** Takes a run back that has failed or succeeded, kills that, and goes on. Throws where something is not as it was before. */
function exhaustRollback(done: World, before: string, scenario: Scenario, rules: TypeRules, tally: Tally, stride: number): void {
  const plan = runWhole(createRollbackPlan({
    plan: scenario.plan,
    run: 'run',
    steps: replayEntries(linesOf(done.journal)).steps,
    recorded: done.state,
    types: { versioned: rules },
    knownFields: () => ['name', 'kind', 'size', 'refs'],
    observed: new Map([...done.objects].map(([id, fields]) => [`versioned\0${id}`, showObject(id, fields)])),
    scope: 'all',
    id: 'undo',
    now: '',
  }))
  const options: ModelRunOptions = { plan, flow: runWhole(layOutFlow(plan.actions)), rules, onFailure: 'continue', arrival: 'oldest' }
  const instants: World[] = [{ ...done, journal: { entries: [], length: 0 }, effects: [], calls: [] }]
  runModel(instants[0] as World, { ...options, onInstant: (world) => void instants.push(world) })
  instants.forEach((instant, index) => {
    if (index > 0 && (index + tally.plans) % stride !== 0) return
    const end = goOn(instant, options)
    tally.undone++
    const found = describeThings(end)
    if (found === before && new Set(end.calls).size === end.calls.length && isSettled(end)) return
    throw new Error([`${scenario.name}; taken back after ${done.calls.join(', ')}; killed at instant ${index}`, found, 'before:', before, `calls: ${end.calls.join(', ')}`, ...linesOf(end.journal).map((entry) => JSON.stringify(entry))].join('\n'))
  })
}

function goOn(world: World, options: ModelRunOptions): World {
  return isSettled(world) ? world : runModel(world, options)
}

/** What is tried. */
export interface Exhaustion {
  readonly depth: (shape: Shape) => Depth
  /** A death in a resume or in a rollback is tried at one instant in so many, at other ones each time. */
  readonly stride: number
  /** The same for a death after a failing call. Default: 1. */
  readonly failureStride?: number
  readonly orders?: readonly ReplaceOrder[]
}

/** With this nothing is thinned out. */
export const ALL = process.env['EXHAUST'] === 'all'

/** The same for many. */
export async function exhaustAll(cases: Iterable<readonly [Shape, readonly Kind[]]>, { depth, orders = ORDERS, ...thinned }: Exhaustion): Promise<Tally> {
  const { stride, failureStride = 1 } = ALL ? { stride: 1 } : thinned
  const tally: Tally = { plans: 0, once: 0, twice: 0, undone: 0 }
  for (const [shape, kinds] of cases) for (const order of kinds.includes('replace') ? orders : ORDERS.slice(0, 1)) exhaust(await createScenario(shape, kinds, order), tally, depth(shape), stride, failureStride)
  console.log(`${tally.plans} plans: killed and resumed ${tally.once} times, killed again in the resume ${tally.twice} times, killed while taken back ${tally.undone} times`)
  return tally
}

/** Each shape with each way of choosing kinds for it. */
export function* pairUp(shapes: readonly Shape[], kindsOf: (shape: Shape) => Iterable<readonly Kind[]>): Generator<readonly [Shape, readonly Kind[]]> {
  for (const shape of shapes) for (const kinds of kindsOf(shape)) yield [shape, kinds]
}

/** Every third of them (a number that shares nothing with that of the kinds, so that each kind comes at each node); all with EXHAUST=all. */
export function* thinOut<T>(all: Iterable<T>): Generator<T, void, undefined> {
  let index = 0
  for (const each of all) if (ALL || index++ % 3 === 0) yield each
}

/** The same kind for each node. */
export const oneKind = ({ size }: Shape): readonly (readonly Kind[])[] => KINDS.map((kind) => Array<Kind>(size).fill(kind))
/** Every choice of kinds. */
export const mixed = ({ size }: Shape): Iterable<readonly Kind[]> => listAssignments(size, KINDS)
