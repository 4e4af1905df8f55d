import { isNormalisedBelow, isUnordered, matchesAny, normaliseAt, reachesAny } from './field-rule.ts'
import { Hash } from './hash.ts'
import { isFields, type Path } from './json.ts'
import type { TypeRules } from './rules.ts'
import { Sensitive, isMarker, mapMarkers, someMarker, visitMarkers, type Deferred } from './value.ts'

/** True for a marker of a value that must not be shown. */
export function isSecret(value: unknown): value is Deferred | Sensitive {
  return isMarker(value) && (value.kind === 'deferred' || value.kind === 'sensitive')
}

/** True when a secret is in a value. */
export function holdsSecret(value: unknown): boolean {
  return someMarker(value, isSecret)
}

/** True when nothing is there. */
export function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

/** True for `null`, and for an object of nothing but such; an empty object is something. */
export function isHollow(value: unknown): boolean {
  if (!isFields(value)) return isNothing(value)
  const children = Object.values(value)
  return children.length > 0 && children.every(isHollow)
}

/**
 * A value in the form in which it is compared as a whole: normalised at every place, sets in one order, without the places
 * that are never compared and without the hidden ones (`*` stands for any step).
 */
export function toComparable(rules: TypeRules, path: Path, value: unknown, hidden: readonly Path[] = []): unknown {
  const normal = normaliseAt(rules, path, value)
  if (typeof normal !== 'object' || normal === null || isMarker(normal) || !(hidden.length > 0 || hasRulesFor(rules, path))) return normal
  if (Array.isArray(normal)) {
    const children = normal.map((child, index) => (isLeftOut(rules, [...path, index], hidden) ? null : toComparable(rules, [...path, index], child, hidden)))
    return isUnordered(rules, path) ? sortSet(children) : children
  }
  if (!isFields(normal)) return normal
  const kept: [string, unknown][] = []
  for (const key of Object.keys(normal)) {
    const at = [...path, key]
    if (!isLeftOut(rules, at, hidden)) kept.push([key, toComparable(rules, at, normal[key], hidden)])
  }
  return Object.fromEntries(kept)
}

/** The secret places at or below a path: those that the type names and those that hold a marker. */
export function findSecretPlaces(rules: TypeRules, path: Path, declared: unknown): readonly Path[] {
  const places: Path[] = reachesAny(rules.sensitive, path) ? (rules.sensitive ?? []).map((pattern) => pattern.split('.')) : []
  visitMarkers(declared, (marker, at) => {
    if (isSecret(marker)) places.push(generalisePlace(rules, [...path, ...at]))
  })
  return places
}

/** In a set no position means anything: the place stands for the same one in every element. */
export function generalisePlace(rules: TypeRules, place: Path): Path {
  return place.map((part, at) => (typeof part === 'number' && isUnordered(rules, place.slice(0, at)) ? '*' : part))
}

/** A declared value as it may be shown: each literal at a sensitive place as a marker. Markers stay. */
export function hideSecrets(rules: TypeRules, path: Path, value: unknown): unknown {
  if (isNothing(value) || isMarker(value) || !reachesAny(rules.sensitive, path)) return value
  if (matchesAny(rules.sensitive, path)) return new Sensitive({ value })
  if (Array.isArray(value)) return value.map((child, index) => hideSecrets(rules, [...path, index], child))
  return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, child]) => [key, hideSecrets(rules, [...path, key], child)])) : value
}

/** True when a place is one of these; `*` stands for any step. */
export function isPlaceOf(places: readonly Path[], path: Path): boolean {
  return places.some((place) => place.length === path.length && place.every((part, at) => part === '*' || String(part) === String(path[at])))
}

/** Equal as JSON is: key order does not count, absent, undefined and null are the same, a marker equals nothing but itself. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return isNothing(a) ? isNothing(b) : a !== a && b !== b
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, at) => equalValues(each, b[at]))
  if (!isFields(a) || !isFields(b)) return false
  for (const key of Object.keys(a)) if (!equalValues(a[key], Object.hasOwn(b, key) ? b[key] : undefined)) return false
  for (const key of Object.keys(b)) if (!isNothing(b[key]) && !Object.hasOwn(a, key)) return false
  return true
}

/** The elements of a set in an order that depends on nothing but what they are. */
export function sortSet(elements: readonly unknown[]): unknown[] {
  if (elements.every((element) => typeof element === 'string')) return [...elements].sort()
  return elements
    .map((element) => {
      const hash = new Hash()
      // A marker's class is no JSON; its written form tells it from others.
      hash.addValue(mapMarkers(element, (marker) => ({ ...marker.toJSON() })))
      return { element, text: hash.toHex() }
    })
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ element }) => element)
}

function isLeftOut(rules: TypeRules, path: Path, hidden: readonly Path[]): boolean {
  return matchesAny(rules.ignored, path) || matchesAny(rules.writeOnly, path) || isPlaceOf(hidden, path)
}

function hasRulesFor(rules: TypeRules, path: Path): boolean {
  return (
    reachesAny(rules.unordered, path) ||
    reachesAny(rules.ignored, path) ||
    reachesAny(rules.writeOnly, path) ||
    isNormalisedBelow(rules, path)
  )
}
