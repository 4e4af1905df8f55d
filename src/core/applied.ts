import { equalValues, isNothing, isPlaceOf, isSecret, sortSet } from './comparable.ts'
import { isUnordered, matchesAny } from './field-rule.ts'
import { isFields, type Path } from './json.ts'
import type { TypeRules } from './rules.ts'
import { isMarker, type Deferred, type Marker, type Sensitive } from './value.ts'

/** What a marker stands for, as far as it is known. */
export type Resolve = (marker: Marker) => { readonly value: unknown } | undefined

/**
 * True when a declared value is what was applied last time, for places that no read shows. Secrets are compared by their
 * keyed digests, or by where they come from; references by what they name, and one whose value is not known yet is about
 * to change.
 */
export function equalsApplied(declared: unknown, recorded: unknown, rules: TypeRules, path: Path, resolve: Resolve): boolean {
  if (isSecret(declared)) {
    if (isSecret(recorded)) return isSameSecret(declared, recorded)
    if (isNothing(recorded)) return false
    const known = declared.reveal()
    return known === undefined || equalValues(known.value, recorded)
  }
  // Without its digest a literal cannot be told from what was recorded; where the type says "sensitive" it has been one all along.
  if (isSecret(recorded)) return matchesAny(rules.sensitive, path)
  if (isMarker(declared)) {
    const known = resolve(declared)
    if (known === undefined) return false
    if (!isMarker(recorded)) return equalsApplied(known.value, recorded, rules, path, resolve)
    return declared.kind === 'reference' && recorded.kind === 'reference' && declared.address === recorded.address && equalValues(declared.path, recorded.path)
  }
  if (Array.isArray(declared) && Array.isArray(recorded)) {
    if (declared.length !== recorded.length) return false
    const [now, was] = isUnordered(rules, path) ? [sortSet(declared), sortSet(recorded)] : [declared, recorded]
    return now.every((each, index) => equalsApplied(each, was[index], rules, [...path, index], resolve))
  }
  if (!isFields(declared) || !isFields(recorded)) return equalValues(declared, recorded)
  const keys = new Set([...Object.keys(declared), ...Object.keys(recorded)])
  return [...keys].every((key) => equalsApplied(own(declared, key), own(recorded, key), rules, [...path, key], resolve))
}

/** What a value holds at the places that no read shows, for comparing it with what was applied. */
export function pickUnseen(rules: TypeRules, path: Path, value: unknown, hidden: readonly Path[]): unknown {
  if (matchesAny(rules.writeOnly, path) || isPlaceOf(hidden, path)) return value
  if (isMarker(value)) return null
  if (Array.isArray(value)) return value.map((child, index) => pickUnseen(rules, [...path, index], child, hidden))
  return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, child]) => [key, pickUnseen(rules, [...path, key], child, hidden)])) : null
}

/** The own property of that name, where there is an object and it has one. */
export function own(value: unknown, key: string): unknown {
  return isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

function isSameSecret(a: Deferred | Sensitive, b: Deferred | Sensitive): boolean {
  return a.digest !== undefined && b.digest !== undefined ? a.digest === b.digest : sourceOf(a) === sourceOf(b)
}

function sourceOf(secret: Deferred | Sensitive): string {
  return secret.kind === 'deferred' ? `${secret.resolver}\0${secret.key}` : ''
}
