import { findSecretPlaces, isHollow, isNothing, isSecret, toComparable } from './comparable.ts'
import { matchesAny, normaliseAt } from './field-rule.ts'
import { Hash } from './hash.ts'
import { isFields, type Fields, type Path } from './json.ts'
import type { TypeRules } from './rules.ts'

/** The fingerprint of proven absence. */
export const ABSENT_FINGERPRINT = 'absent'

/** A digest of an id and of what is compared, for telling whether it moved; no secret is ever given to it. */
export function fingerprintFields(id: string, compared: unknown): string {
  const hash = new Hash()
  hash.addText(id)
  hash.addValue(compared)
  return hash.toHex()
}

/** What a declaration compares of an object: the observed values at the declared places, normalised, sets in one order, secrets left out. */
export function projectDeclared(declared: Fields, observed: Fields, rules: TypeRules): Fields {
  return projectFields(declared, observed, rules, [])
}

function projectFields(declared: Fields, observed: Fields, rules: TypeRules, path: Path): Fields {
  const projected = Object.create(null) as Record<string, unknown>
  for (const key of Object.keys(declared)) {
    const at = [...path, key]
    const value = declared[key]
    if (value === undefined || isSecret(value) || matchesAny(rules.sensitive, at) || matchesAny(rules.ignored, at) || matchesAny(rules.writeOnly, at)) continue
    const shown = Object.hasOwn(observed, key) ? observed[key] : undefined
    const [wanted, normal] = [normaliseAt(rules, at, value), normaliseAt(rules, at, shown)]
    // Nothing, and an object of nothing, are the same to a comparison.
    const isEmpty = isHollow(wanted) && isHollow(normal)
    const found = isEmpty ? {} : normal
    if (isEmpty && isNothing(wanted)) projected[key] = null
    else if (isFields(wanted) && isFields(found) && !matchesAny(rules.atomic, at)) projected[key] = projectFields(wanted, found, rules, at)
    else projected[key] = toComparable(rules, at, shown, findSecretPlaces(rules, at, value)) ?? null
  }
  return projected
}
