import type { FieldChange, Blocked } from '../action.ts'
import type { Address } from '../address.ts'
import type { Resolve } from '../applied.ts'
import { hideSecrets } from '../comparable.ts'
import { compareInputs, compareNew } from '../difference.ts'
import { matchesAny, matchesPath } from '../field-rule.ts'
import type { ErrorRecord } from '../errors.ts'
import { getPath } from '../json.ts'
import { endsPortion, type Portions } from '../portion.ts'
import { Sensitive, isMarker, visitMarkers, type Marker } from '../value.ts'
import type { Decision } from './decided.ts'
import type { Declaration, Declared } from './declaration.ts'
import { isOwned, protectorOf, type Existing, type Inventory } from './existing.ts'
import { keyOfFields } from './identity.ts'
import type { PlanInput } from './input.ts'
import { narrowToLift } from './lift.ts'

/** What decisions look things up in. */
export interface DecisionContext {
  readonly input: PlanInput
  readonly declaration: Declaration
  readonly inventory: Inventory
  readonly matches: readonly (Existing | undefined)[]
  readonly inScope: (declared: Declared) => boolean
  readonly isIncluded: (existing: Existing) => boolean
  /** Blocks that were found after an earlier round of decisions, by address. */
  readonly blocks: ReadonlyMap<Address, Blocked>
}

/** Decides for every declared resource, dependencies first: what they become says which values are known. */
export function* decideAll(context: DecisionContext): Portions<readonly Decision[]> {
  const { declaration } = context
  const decisions = new Array<Decision>(declaration.all.length)
  const reveal: Resolve = (marker) => resolveMarker(marker, declaration, decisions)
  const resolve: Resolve = (marker) => guardSecret(marker, reveal(marker), declaration)
  for (const index of declaration.order) {
    if (endsPortion(index)) yield
    decisions[index] = decide(context, index, decisions, reveal, resolve)
  }
  return decisions
}

