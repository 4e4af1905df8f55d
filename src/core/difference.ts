import type { FieldChange } from './action.ts'
import { equalsApplied, own, pickUnseen, type Resolve } from './applied.ts'
import { equalValues, findSecretPlaces, generalisePlace, hideSecrets, holdsSecret, isHollow, isNothing, isSecret, toComparable } from './comparable.ts'
import { matchesAny, normaliseAt, reachesAny, touchesAny } from './field-rule.ts'
import { isFields, type Fields, type Path } from './json.ts'
import type { TypeRules } from './rules.ts'
import { Unknown, isMarker, mapMarkers, type Marker } from './value.ts'

/** What is compared. */
export interface Comparison {
  readonly declared: Fields
  readonly observed: Fields
  /** The declaration as last applied; absent when nothing is recorded. */
  readonly recorded?: Fields
  readonly rules: TypeRules
  /** What a marker stands for, as far as it is known. Asked for references; secrets are asked themselves. */
  readonly resolve: Resolve
}

/** What has to change so that the observed becomes the declared. */
export interface Difference {
  readonly changes: readonly FieldChange[]
  /** Places that are to hold nothing, though no `null` is declared there: the last applied declaration had them, or the object is compared whole. */
  readonly unset: readonly Path[]
}

/** A comparison under way. */
interface Scan {
  readonly rules: TypeRules
  readonly resolve: Resolve
  /** True: something was applied before, so that what it lacks is known. */
  readonly isRecorded: boolean
  /** True: the object around is not there, so nothing that a read would not show is there either. */
  readonly isNew: boolean
  /** True: no rule says anything of how a field is compared. */
  readonly isPlain: boolean
  readonly changes: FieldChange[]
  readonly unset: Path[]
}

/**
 * Compares three ways. Only declared fields count: what was never declared is left alone. A declared `null` means that
 * nothing should be there. What was declared last time and is not now is unset. Objects are compared by their declared
 * keys, lists as a whole.
 */
export function compareInputs(comparison: Comparison): Difference {
  const { declared, observed, recorded, rules, resolve } = comparison.rules.recordedOnly === undefined ? comparison : showRecorded(comparison, comparison.rules.recordedOnly)
  const scan = startScan(rules, resolve, recorded !== undefined)
  compareFields(scan, declared, observed, recorded, [], false)
  if (recorded !== undefined) findUnset(scan, recorded, declared, observed, [], false)
  const { immutable, destroys } = rules
  const forces = (change: FieldChange): boolean => touchesAny(immutable, change.path) || destroys?.(change, declared) === 'object'
  const changes = immutable === undefined && destroys === undefined ? scan.changes : scan.changes.map((change) => (forces(change) ? { ...change, forcesReplace: true } : change))
  return { changes, unset: scan.unset }
}

/** What no backend has is there as it was recorded; where nothing is, it is left alone. */
function showRecorded(comparison: Comparison, fields: readonly string[]): Comparison {
  const { declared, observed, recorded } = comparison
  if (recorded === undefined) return { ...comparison, declared: Object.fromEntries(Object.entries(declared).filter(([field]) => !fields.includes(field))) }
  return { ...comparison, observed: { ...observed, ...Object.fromEntries(fields.flatMap((field) => (Object.hasOwn(recorded, field) ? [[field, recorded[field]]] : []))) } }
}

/** What there is to tell of an object that is to be created. */
export function compareNew(declared: Fields, rules: TypeRules, resolve: Resolve): readonly FieldChange[] {
  const scan = startScan(rules, resolve, false)
  compareFields(scan, declared, {}, undefined, [], false)
  return scan.changes
}

function startScan(rules: TypeRules, resolve: Resolve, isRecorded: boolean): Scan {
  const { sensitive, ignored, writeOnly, normalise, unordered, atomic } = rules
  const isPlain = (sensitive ?? ignored ?? writeOnly ?? normalise ?? unordered ?? atomic) === undefined
  return { rules, resolve, isRecorded, isNew: false, isPlain, changes: [], unset: [] }
}

