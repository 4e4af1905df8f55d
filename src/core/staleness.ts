import type { Action } from './action.ts'
import { toComparable } from './comparable.ts'
import { fingerprintFields, projectDeclared } from './fingerprint.ts'
import { formatPath, getPath, type Fields, type Path } from './json.ts'
import type { Observed } from './observed.ts'
import type { TypeRules } from './rules.ts'

/** What of an update says which fields it clears. */
type Clearing = Pick<Action, 'unset' | 'changes'>

/**
 * The fingerprint of an object as observed: its id, its marks, and the fields that the declaration compares. Without a
 * declaration (a delete) the id and the marks are all that counts, since a list may show no more. What is to be cleared is
 * declared no longer, and counts too: a value that nobody has seen is not cleared.
 */
export function fingerprintObserved(rules: TypeRules, declared: Fields | undefined, observed: Observed, update?: Clearing): string {
  const fields = declared === undefined ? null : projectDeclared(declared, observed.outputs, rules)
  const cleared = listCleared(update).map((path) => toComparable(rules, path, getPath(observed.outputs, path)) ?? null)
  return fingerprintFields(observed.id, [observed.owned ?? null, observed.protected ?? false, fields, ...(cleared.length > 0 ? [cleared] : [])])
}

/** The places that are to be cleared; of a secret no digest is made. */
function listCleared({ unset = [], changes }: Clearing = { changes: [] }): readonly Path[] {
  return unset.filter((path) => !changes.some((change) => change.sensitive === true && formatPath(change.path) === formatPath(path)))
}
