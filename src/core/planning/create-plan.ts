import type { Action, Blocked } from '../action.ts'
import type { Address } from '../address.ts'
import { DeclarationError } from '../errors.ts'
import { ABSENT_FINGERPRINT } from '../fingerprint.ts'
import type { Mutable } from '../mutable.ts'
import type { Fields } from '../json.ts'
import { fingerprintObserved } from '../staleness.ts'
import { suggest } from '../nearest.ts'
import { PLAN_VERSION, type KnownObject, type Plan, type Unreadable, type Warning } from '../plan.ts'
import { judgePlan } from '../policy.ts'
import { endsPortion, runWhole, type Portions } from '../portion.ts'
import { listCarriedRemovals } from './carried.ts'
import { checkDeclaration, type Declaration, type Declared } from './declaration.ts'
import type { Decision } from './decided.ts'
import { decideAll } from './decision.ts'
import { createEdgeReader } from './edge.ts'
import { takeInventory, type Existing, type Inventory } from './existing.ts'
import type { PlanInput } from './input.ts'
import { matchDeclaration } from './matching.ts'
import { orderSteps, type Ordered } from './order.ts'
import { assignAddresses, findRemovals, spreadBlocks, type Removal } from './removal.ts'
import { isIncluded, isNamedByScope, testScope } from './scope-test.ts'
import { addSettles } from './settles.ts'
import { summarize } from './summary.ts'
import { listUnreadable } from './unreadable.ts'

/**
 * Works out a plan from what is declared, recorded and observed. Pure: the same input gives the same plan. Most hosts call
 * `plan`, which reads what this needs.
 *
 * Throws `declaration` for what cannot be planned, with every issue at once, and `cycle` when the steps wait for each other.
 */
export function createPlan(input: PlanInput): Plan {
  return runWhole(planInPortions(input))
}

/** The same, in portions. `checked`: its declaration, where that has been checked already. */
export function* planInPortions(input: PlanInput, checked?: Declaration): Portions<Plan> {
  return yield* planDeclaration(checked ?? (yield* checkDeclaration(input.desired, input.types)), input)
}

function* planDeclaration(declaration: Declaration, input: PlanInput): Portions<Plan> {
  const inventory = yield* takeInventory(input)
  const matches = yield* matchDeclaration(declaration, inventory, input.mode !== 'destroy')
  yield
  assignAddresses(inventory, (index) => (declaration.all[index] as Declared).address, declaration.indexOf)
  const edgesOf = createEdgeReader(inventory)
  const isInScope = testScope(input.scope)

  const named = findRemovals(input, inventory, declaration.indexOf, isInScope)
  refuseEmpty(input, named)
  const removals = [...named, ...listCarriedRemovals(named, inventory, edgesOf)]
  yield
  const decisions = yield* decide(input, declaration, inventory, matches, removals, edgesOf)
  if (input.onProtected === 'error') refuseProtected(declaration, decisions, removals)
  const ordered = yield* orderSteps(declaration, decisions, removals, inventory, edgesOf)

  const actions: Action[] = []
  const describe = { input, declaration, inventory }
  for (const index of declaration.order) {
    if (endsPortion(index)) yield
    const action = describeDecision(describe, index, decisions[index] as Decision, ordered.declared[index] as Ordered)
    if (action !== undefined) actions.push(action)
  }
  for (const [index, removal] of removals.entries()) {
    if (endsPortion(index)) yield
    actions.push(describeRemoval(removal, ordered.removed[index] as Ordered, edgesOf))
  }
  yield
  const settled = yield* addSettles(actions, { groups: input.settleGroups ?? {}, groupOf: (type) => input.types[type]?.settleGroup, unsettled: listUnsettled(input) })
  const unreadable: readonly Unreadable[] = listUnreadable(input, declaration, decisions, inventory, isInScope)
  yield
  const objects = listObjects(actions, inventory)
  yield
  const plan: Plan = {
    format: 'convergent.plan',
    version: PLAN_VERSION,
    id: input.id,
    stack: input.stack ?? 'default',
    mode: input.mode,
    createdAt: input.now,
    ...(input.expiresAt !== undefined && { expiresAt: input.expiresAt }),
    ...(input.recorded && { basedOn: { lineage: input.recorded.lineage, serial: input.recorded.serial } }),
    ...(input.openRun !== undefined && { openRun: input.openRun }),
    warnings: [...(input.warnings ?? []), ...warnOfUnsettled(input)],
    unreadable,
    violations: [],
    objects,
    actions: settled,
    summary: summarize(settled, decisions.filter(({ kind }, index) => kind === 'unchanged' && declaration.all[index]?.resource.external !== true).length),
  }
  return { ...plan, violations: judgePlan(plan, input.policies ?? []) }
}

