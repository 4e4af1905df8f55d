import type { Action } from '../action.ts'
import type { Address } from '../address.ts'
import { CycleError, DeclarationError, type Issue } from '../errors.ts'
import { EdgeList, buildGraph } from '../graph.ts'
import { sortTopologically } from '../graph-order.ts'
import { suggest } from '../nearest.ts'
import type { DeclaredOperation, OperationRules, PlanPhase, PlanValidation } from '../operation.ts'
import { PLAN_VERSION, type Plan, type Warning } from '../plan.ts'
import { runWhole } from '../portion.ts'
import type { Guarantee, TypeRules } from '../rules.ts'
import type { SettleRules } from '../settle-rules.ts'
import { addEstimates, estimateTogether } from './estimate.ts'
import { addSettles, removeSettles } from './settles.ts'
import { summarize } from './summary.ts'

/** A phase as it is declared: operations, the changes of resources that `plan` worked out, or both. */
export interface DeclaredPhase extends Omit<PlanPhase, 'estimate'> {
  /** In any order; dependencies order them. Default: none. */
  readonly operations?: readonly DeclaredOperation[]
  /** What is to change of resources in this phase. Default: nothing. */
  readonly changes?: Plan
}

/** All that a plan of operations follows from. The same input gives the same plan. */
export interface OperationPlanInput {
  readonly phases: readonly DeclaredPhase[]
  readonly types: Readonly<Record<string, OperationRules>>
  /** Rules of resource types, for what `changes` write. */
  readonly resourceTypes: Readonly<Record<string, TypeRules>>
  /** What makes writes effective, by name. */
  readonly settleGroups: Readonly<Record<string, SettleRules>>
  /** Groups with writes of earlier runs that are not effective yet. Default: none. */
  readonly unsettled?: readonly string[]
  /** By type. */
  readonly guarantees: Readonly<Record<string, Guarantee>>
  /** What was found by asking. */
  readonly validation: PlanValidation
  readonly id: string
  readonly stack: string
  /** ISO 8601. */
  readonly now: string
  readonly expiresAt?: string
  readonly operation?: string
  readonly basedOn?: Plan['basedOn']
  readonly openRun?: string
  readonly warnings: readonly Warning[]
  /** Actions under way at once, as far as estimates are concerned. */
  readonly concurrency: number
}

/** Where an action is, and the keys of its steps. */
interface Place {
  readonly phase: number
  readonly keys: readonly string[]
}

/** What operations have for a fingerprint: there is no object that could have moved. */
export const OPERATION_FINGERPRINT = 'operation'

/** Works out a plan of phases. Pure. Throws `declaration` with every issue at once. */
export function createOperationPlan(input: OperationPlanInput): Plan {
  const issues: Issue[] = []
  const places = placeAddresses(input.phases, issues)
  const phases: PlanPhase[] = []
  const actions: Action[] = []
  for (const [position, phase] of input.phases.entries()) {
    const { operations: _, changes, ...about } = phase
    const described = describePhase(input, phase, position, places, issues)
    const estimate = estimatePhase(described, phase.parallel ?? input.concurrency)
    phases.push({ ...about, ...(estimate && { estimate }) })
    for (const action of [...removeSettles(changes?.actions ?? []).map((each) => ({ ...each, phase: phase.name })), ...described]) actions.push(action)
  }
  if (issues.length > 0) throw new DeclarationError(issues)
  const groupOf = (type: string): string | undefined => (input.resourceTypes[type] ?? input.types[type])?.settleGroup
  const settled = runWhole(addSettles(actions, { groups: input.settleGroups, groupOf, unsettled: input.unsettled ?? [], phases: phases.map(({ name }) => name) }))
  const changes = input.phases.flatMap((phase) => phase.changes ?? [])
  const estimate = addEstimates(phases.map((phase) => phase.estimate))
  const basedOn = input.basedOn ?? changes.find((plan) => plan.basedOn !== undefined)?.basedOn
  return {
    format: 'convergent.plan',
    version: PLAN_VERSION,
    id: input.id,
    stack: input.stack,
    mode: changes[0]?.mode ?? 'apply',
    createdAt: input.now,
    ...(input.expiresAt !== undefined && { expiresAt: input.expiresAt }),
    ...(basedOn && { basedOn }),
    ...(input.openRun !== undefined && { openRun: input.openRun }),
    ...(input.operation !== undefined && { operation: input.operation }),
    phases,
    validation: input.validation,
    ...(estimate && { estimate }),
    warnings: [...input.warnings, ...changes.flatMap((plan) => plan.warnings)],
    unreadable: changes.flatMap((plan) => plan.unreadable),
    violations: changes.flatMap((plan) => plan.violations),
    objects: changes.flatMap((plan) => plan.objects).sort((a, b) => (a.address < b.address ? -1 : 1)),
    actions: settled,
    summary: summarize(settled, changes.reduce((sum, plan) => sum + plan.summary.unchanged, 0)),
  }
}

