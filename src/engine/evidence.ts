import type { Action } from '../core/action.ts'
import { generalisePlace, isSecret } from '../core/comparable.ts'
import { compareInputs } from '../core/difference.ts'
import { matchesAny } from '../core/field-rule.ts'
import { getPath, isFields, type Fields, type Path } from '../core/json.ts'
import type { Observed } from '../core/observed.ts'
import { fingerprintObserved } from '../core/staleness.ts'
import type { RecordedResource } from '../core/state.ts'
import { visitMarkers } from '../core/value.ts'
import type { ResourceType } from '../provider/provider.ts'

/** True: it has all that is declared, as far as a read shows. What is declared no longer is not looked at. */
export function isAsDesired(type: ResourceType, inputs: Fields, observed: Observed): boolean {
  return compareInputs({ declared: inputs, observed: observed.outputs, rules: type, resolve: () => undefined }).changes.length === 0
}

/**
 * True where a read shows that an update happened. An update is one call: when something declared has moved, all of it has
 * happened. Where nothing has, what it unsets must be gone, and a change that no read shows is taken as not made: to make it
 * again comes to the same, to leave it out would lose it.
 */
export function showsUpdate(type: ResourceType, action: Action, inputs: Fields, observed: Observed): boolean {
  if (!isAsDesired(type, inputs, observed)) return false
  if (fingerprintObserved(type, action.leftAs ?? action.inputs, observed, action.leftAs === undefined ? action : undefined) !== action.fingerprint) return true
  return !action.changes.some((change) => change.sensitive === true) && hasUnset(action, observed)
}

/** True where a read shows nothing of what an update unsets. */
export function hasUnset({ unset = [] }: Pick<Action, 'unset'>, { outputs }: Observed): boolean {
  return unset.every((path) => isEmpty(getPath(outputs, path)))
}

/**
 * True where a secret that no read shows was applied after the plan was made, and is not the one that the plan takes for
 * applied: it would be recorded, and never sent. `sealed`: what is declared, with the digests of its secrets.
 */
export function missesSecret(type: ResourceType, { changes }: Action, sealed: Fields, recorded: RecordedResource, observed: Observed): boolean {
  let misses = false
  visitMarkers(sealed, (marker, path) => {
    const was = getPath(recorded.inputs, path)
    if (misses || !isSecret(marker) || !isSecret(was) || marker.digest === undefined || was.digest === undefined || marker.digest === was.digest) return
    const isSent = changes.some((change) => change.path.every((part, at) => part === path[at]))
    const isUnseen = matchesAny(type.writeOnly, path) || isEmpty(getPath(observed.outputs, path))
    misses = !isSent && isUnseen && !matchesAny(type.ignored, path) && !generalisePlace(type, path).includes('*')
  })
  return misses
}

/**
 * The place of a field that was applied after the plan was made, and that the plan would leave as it is without declaring it: it
 * would be recorded as never declared, and no later plan would clear it.
 */
export function findForgotten(type: ResourceType, { unset = [] }: Action, inputs: Fields, recorded: RecordedResource, observed: Observed): Path | undefined {
  // Nearly always the plan was made of this very record.
  const mayForget = Object.entries(recorded.inputs).some(([field, value]) => !Object.hasOwn(inputs, field) || isFields(value))
  if (!mayForget) return undefined
  const left = compareInputs({ declared: inputs, observed: observed.outputs, recorded: recorded.inputs, rules: type, resolve: () => undefined }).unset
  return left.find((path) => !unset.some((known) => known.length === path.length && known.every((part, at) => part === path[at])))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return Array.isArray(value) ? value.length === 0 : isFields(value) && Object.keys(value).length === 0
}
