import { matchesPath } from '../field-rule.ts'
import { getPath, type Fields, type Path } from '../json.ts'
import type { FieldChange } from '../action.ts'
import type { Declared } from './declaration.ts'
import { Sensitive } from '../value.ts'
import type { Decision } from './decided.ts'

/**
 * A declaration that lifts protection and changes more plans the lift alone: the protection fields change, every other
 * changed field is sent as it is now. The rest is the next plan's.
 */
export function narrowToLift(decision: Decision, declared: Declared, observed: Fields): Decision {
  const patterns = declared.rules.protection ?? []
  const lifts = (path: Path): boolean => patterns.some((pattern) => matchesPath(pattern, path))
  const kept = decision.changes.filter((change) => lifts(change.path))
  const postponed = decision.changes.filter((change) => !lifts(change.path))
  let inputs = declared.resource.inputs
  for (const { path, sensitive } of postponed) {
    const shown = getPath(observed, path)
    inputs = setPath(inputs, path, sensitive === true && shown !== undefined ? new Sensitive({ value: shown }) : shown) as Fields
  }
  return {
    ...decision,
    kind: 'update',
    changes: kept.map(({ forcesReplace: _, ...change }): FieldChange => change),
    unset: decision.unset.filter(lifts),
    inputs,
    reason: postponed.length === 0 ? 'lifts protection' : `lifts protection; ${postponed.length} other ${postponed.length === 1 ? 'change' : 'changes'} can be planned once it is lifted`,
    postpones: postponed.length > 0,
  }
}

/** A copy with one place changed; undefined removes it. */
function setPath(value: unknown, path: Path, replacement: unknown): unknown {
  const [part, ...rest] = path
  if (part === undefined) return replacement
  if (Array.isArray(value)) {
    const copy = value.slice()
    copy[part as number] = setPath(copy[part as number], rest, replacement)
    return copy
  }
  const entries = new Map(Object.entries((value ?? {}) as Fields))
  const child = setPath(entries.get(String(part)), rest, replacement)
  if (child === undefined) entries.delete(String(part))
  else entries.set(String(part), child)
  return Object.fromEntries(entries)
}