/** The position of the phase of each address, and what to wait for; each is there once. */
function placeAddresses(phases: readonly DeclaredPhase[], issues: Issue[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  const names = new Set<string>()
  const modes = new Set(phases.flatMap(({ changes }) => changes?.mode ?? []))
  if (modes.size > 1) issues.push({ code: 'mixed-modes', message: `changes of several modes (${[...modes].join(', ')}) do not fit into one plan; plan them in one mode` })
  for (const [position, { name, operations = [], changes, parallel }] of phases.entries()) {
    if (name === '' || names.has(name)) issues.push({ code: 'invalid-phase', message: name === '' ? `phase ${position + 1} has no name` : `two phases are called ${name}; rename one` })
    if (parallel !== undefined && !(Number.isInteger(parallel) && parallel > 0)) issues.push({ code: 'invalid-phase', message: `phase ${name}: parallel is ${parallel}, expected a whole number of 1 or more` })
    names.add(name)
    const place = (address: Address, keys: readonly string[]): void => {
      if (places.has(address)) issues.push({ address, code: 'duplicate-address', message: 'is in the plan twice; give one of them another name' })
      places.set(address, { phase: position, keys })
    }
    for (const { address } of operations) place(address, [`run:${address}`])
    for (const { address, steps, kind } of changes?.actions ?? []) if (kind !== 'settle') place(address, steps.map(({ key }) => key))
  }
  return places
}

function describePhase(input: OperationPlanInput, { name, operations = [], changes }: DeclaredPhase, position: number, places: ReadonlyMap<string, Place>, issues: Issue[]): readonly Action[] {
  const indexOf = new Map(operations.map(({ address }, index) => [address as string, index]))
  const edges = new EdgeList(operations.length)
  const described = operations.map((operation, index): Action => {
    const { address, params, dependsOn = [], type } = operation
    for (const on of dependsOn) {
      const other = places.get(on)?.phase
      if (other === undefined) issues.push({ address, path: ['dependsOn'], code: 'dangling-reference', message: `depends on "${on}", which is not in the plan${suggest(on, places.keys())}` })
      else if (other > position) issues.push({ address, path: ['dependsOn'], code: 'later-phase', message: `depends on ${on}, which is of the later phase ${input.phases[other]?.name}; move one of them` })
      else if (indexOf.has(on)) edges.add(index, indexOf.get(on) as number)
    }
    const rules = input.types[type]
    const guarantee = input.guarantees[type]
    const ask = <T>(what: 'describe' | 'expects' | 'estimate', make: () => T): T | undefined => {
      try {
        return make()
      } catch (error) {
        issues.push({ address, code: 'invalid-operation', message: `${what} of its type threw: ${(error as Error).message}; it is given parameters as declared, references and deferred values among them` })
        return undefined
      }
    }
    const description = ask('describe', () => rules?.describe?.(params))
    const expects = ask('expects', () => rules?.expects?.(params))
    const estimate = ask('estimate', () => rules?.estimate?.(params))
    return {
      address,
      kind: 'operation',
      inputs: params,
      changes: [],
      steps: [{ key: `run:${address}`, call: 'run', after: dependsOn.flatMap((on) => places.get(on)?.keys ?? []).sort() }],
      fingerprint: OPERATION_FINGERPRINT,
      dependsOn: dependsOn as readonly Address[],
      phase: name,
      ...(description !== undefined && { description }),
      ...(expects && { expects }),
      ...(estimate && { estimate }),
      ...(guarantee !== undefined && { guarantee }),
      ...((operation.settleBefore ?? rules?.settleBefore ?? false) && { settleBefore: true }),
    }
  })
  if (changes?.stack !== undefined && changes.stack !== input.stack) issues.push({ code: 'other-stack', message: `the changes in phase ${name} are of stack ${changes.stack}, this plan is of ${input.stack}` })
  try {
    return Array.from(sortTopologically(runWhole(buildGraph(described.length, edges)), (index) => (described[index] as Action).address), (index) => described[index] as Action)
  } catch (error) {
    if (!(error instanceof CycleError)) throw error
    issues.push({ code: 'cycle', message: error.message })
    return described
  }
}

/** Of a phase whose actions are in order. */
function estimatePhase(actions: readonly Action[], parallel: number): PlanPhase['estimate'] {
  const sum = addEstimates(actions.map(({ estimate }) => estimate))
  if (sum?.durationMs === undefined) return sum
  const indexOf = new Map(actions.map(({ address }, index) => [address as string, index]))
  const endsMs: number[] = []
  for (const [index, { estimate, dependsOn }] of actions.entries()) {
    const startsMs = Math.max(0, ...dependsOn.map((on) => endsMs[indexOf.get(on) ?? -1] ?? 0))
    endsMs[index] = startsMs + (estimate?.durationMs ?? 0)
  }
  return { ...sum, durationMs: estimateTogether(actions.map(({ estimate }) => estimate?.durationMs ?? 0), Math.max(0, ...endsMs), parallel) }
}