function compareFields(scan: Scan, declared: Fields, observed: Fields, recorded: unknown, path: Path, isWhole: boolean): void {
  for (const key of Object.keys(declared)) {
    const value = declared[key]
    if (value === undefined) continue
    const shown = own(observed, key)
    // Most fields are texts and numbers that no rule speaks of.
    if (!scan.isPlain || typeof value === 'object') compareValue(scan, value, shown, own(recorded, key), [...path, key], isWhole)
    else if (!equalValues(value, shown)) addChange(scan, [...path, key], value, shown, own(recorded, key))
  }
  if (!isWhole) return
  for (const key of Object.keys(observed)) {
    const at = [...path, key]
    if (own(declared, key) === undefined && !isHollow(observed[key]) && !isUncompared(scan.rules, at)) unsetPlace(scan, at, observed[key], own(recorded, key))
  }
}

function compareValue(scan: Scan, declared: unknown, observed: unknown, recorded: unknown, path: Path, isWhole: boolean): void {
  const { rules, resolve } = scan
  if (matchesAny(rules.ignored, path)) return
  if (matchesAny(rules.writeOnly, path)) return compareUnseen(scan, declared, recorded, path)
  if (isSecret(declared) || matchesAny(rules.sensitive, path)) return compareSecret(scan, declared, observed, recorded, path)
  if (isMarker(declared)) {
    const known = resolve(declared)
    if (known === undefined) addChange(scan, path, new Unknown(), observed, recorded)
    else compareValue(scan, known.value ?? null, observed, recorded, path, isWhole)
    return
  }
  if (isHollow(declared) && isHollow(observed)) return
  const [wanted, shown] = [normaliseAt(rules, path, declared), normaliseAt(rules, path, observed)]
  const isAtomic = isWhole || matchesAny(rules.atomic, path)
  // What is new is told field by field, as what changes is.
  if (isFields(wanted) && Object.keys(wanted).length > 0 && isNothing(shown) && wanted === declared && !isAtomic) return compareFields({ ...scan, isNew: true }, wanted, {}, undefined, path, false)
  if (!isFields(wanted) || !isFields(shown)) return compareWhole(scan, declared, observed, recorded, path)
  if (wanted === declared && shown === observed) return compareFields(scan, wanted, shown, recorded, path, isAtomic)
  // A normaliser may name other keys than the backend does: the places inside are no places of the inputs.
  const inner: Scan = { ...scan, changes: [], unset: [] }
  compareFields(inner, wanted, shown, normaliseAt(rules, path, recorded), path, isAtomic)
  if (inner.changes.length > 0) addChange(scan, path, resolveShown(scan, declared), observed, recorded)
}

function compareWhole(scan: Scan, declared: unknown, observed: unknown, recorded: unknown, path: Path): void {
  const { rules, resolve } = scan
  const hidden: Path[] = []
  let isKnown = true
  const settle = (marker: Marker, at: Path): unknown => {
    const direct = isSecret(marker) ? { value: marker } : resolve(marker)
    const known = isSecret(direct?.value) ? direct.value.reveal() : direct
    // What a reference stands for may hold secrets of its own.
    if (known !== undefined) return mapMarkers(known.value ?? null, settle, at)
    if (isSecret(direct?.value)) hidden.push(generalisePlace(rules, at))
    else isKnown = false
    return new Unknown()
  }
  const resolved = mapMarkers(declared, settle, path)
  const isSame =
    isKnown &&
    equalValues(toComparable(rules, path, resolved, hidden), toComparable(rules, path, observed, hidden)) &&
    (!scan.isRecorded || (hidden.length === 0 && !reachesAny(rules.writeOnly, path)) || isUnseenSame(scan, declared, recorded, path, hidden))
  if (!isSame) addChange(scan, path, resolveShown(scan, declared), observed, recorded)
}

function isUnseenSame({ rules, resolve }: Scan, declared: unknown, recorded: unknown, path: Path, hidden: readonly Path[]): boolean {
  return equalsApplied(pickUnseen(rules, path, declared, hidden), pickUnseen(rules, path, recorded, hidden), rules, path, resolve)
}

/** No read shows it. Where nothing was applied by us it is left alone, since setting it would be a change for ever. */
function compareUnseen({ isRecorded, isNew, rules, resolve, changes }: Scan, declared: unknown, recorded: unknown, path: Path): void {
  if (isNew && !isNothing(declared)) changes.push(hiddenChange(path, declared))
  if (isNew || !isRecorded || (isNothing(declared) && isNothing(recorded))) return
  const [now, was] = [normaliseAt(rules, path, declared), normaliseAt(rules, path, recorded)]
  if (isNothing(was) || !equalsApplied(now, was, rules, path, resolve)) changes.push(hiddenChange(path, declared))
}

