import type { Action, Step } from '../action.ts'
import { typeOf } from '../address.ts'
import { endsPortion, type Portions } from '../portion.ts'
import type { SettleRules } from '../settle-rules.ts'
import { orderActions } from './action-order.ts'
import { sortGroups } from './settle-group-order.ts'
import { FIRST_WAVE, countWaves, isReversed } from './settle-waves.ts'
import { LEFT_OVER, Settlers, type Settler } from './settlers.ts'

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
  const needsLeftOver = (action: Action): readonly string[] => (action.settleBefore === true && leftOver.size > 0 ? [...new Set(action.dependsOn.flatMap((address) => input.groupOf(typeOf(address)) ?? []))].filter((group) => leftOver.has(group)) : [])
  for (const action of actions) for (const group of needsLeftOver(action)) settlers.noteAwaited(group, 0, LEFT_OVER)
  for (const { on } of awaits) settlers.noteAwaited(groupOf(on.action) as string, phaseOf(on.action), waveOf?.get(on.step.key) as number)
  settlers.choose()
  if (settlers.all.length === 0) return actions

  /** By step, what settles what it waits for. */
  const awaitedBy = new Map<string, Set<string>>()
  for (const { step, on } of awaits) awaitedBy.set(step, (awaitedBy.get(step) ?? new Set()).add(settlerOf(on.action, on.step).key))
  for (const action of actions)
    for (const group of needsLeftOver(action))
      for (const step of action.steps) if (!isReversed(step, input.isRollback === true)) awaitedBy.set(step.key, (awaitedBy.get(step.key) ?? new Set()).add(settlers.find(group, 0, LEFT_OVER).key))
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

function isWrite({ call }: Step): boolean {
  return call !== 'forget'
}

/** The same actions without what settles them. */
export function removeSettles(actions: readonly Action[]): readonly Action[] {
  const keys = new Set(actions.flatMap(({ kind, steps }) => (kind === 'settle' ? steps.map(({ key }) => key) : [])))
  if (keys.size === 0) return actions
  return actions.filter(({ kind }) => kind !== 'settle').map((action) => ({ ...action, steps: action.steps.map(({ settledBy: _, ...step }) => ({ ...step, after: step.after.filter((key) => !keys.has(key)) })) }))
}

/** The same actions without what would settle nothing, since its writes have been taken out. */
export function dropIdleSettles(actions: readonly Action[]): readonly Action[] {
  const needed = new Set(actions.flatMap(({ steps }) => steps.flatMap(({ settledBy }) => settledBy ?? [])))
  const isIdle = ({ kind, reason, steps }: Action): boolean => kind === 'settle' && reason === undefined && !steps.some(({ key }) => needed.has(key))
  const idle = new Set(actions.filter(isIdle).flatMap(({ steps }) => steps.map(({ key }) => key)))
  if (idle.size === 0) return actions
  return actions.filter((action) => !isIdle(action)).map((action) => ({ ...action, steps: action.steps.map((step) => ({ ...step, after: step.after.filter((key) => !idle.has(key)) })) }))
}

function describeSettler({ group, phase, key, after, isLeftOver }: Settler, { groups, phases = [] }: SettleInput): Action {
  const description = groups[group]?.description
  return {
    address: key.slice('settle:'.length) as Action['address'],
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