function decide(context: DecisionContext, index: number, decisions: readonly Decision[], reveal: Resolve, resolve: Resolve): Decision {
  const { input, declaration, inventory, matches } = context
  const declared = declaration.all[index] as Declared
  const existing = matches[index]
  const base = { existing, changes: [], unset: [], inputs: declared.resource.inputs } as const
  if (!context.inScope(declared)) return { ...base, kind: 'out-of-scope' }

  const failure = readFailure(declared, existing, inventory, declaration, matches)
  if (failure !== undefined) return { ...base, kind: 'unreadable', error: failure }
  if (declared.resource.external === true) return { ...base, kind: 'unchanged' }
  for (const dependency of declared.dependencies) {
    const other = decisions[dependency] as Decision
    const address = (declaration.all[dependency] as Declared).address
    if (other.kind === 'unreadable') return { ...base, kind: 'unreadable', error: { code: 'unreadable-dependency', message: `${address}, which it depends on, could not be read` } }
    const missing = other.kind === 'out-of-scope' ? other.existing?.status !== 'present' : other.kind === 'create' && other.blocked !== undefined
    if (missing)
      return { ...base, kind: existing === undefined ? 'create' : 'update', blocked: { reason: 'blocked-dependency', message: `${address}, which it depends on, does not exist and is not created by this plan`, because: address } }
  }

  const forced = context.blocks.get(declared.address)
  if (existing?.observed === undefined) {
    const reason = inventory.recorded.has(declared.address) ? 'it is gone from the backend' : undefined
    const changes = compareNew(declared.resource.inputs, declared.rules, resolve)
    return { ...base, kind: 'create', changes: listCreated(changes, declared), ...(reason && { reason }), ...(forced && { blocked: forced }) }
  }

  const owned = isOwned(existing)
  const takesOver = !owned && (declared.resource.adopt === true || declared.rules.singleton === true)
  const parentField = declared.rules.parent?.field
  const rules = parentField === undefined ? declared.rules : { ...declared.rules, immutable: [...(declared.rules.immutable ?? []), parentField] }
  const observed = parentField !== undefined && existing.parentId !== undefined && existing.observed.outputs[parentField] === undefined ? { ...existing.observed.outputs, [parentField]: existing.parentId } : existing.observed.outputs
  const difference = compareInputs({ declared: declared.resource.inputs, observed, rules, resolve, ...(existing.recorded && { recorded: existing.recorded.inputs }) })
  const replaces = difference.changes.some((change) => change.forcesReplace === true)
  const moved = existing.recorded !== undefined && existing.recorded.address !== declared.address
  const wasProtected = existing.observed.protected ?? existing.recorded?.protected ?? false
  const protectionChanges = declared.resource.protected !== undefined && declared.resource.protected !== wasProtected
  const unrecorded = existing.recorded === undefined && (input.existing ?? 'recorded') === 'recorded'
  if (difference.changes.length === 0 && !moved && !protectionChanges && !unrecorded && !takesOver) return { ...base, kind: 'unchanged' }

  const decided = { ...base, kind: replaces ? 'replace' : 'update', ...difference, ...((takesOver || (unrecorded && owned)) && { adopts: true }) } as const
  if (!context.isIncluded(existing)) return { ...decided, blocked: outsideScope(existing) }
  if (!owned && !takesOver) return { ...decided, blocked: notOwned(existing) }
  const protector = protectorOf(existing)
  if (protector !== undefined && (difference.changes.length > 0 || protectionChanges)) {
    if (protector === existing && declared.resource.protected === false) return narrowToLift(decided, declared, observed)
    return { ...decided, blocked: protectedBlock(existing, protector) }
  }
  if (forced !== undefined) return { ...decided, blocked: forced }
  if (input.mode === 'apply' && declared.rules.replaceable !== true && input.allowReplace !== true) {
    if (replaces) return { ...decided, blocked: replaceBlock(decided.changes) }
    const lost = decided.changes.filter((change) => declared.rules.destroys?.(change, declared.resource.inputs) === 'part')
    if (lost.length > 0) return { ...decided, blocked: lossBlock(lost) }
  }
  if (!replaces) return decided
  const key = keyOf(declared, reveal)
  const keepsKey = key !== undefined && key === keyOfFields(declared.rules, observed)
  const other = keepsKey || key === undefined ? undefined : inventory.withKey(declared.resource.type, key).find((each) => each !== existing && !isOwned(each))
  return other === undefined ? { ...decided, keepsKey } : { ...decided, blocked: takenKey(other) }
}

/** A create shows every declared field that holds something. */
function listCreated(changes: readonly FieldChange[], declared: Declared): readonly FieldChange[] {
  const fields = Object.keys(declared.resource.inputs)
  if (changes.length === fields.length && changes.every(({ path }, at) => path[0] === fields[at])) return changes
  const shown = new Set(changes.map((change) => String(change.path[0])))
  const rest = Object.entries(declared.resource.inputs)
    .filter(([field, value]) => value !== undefined && value !== null && !shown.has(field))
    .map(([field, value]): FieldChange => (declared.rules.sensitive?.some((pattern) => matchesPath(pattern, [field])) ? { path: [field], sensitive: true } : { path: [field], after: value }))
  return [...changes, ...rest]
}

/** The error that hides whether it exists: its own, its list's, or its parent's. */
function readFailure(declared: Declared, existing: Existing | undefined, inventory: Inventory, declaration: Declaration, matches: readonly (Existing | undefined)[]): ErrorRecord | undefined {
  if (existing?.status === 'unreadable') return existing.error
  let parentId: string | undefined
  const field = declared.rules.parent?.field
  const value = field === undefined ? undefined : declared.resource.inputs[field]
  if (typeof value === 'string') parentId = value
  else if (isMarker(value) && value.kind === 'reference') parentId = matches[declaration.indexOf.get(value.address) as number]?.id
  // What exists elsewhere is to move into it.
  if (existing !== undefined && (parentId === undefined || parentId === existing.parentId)) return undefined
  return inventory.failureOf(declared.resource.type, parentId)
}