/**
 * A secret is compared by value where this process has both sides, else with what was applied; where neither can be done
 * it is taken as it is when something is there. Neither side is ever shown.
 */
function compareSecret(scan: Scan, declared: unknown, observed: unknown, recorded: unknown, path: Path): void {
  const { rules, resolve, isRecorded, changes } = scan
  const known = isSecret(declared) ? declared.reveal() : isMarker(declared) ? resolve(declared) : { value: declared }
  const isThere = !isNothing(observed)
  let isSame: boolean
  if (known === undefined && !isSecret(declared)) isSame = false
  else if (isSecret(known?.value)) return compareSecret(scan, known.value, observed, recorded, path)
  else if (known !== undefined && (isThere || isNothing(known.value))) {
    const inner: Scan = { ...scan, rules: { ...rules, sensitive: [] }, isPlain: false, changes: [], unset: [] }
    compareValue(inner, known.value ?? null, observed, undefined, path, false)
    isSame = inner.changes.length === 0
  } else if (isRecorded && !isNothing(recorded)) isSame = equalsApplied(declared, recorded, rules, path, resolve)
  else isSame = isThere
  if (!isSame) changes.push(hiddenChange(path, declared))
}

/** What was applied and is declared no longer, where something is still there. What is in a list is compared with the list. */
function findUnset(scan: Scan, recorded: Fields, declared: unknown, observed: unknown, path: Path, isHidden: boolean): void {
  const { rules } = scan
  for (const key of Object.keys(recorded)) {
    const at = [...path, key]
    const [was, shown, now] = [recorded[key], own(observed, key), own(declared, key)]
    if (isNothing(was) || isUncompared(rules, at)) continue
    const hides = isHidden || matchesAny(rules.sensitive, at)
    const isAtomic = matchesAny(rules.atomic, at)
    if (isFields(was) && isFields(now) && isFields(shown)) {
      if (!isAtomic) findUnset(scan, was, now, shown, at, hides)
    } else if (now === undefined && !isEmpty(shown)) {
      // An object that others add to loses only what we added.
      const isShared = !isAtomic && isFields(was) && isFields(shown) && Object.keys(shown).some((each) => !Object.hasOwn(was, each))
      if (isShared) findUnset(scan, was, {}, shown, at, hides)
      else unsetPlace(scan, at, shown, was, hides)
    }
  }
}

function unsetPlace({ rules, changes, unset }: Scan, path: Path, observed: unknown, recorded: unknown, isHidden = false): void {
  unset.push(path)
  const hides = isHidden || holdsSecret(recorded) || reachesAny(rules.sensitive, path)
  changes.push(hides ? { path, sensitive: true } : { path, before: observed })
}

/** Adds a change; with something inside that is secret or that no read shows, what is there now is not shown, and secrets are markers. */
function addChange({ rules, changes }: Scan, path: Path, after: unknown, observed: unknown, recorded: unknown): void {
  const hides = !isNothing(observed) && (holdsSecret(recorded) || reachesAny(rules.writeOnly, path) || findSecretPlaces(rules, path, after).length > 0)
  changes.push({
    path,
    ...(!hides && !isNothing(observed) && { before: observed }),
    ...(!isNothing(after) && { after: hideSecrets(rules, path, after) }),
    ...(hides && { sensitive: true }),
  })
}

function hiddenChange(path: Path, declared: unknown): FieldChange {
  return { path, ...(isSecret(declared) && { after: declared }), sensitive: true }
}

/** What is declared with what is known of its references; secrets stay markers. */
function resolveShown({ resolve }: Scan, declared: unknown): unknown {
  return mapMarkers(declared, (marker) => (isSecret(marker) ? marker : (resolve(marker)?.value ?? new Unknown())))
}

function isUncompared(rules: TypeRules, path: Path): boolean {
  return matchesAny(rules.ignored, path) || matchesAny(rules.writeOnly, path)
}

function isEmpty(value: unknown): boolean {
  return isHollow(value) || value === '' || (Array.isArray(value) && value.length === 0) || (isFields(value) && Object.keys(value).length === 0)
}
