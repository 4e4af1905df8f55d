import type { FieldChange } from './action.ts'
import { isUnordered, matchesAny, normaliseAt, touchesAny } from './field-rule.ts'
import { fingerprintFields } from './fingerprint.ts'
import { isFields, type Fields, type Path } from './json.ts'
import type { TypeRules } from './rules.ts'
import { Unknown, isMarker, mapMarkers, visitMarkers, type Deferred, type Marker, type Sensitive } from './value.ts'

/** What is compared. */
export interface Comparison {
  readonly declared: Fields
  readonly observed: Fields
  /** The declaration as last applied; absent when nothing is recorded. */
  readonly recorded?: Fields
  readonly rules: TypeRules
  /** What a marker stands for, as far as it is known. */
  readonly resolve: (marker: Marker) => { readonly value: unknown } | undefined
}

/** What has to change so that the observed becomes the declared. */
export interface Difference {
  readonly changes: readonly FieldChange[]
  /** Places that the last applied declaration had, this one has not, and that still hold something. */
  readonly unset: readonly Path[]
}

/**
 * Compares three ways. Only declared fields count: what was never declared is left alone. A declared `null` means that
 * nothing should be there. What was declared last time and is not now is unset.
 */
export function compareInputs(comparison: Comparison): Difference {
  const found: FieldChange[] = []
  compareFields(comparison, comparison.declared, comparison.observed, comparison.recorded, [], found)
  const unset: Path[] = []
  if (comparison.recorded !== undefined) findUnset(comparison, comparison.recorded, comparison.declared, comparison.observed, [], unset, found)
  const { immutable } = comparison.rules
  return { unset, changes: immutable === undefined ? found : found.map((change) => (touchesAny(immutable, change.path) ? { ...change, forcesReplace: true } : change)) }
}

function compareFields(comparison: Comparison, declared: Fields, observed: Fields, recorded: unknown, path: Path, found: FieldChange[]): void {
  for (const key of Object.keys(declared)) {
    const value = declared[key]
    if (value !== undefined) compareValue(comparison, value, own(observed, key), own(recorded, key), [...path, key], found)
  }
}

function compareValue(comparison: Comparison, declared: unknown, observed: unknown, recorded: unknown, path: Path, found: FieldChange[]): void {
  const { rules, resolve } = comparison
  if (matchesAny(rules.ignored, path)) return
  if (isSecret(declared) || matchesAny(rules.sensitive, path) || matchesAny(rules.writeOnly, path)) return compareSecret(comparison, declared, observed, recorded, path, found)
  if (isMarker(declared)) {
    const known = resolve(declared)
    if (known === undefined) found.push({ path, ...present('before', observed), after: new Unknown() })
    else compareValue(comparison, known.value ?? null, observed, recorded, path, found)
    return
  }
  if (isNothing(declared) && isNothing(observed)) return
  const [wanted, shown] = [normaliseAt(rules, path, declared), normaliseAt(rules, path, observed)]
  if (isFields(wanted) && isFields(shown) && !matchesAny(rules.atomic, path)) return compareFields(comparison, wanted, shown, recorded, path, found)
  const resolved = mapMarkers(wanted, (marker) => {
    const known = resolve(marker)
    return known === undefined ? new Unknown() : known.value
  })
  const isSet = Array.isArray(resolved) && Array.isArray(shown) && isUnordered(rules, path)
  if (isSet ? equalSets(resolved, shown) : equalValues(resolved, shown)) return
  if (isNothing(declared)) found.push({ path, ...present('before', observed) })
  else found.push({ path, ...present('before', observed), after: wanted === declared ? resolved : mapMarkers(declared, (marker) => (isSecret(marker) ? marker : (resolve(marker)?.value ?? new Unknown()))) })
}

/**
 * Secrets are compared by value where this process has both sides, by keyed digest with what was recorded where it has
 * not, and are otherwise taken as they are. Neither side is ever shown.
 */