/** What a marker stands for, as far as planning can know. */
function resolveMarker(marker: Marker, declaration: Declaration, decisions: readonly Decision[]): { readonly value: unknown } | undefined {
  if (marker.kind === 'deferred' || marker.kind === 'sensitive') return marker.reveal()
  if (marker.kind === 'unknown') return undefined
  const index = declaration.indexOf.get(marker.address) as number
  const target = decisions[index] as Decision
  const { rules } = declaration.all[index] as Declared
  const keepsId = target.existing?.observed !== undefined && (target.kind !== 'replace' || target.blocked !== undefined)
  if (marker.path.length === 0) return keepsId ? { value: target.existing.id } : undefined
  const observed = getPath(target.existing?.observed?.outputs, marker.path)
  if (target.kind === 'unchanged' || target.kind === 'out-of-scope' || target.blocked !== undefined) return observed === undefined ? undefined : { value: observed }
  const declared = getPath(target.inputs, marker.path)
  if (declared !== undefined) {
    let isKnown = true
    visitMarkers(declared, () => (isKnown = false))
    if (isKnown) return { value: declared }
  }
  return keepsId && observed !== undefined && rules.stable?.some((pattern) => matchesPath(pattern, marker.path)) ? { value: observed } : undefined
}

/** What another type holds as sensitive stays so where it is referred to. */
function guardSecret(marker: Marker, known: ReturnType<Resolve>, declaration: Declaration): ReturnType<Resolve> {
  if (known === undefined || marker.kind !== 'reference') return known
  const { rules } = declaration.all[declaration.indexOf.get(marker.address) as number] as Declared
  const isInside = marker.path.some((_, at) => matchesAny(rules.sensitive, marker.path.slice(0, at + 1)))
  return { value: isInside ? new Sensitive({ value: known.value }) : hideSecrets(rules, marker.path, known.value) }
}

/** The natural key that it is to have. */
function keyOf(declared: Declared, resolve: Resolve): string | undefined {
  const fields: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(declared.resource.inputs)) fields[field] = isMarker(value) ? resolve(value)?.value : value
  return keyOfFields(declared.rules, fields)
}

function takenKey(other: Existing): Blocked {
  return { reason: 'not-owned', message: `what is to take its place has the natural key of an object that exists (id ${other.id}) and is not ours; choose another name` }
}

function notOwned(existing: Existing): Blocked {
  return { reason: 'not-owned', message: `an object of this natural key exists (id ${existing.id}) and is not ours; take it over with adopt: true, or choose another name` }
}

function outsideScope(existing: Existing): Blocked {
  return { reason: 'not-owned', message: `an object of this natural key exists (id ${existing.id}) and lies outside of this declaration's scope: it is somebody else's; choose another name` }
}

/** Says what is protected and how to lift it. */
export function protectedBlock(existing: Existing, protector: Existing): Blocked {
  if (protector === existing) return { reason: 'protected', message: 'it is protected; declare protected: false and apply that first' }
  const address = protector.address ?? protector.id
  return { reason: 'protected', message: `${address}, in which it lives, is protected; declare protected: false there and apply that first`, ...(protector.address && { because: protector.address }) }
}

function lossBlock(changes: readonly FieldChange[]): Blocked {
  return { reason: 'replace-in-apply', message: `${changes.map((change) => change.path.join('.')).join(', ')} would go with what it holds, and mode apply deletes nothing; plan in mode sync, or allow replaces` }
}

function replaceBlock(changes: readonly FieldChange[]): Blocked {
  const fields = changes.filter((change) => change.forcesReplace).map((change) => change.path.join('.'))
  return { reason: 'replace-in-apply', message: `${fields.join(', ')} cannot be changed in place and mode apply deletes nothing; plan in mode sync, or allow replaces` }
}