/** What earlier runs left in groups of which the scope speaks. */
function listUnsettled({ recorded, types, scope }: PlanInput): readonly string[] {
  const named = scope?.types
  return (recorded?.unsettled ?? []).filter((group) => named === undefined || named.some((type) => types[type]?.settleGroup === group))
}

/** What an earlier run wrote stays as it is where nobody knows any more how to make it effective. */
function warnOfUnsettled({ recorded, settleGroups = {} }: PlanInput): readonly Warning[] {
  return (recorded?.unsettled ?? [])
    .filter((group) => !Object.hasOwn(settleGroups, group))
    .map((group) => ({ code: 'unsettled', message: `something was written to the group "${group}" that is not effective yet, and the provider has no such settle group${suggest(group, Object.keys(settleGroups))}; make it effective by hand` }))
}

/** Decides until no block that follows from another is new; nearly always the first round is the last. */
function* decide(input: PlanInput, declaration: Declaration, inventory: Inventory, matches: readonly (Existing | undefined)[], removals: readonly Removal[], edgesOf: (existing: Existing) => readonly Existing[]): Portions<readonly Decision[]> {
  if (input.mode === 'destroy') {
    yield* spreadBlocks(removals, [], inventory, edgesOf)
    return declaration.all.map(({ resource }): Decision => ({ kind: 'out-of-scope', existing: undefined, changes: [], unset: [], inputs: resource.inputs }))
  }
  const blocks = new Map<Address, Blocked>()
  const inScope = (declared: Declared): boolean => isNamedByScope(input.scope, declared.resource.type, declared.address)
  for (;;) {
    const decisions = yield* decideAll({ input, declaration, inventory, matches, inScope, isIncluded: (existing) => isIncluded(input.scope, existing), blocks })
    const found = yield* spreadBlocks(removals, decisions, inventory, edgesOf)
    const before = blocks.size
    for (const [address, blocked] of found) blocks.set(address, blocked)
    if (blocks.size === before) return decisions
  }
}

interface Describing {
  readonly input: PlanInput
  readonly declaration: Declaration
  readonly inventory: Inventory
}

function describeDecision({ input, declaration, inventory }: Describing, index: number, decision: Decision, ordered: Ordered): Action | undefined {
  const { kind, existing, changes, unset, inputs, reason, adopts, blocked } = decision
  if (kind === 'unchanged' || kind === 'unreadable' || kind === 'out-of-scope') return undefined
  const { resource, address, rules, dependencies } = declaration.all[index] as Declared
  const observed = existing?.observed
  const recorded = existing?.recorded ?? inventory.recorded.get(address)?.recorded
  const guarantee = input.guarantees?.[resource.type]
  const isProtected = resource.protected ?? recorded?.protected
  const action: Mutable<Action> = {
    address,
    kind,
    inputs,
    changes,
    steps: ordered.steps,
    fingerprint: observed === undefined ? ABSENT_FINGERPRINT : fingerprintObserved(rules, inputs, observed, decision),
    dependsOn: dependencies.map((dependency) => (declaration.all[dependency] as Declared).address),
  }
  // A spread for each of these would cost more than all else.
  if (reason !== undefined) action.reason = reason
  if (observed !== undefined) action.id = observed.id
  if (adopts === true) action.adopts = true
  if (unset.length > 0) action.unset = unset
  if (ordered.replaceOrder !== undefined) action.replaceOrder = ordered.replaceOrder
  if (kind === 'replace') {
    const loss = findLoss(existing as Existing, inputs)
    if (loss !== undefined) action.loss = loss
  }
  if (blocked !== undefined) action.blocked = blocked
  if (existing?.parentId !== undefined) action.parentId = existing.parentId
  if (isProtected !== undefined) action.protected = isProtected
  if (existing?.recorded !== undefined && existing.recorded.address !== address) action.movedFrom = existing.recorded.address
  if (guarantee !== undefined) action.guarantee = guarantee
  if (resource.settleBefore ?? rules.settleBefore ?? false) action.settleBefore = true
  return action
}