function compareSecret({ resolve, rules, recorded: applied }: Comparison, declared: unknown, observed: unknown, recorded: unknown, path: Path, found: FieldChange[]): void {
  const change: FieldChange = { path, ...(isSecret(declared) && { after: declared }), sensitive: true }
  const known = isMarker(declared) ? (isSecret(declared) ? declared.reveal() : resolve(declared)) : { value: declared }
  if (!matchesAny(rules.writeOnly, path) && !isNothing(observed)) {
    if (known !== undefined && !equalValues(normaliseAt(rules, path, known.value), normaliseAt(rules, path, observed))) found.push(change)
    else if (known === undefined && !isSecret(declared)) found.push(change)
    return
  }
  if (isNothing(declared)) return
  if (applied === undefined) {
    // Never applied by us: whether the backend holds the same cannot be known, and setting it would be a change for ever.
    if (!matchesAny(rules.writeOnly, path)) found.push(change)
    return
  }
  if (recorded === undefined || recorded === null) found.push(change)
  else if (isSecret(declared) && isSecret(recorded)) {
    const isOther = declared.digest !== undefined && recorded.digest !== undefined ? declared.digest !== recorded.digest : sourceOf(declared) !== sourceOf(recorded)
    if (isOther) found.push(change)
  } else if (!isSecret(recorded) && known !== undefined && !equalValues(known.value, recorded)) found.push(change)
}

/** What was applied and is declared no longer, where something is still there. Children of lists are compared as a part of the list. */
function findUnset({ rules }: Comparison, recorded: Fields, declared: unknown, observed: unknown, path: Path, unset: Path[], found: FieldChange[]): void {
  for (const key of Object.keys(recorded)) {
    const at = [...path, key]
    const [was, shown, now] = [recorded[key], own(observed, key), own(declared, key)]
    if (isNothing(was) || matchesAny(rules.ignored, at)) continue
    if (isFields(was) && isFields(now) && isFields(shown)) findUnset({ rules } as Comparison, was, now, shown, at, unset, found)
    else if (now === undefined && !isMarker(declared) && !isEmpty(shown) && !matchesAny(rules.writeOnly, at)) {
      // An object that others add to loses only what we added.
      const left = isFields(was) && isFields(shown) && !matchesAny(rules.atomic, at) ? Object.keys(shown).filter((each) => !Object.hasOwn(was, each)) : []
      if (left.length > 0) findUnset({ rules } as Comparison, was as Fields, {}, shown, at, unset, found)
      else {
        unset.push(at)
        found.push(matchesAny(rules.sensitive, at) || isSecret(was) ? { path: at, sensitive: true } : { path: at, before: shown })
      }
    }
  }
}

function own(value: unknown, key: string): unknown {
  return isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

function present(side: 'before', value: unknown): { before?: unknown } {
  return isNothing(value) ? {} : { [side]: value }
}

function isSecret(value: unknown): value is Deferred | Sensitive {
  return isMarker(value) && (value.kind === 'deferred' || value.kind === 'sensitive')
}

function sourceOf(secret: Deferred | Sensitive): string {
  return secret.kind === 'deferred' ? `${secret.resolver}\0${secret.key}` : ''
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null
}

function isEmpty(value: unknown): boolean {
  return isNothing(value) || value === '' || (Array.isArray(value) && value.length === 0) || (isFields(value) && Object.keys(value).length === 0)
}

/** Equal as JSON is: key order does not count, absent and undefined are the same, an unknown equals nothing. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return isNothing(a) ? isNothing(b) : a !== a && b !== b
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, at) => equalValues(each, b[at]))
  if (!isFields(a) || !isFields(b)) return false
  for (const key of Object.keys(a)) if (!equalValues(a[key], own(b, key))) return false
  for (const key of Object.keys(b)) if (!isNothing(b[key]) && !Object.hasOwn(a, key)) return false
  return true
}

function equalSets(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  let hasMarker = false
  visitMarkers(a, () => (hasMarker = true))
  if (hasMarker) return false
  const sorted = (values: readonly unknown[]): string => values.map((each) => fingerprintFields('', each)).sort().join()
  return sorted(a) === sorted(b)
}
