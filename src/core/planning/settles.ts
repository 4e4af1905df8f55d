import type { Action, Step } from '../action.ts'
import { typeOf } from '../address.ts'
import { endsPortion, type Portions } from '../portion.ts'
import type { SettleRules } from '../settle-rules.ts'
import { orderActions } from './action-order.ts'
import { cutSteps } from './cut-steps.ts'
import { sortGroups } from './settle-group-order.ts'
import { FIRST_WAVE, LEFT_OVER, countWaves, isReversed } from './settle-waves.ts'
import { Settlers, type Settler } from './settlers.ts'

/** What the settling of a plan's writes follows from. */
export interface SettleInput {
  readonly groups: Readonly<Record<string, SettleRules>>
  /** The group of what a type writes. */
  readonly groupOf: (type: string) => string | undefined
  /** Groups with writes of earlier runs that are not effective yet. Default: none. */
  readonly unsettled?: readonly string[]
  /** Names of the plan's phases, in order. Default: it has none. */
  readonly phases?: readonly string[]
  /** True: what it restores goes dependents first. Default: false. */
  readonly isRollback?: boolean
}

/** What an action that settles has for a fingerprint: there is no object that could have moved. */
const SETTLE_FINGERPRINT = 'settle'

/**
 * Adds what makes the writes of actions effective: each group once in each phase, after its last write; and before that
 * for what has to be settled before something else, with the writes that come no later.
 */
export function* addSettles(actions: readonly Action[], input: SettleInput): Portions<readonly Action[]> {
  const sorted = sortGroups(input.groups)
  const names = 'names' in sorted ? sorted.names : []
  if (names.length === 0) return actions
  const phaseOf = numberPhases(input.phases)
  const groupOf = ({ address, blocked }: Action): string | undefined => {
    const group = blocked === undefined ? input.groupOf(typeOf(address)) : undefined
    return group !== undefined && names.includes(group) ? group : undefined
  }
  const isSplit = actions.some(({ settleBefore, blocked }) => settleBefore === true && blocked === undefined)
  const { waveOf, awaits } = isSplit ? yield* countWaves(actions, groupOf, input.isRollback === true) : { waveOf: undefined, awaits: [] }
  const settlers = new Settlers(names, input.groups)
  const settlerOf = (action: Action, step: Step): Settler => settlers.find(groupOf(action) as string, phaseOf(action), waveOf?.get(step.key) ?? FIRST_WAVE)
  let count = 0
  for (const action of actions) {
    if (endsPortion(count++)) yield
    const group = groupOf(action)
    if (group !== undefined) for (const step of action.steps) if (isWrite(step)) settlers.noteWrite(group, phaseOf(action), waveOf?.get(step.key) ?? FIRST_WAVE)
  }
  const leftOver = new Set((input.unsettled ?? []).filter((group) => names.includes(group)))
  for (const group of leftOver) settlers.noteLeftOver(group)
  const needsLeftOver = leftOver.size === 0 ? [] : actions.flatMap((action) => (action.settleBefore === true ? listGroups(action, input).filter((group) => leftOver.has(group)).map((group) => ({ action, group })) : []))
  for (const { group } of needsLeftOver) settlers.noteAwaited(group, 0, LEFT_OVER)
  for (const { on } of awaits) settlers.noteAwaited(groupOf(on.action) as string, phaseOf(on.action), waveOf?.get(on.step.key) as number)
  settlers.choose()
  if (settlers.all.length === 0) return actions

  /** By step, what settles what it waits for. */
  const awaitedBy = new Map<string, Set<string>>()
  const awaitSettler = (step: string, { key }: Settler): void => void awaitedBy.set(step, (awaitedBy.get(step) ?? new Set()).add(key))
  for (const { step, on } of awaits) awaitSettler(step, settlerOf(on.action, on.step))
  for (const { action, group } of needsLeftOver) for (const step of action.steps) if (!isReversed(step, input.isRollback === true)) awaitSettler(step.key, settlers.find(group, 0, LEFT_OVER))
  const result: Action[] = []
  for (const action of actions) {
    if (endsPortion(count++)) yield
    const isGrouped = groupOf(action) !== undefined
    const link = (step: Step): Step => {
      const others = awaitedBy.get(step.key)
      const after = others === undefined ? step.after : [...step.after, ...others].sort()
      return isGrouped && isWrite(step) ? { ...step, after, settledBy: settlerOf(action, step).key } : { ...step, after }
    }
    result.push(isGrouped || awaitedBy.size > 0 ? { ...action, steps: action.steps.map(link) } : action)
  }
  const settling = settlers.all.map((settler) => describeSettler(settler, input))
  const ordered = isSplit ? orderActions([...result, ...settling]) : [...result, ...settling]
  return input.phases === undefined || input.phases.length === 0 ? ordered : ordered.toSorted((one, other) => phaseOf(one) - phaseOf(other))
}

/** The groups of what an action directly depends on. */
function listGroups({ dependsOn }: Action, { groupOf }: SettleInput): readonly string[] {
  return [...new Set(dependsOn.flatMap((address) => groupOf(typeOf(address)) ?? []))]
}

function isWrite({ call }: Step): boolean {
  return call !== 'forget'
}

/** The same actions without what settles them. */
export function removeSettles(actions: readonly Action[]): readonly Action[] {
  const [settles, others] = part(actions, ({ kind }) => kind === 'settle')
  return cutSteps(others, settles)
}

/** The same actions without what would settle nothing, since its writes have been taken out. */
export function dropIdleSettles(actions: readonly Action[]): readonly Action[] {
  const needed = new Set(actions.flatMap(({ steps }) => steps.flatMap(({ settledBy }) => settledBy ?? [])))
  const [idle, others] = part(actions, ({ kind, reason, steps }) => kind === 'settle' && reason === undefined && !steps.some(({ key }) => needed.has(key)))
  return cutSteps(others, idle)
}

/** Those of which it holds, and the others. */
function part(actions: readonly Action[], holds: (action: Action) => boolean): readonly [readonly Action[], readonly Action[]] {
  return [actions.filter(holds), actions.filter((action) => !holds(action))]
}

function describeSettler({ group, phase, address, key, after, isLeftOver }: Settler, { groups, phases = [] }: SettleInput): Action {
  const description = groups[group]?.description
  return {
    address,
    kind: 'settle',
    ...(isLeftOver && { reason: 'something was written before that is not effective yet' }),
    changes: [],
    steps: [{ key, call: 'settle', after: after.map((other) => other.key).sort() }],
    fingerprint: SETTLE_FINGERPRINT,
    dependsOn: [],
    settles: group,
    ...(description !== undefined && { description }),
    ...(phases[phase] !== undefined && { phase: phases[phase] }),
  }
}

function numberPhases(phases: readonly string[] = []): (action: Action) => number {
  const positions = new Map(phases.map((name, position) => [name, position]))
  return ({ phase }) => (phase === undefined ? 0 : (positions.get(phase) ?? 0))
}