function describeRemoval({ kind, existing, address, blocked }: Removal, ordered: Ordered, edgesOf: (existing: Existing) => readonly Existing[]): Action {
  const { observed, parentId } = existing
  const loss = kind === 'delete' ? findLoss(existing) : undefined
  return {
    address,
    kind,
    ...(kind === 'forget' ? { reason: existing.status === 'absent' ? 'it is gone from the backend' : existing.isExternal ? 'it belongs to somebody else now' : 'it stays as it is, and is looked after no more' } : existing.deposedOf !== undefined && { reason: 'left over from an earlier replace' }),
    id: existing.id,
    changes: [],
    steps: ordered.steps,
    ...(loss !== undefined && { loss }),
    ...(blocked && { blocked }),
    fingerprint: observed === undefined ? ABSENT_FINGERPRINT : fingerprintObserved(existing.rules, undefined, observed),
    dependsOn: edgesOf(existing).flatMap((needed) => needed.address ?? []),
    ...(parentId !== undefined && { parentId }),
    ...(existing.deposedOf !== undefined && { deposed: [existing.id] }),
    ...(existing.rules.settleBefore === true && { settleBefore: true }),
  }
}

/** What was recorded says it, and what is declared does not lift it. Of an older object nothing is recorded but its id. */
function findLoss({ rules, observed, recorded, deposedOf }: Existing, declared?: Fields): string | undefined {
  if (rules.lossOnDelete === undefined || deposedOf !== undefined || recorded === undefined || observed === undefined) return undefined
  const isLifted = declared !== undefined && rules.lossOnDelete(declared, observed.outputs) === undefined
  return isLifted ? undefined : rules.lossOnDelete(recorded.inputs, observed.outputs)
}

/** Another process has neither this inventory nor, perhaps, a state: it finds what inputs refer to by these ids. */
function listObjects(actions: readonly Action[], inventory: Inventory): readonly KnownObject[] {
  if (inventory.all.length === 0) return []
  const written = new Set<Address>()
  const needed = new Set<Address>()
  for (const { address, kind, blocked, dependsOn, inputs } of actions) {
    if (blocked !== undefined) continue
    if (kind === 'create') written.add(address)
    if (inputs !== undefined) for (const dependency of dependsOn) needed.add(dependency)
  }
  return inventory.all
    .flatMap(({ address, observed, parentId, deposedOf }) => (deposedOf === undefined && address !== undefined && observed && needed.has(address) && !written.has(address) ? [{ address, id: observed.id, ...(parentId !== undefined && { parentId }) }] : []))
    .sort((a, b) => (a.address < b.address ? -1 : 1))
}

function refuseEmpty(input: PlanInput, removals: readonly Removal[]): void {
  if (input.mode !== 'sync' || input.desired.length > 0 || input.allowEmpty === true) return
  const count = removals.filter((removal) => removal.kind === 'delete').length
  if (count === 0) return
  throw new DeclarationError([
    { code: 'empty-declaration', message: `nothing is declared, so this would delete all ${count} that exist; say allowEmpty (--allow-empty) if that is meant` },
  ])
}

function refuseProtected(declaration: Declaration, decisions: readonly Decision[], removals: readonly Removal[]): void {
  const conflicts = [
    ...decisions.map((decision, index) => ({ address: (declaration.all[index] as Declared).address, blocked: decision.blocked })),
    ...removals,
  ].filter(({ blocked }) => blocked?.reason === 'protected')
  if (conflicts.length > 0) throw new DeclarationError(conflicts.map(({ address, blocked }) => ({ address, code: 'protected', message: (blocked as Blocked).message })))
}
