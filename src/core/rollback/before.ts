import type { Action } from '../action.ts'
import type { Address } from '../address.ts'
import type { BeforeImage } from '../entry.ts'
import { matchesAny } from '../field-rule.ts'
import { getPath, isFields, type Fields, type Path } from '../json.ts'
import type { TypeRules } from '../rules.ts'
import type { RecordedResource } from '../state.ts'
import { Reference, Sensitive, isMarker, mapMarkers } from '../value.ts'

/** The addresses of objects that were deleted, by type and id: what refers to one of them refers to what is made in its place. */
export type LostObjects = ReadonlyMap<string, Address>

/** The inputs with which an update brings back what was there right before: what changed as it was, the rest as it is declared. */
export function restoreInputs(action: Action, recorded: RecordedResource | undefined, before: BeforeImage, rules: TypeRules, lost: LostObjects): Fields {
  let inputs: Fields = openSealed(recorded?.inputs ?? action.inputs ?? {})
  for (const { path, sensitive } of action.changes) {
    if (sensitive === true || hasIndex(path)) continue
    // What was a reference stays one.
    if (holdsMarker(getPath(recorded?.inputs, path))) continue
    const place = cutMissing(path, before.outputs)
    inputs = setPath(inputs, place, keepReferences(getPath(before.outputs, place) ?? null, place, rules, lost)) as Fields
  }
  // A change inside a list is a change of the list.
  for (const { path } of action.changes) {
    const place = path.slice(0, path.findIndex((part) => typeof part === 'number'))
    if (hasIndex(path) && !holdsMarker(getPath(recorded?.inputs, place))) inputs = setPath(inputs, place, getPath(before.outputs, place) ?? null) as Fields
  }
  return inputs
}

/** The inputs with which an object is made again as it was. */
export function recreateInputs(recorded: RecordedResource | undefined, before: BeforeImage, rules: TypeRules, known: readonly string[], lost: LostObjects): Fields {
  const shown = Object.keys(before.outputs).filter((field) => (known.length === 0 ? recorded === undefined : known.includes(field)) && !matchesAny(rules.ignored, [field]))
  const inputs: Record<string, unknown> = {}
  for (const field of new Set([...Object.keys(recorded?.inputs ?? {}), ...shown])) {
    const declared = recorded?.inputs[field]
    const value = before.outputs[field]
    if (holdsMarker(declared) || value === undefined) inputs[field] = openSealed(declared)
    else inputs[field] = keepReferences(isFields(declared) && isFields(value) ? pickDeclared(declared, value) : value, [field], rules, lost)
  }
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined && value !== null))
}

/** Of what the backend shows in a field, what was declared there: the rest is the backend's own. */
function pickDeclared(declared: Fields, shown: Fields): Fields {
  return Object.fromEntries(Object.entries(declared).map(([key, value]) => [key, holdsMarker(value) ? value : isFields(value) && isFields(shown[key]) ? pickDeclared(value, shown[key]) : (shown[key] ?? value)]))
}

/** An id of an object that is made again becomes a reference to it. */
function keepReferences(value: unknown, path: Path, rules: TypeRules, lost: LostObjects): unknown {
  if (lost.size === 0) return value
  const field = path.join('.')
  const reference = rules.references?.[field]
  // What is named by another field than its id has the same name when it is made again.
  const type = field === rules.parent?.field ? rules.parent.type : typeof reference === 'string' ? reference : undefined
  if (type === undefined) return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, child]) => [key, keepReferences(child, [...path, key], rules, lost)])) : value
  const refer = (id: unknown): unknown => {
    const address = lost.get(`${type}\0${String(id)}`)
    return address === undefined ? id : new Reference(address)
  }
  return Array.isArray(value) ? value.map(refer) : refer(value)
}

/** Of a place that was not there, the outermost part that was not: a field inside of nothing cannot be nothing. */
function cutMissing(path: Path, outputs: Fields): Path {
  const missing = path.findIndex((_, at) => getPath(outputs, path.slice(0, at + 1)) === undefined)
  return missing === -1 ? path : path.slice(0, missing + 1)
}

/** A deferred value as it was then, rather than what its resolver says today. */
function openSealed<T>(value: T): T {
  return mapMarkers(value, (marker) => (marker.kind === 'deferred' && marker.sealed !== undefined ? new Sensitive({ sealed: marker.sealed, ...(marker.digest !== undefined && { digest: marker.digest }) }) : marker)) as T
}

function hasIndex(path: Path): boolean {
  return path.some((part) => typeof part === 'number')
}

/** True for a marker, or something with a marker in it. */
function holdsMarker(value: unknown): boolean {
  if (isMarker(value)) return true
  if (Array.isArray(value)) return value.some(holdsMarker)
  return isFields(value) && Object.values(value).some(holdsMarker)
}

function setPath(value: unknown, path: Path, replacement: unknown): unknown {
  const [part, ...rest] = path
  if (part === undefined) return replacement
  const fields = isFields(value) ? value : {}
  return { ...fields, [part]: setPath(fields[part as string], rest, replacement) }
}
