import { fingerprintFields, projectDeclared } from './fingerprint.ts'
import type { Fields } from './json.ts'
import type { Observed } from './observed.ts'
import type { TypeRules } from './rules.ts'

/**
 * The fingerprint of an object as observed: its id, its marks, and the fields that the declaration compares. Without a
 * declaration (a delete) the id and the marks are all that counts, since a list may show no more.
 */
export function fingerprintObserved(rules: TypeRules, declared: Fields | undefined, observed: Observed): string {
  const fields = declared === undefined ? null : projectDeclared(declared, observed.outputs, rules)
  return fingerprintFields(observed.id, [observed.owned ?? null, observed.protected ?? false, fields])
}
