import { parseAddress } from '../core/address.ts'
import { findSecretPlaces, isPlaceOf } from '../core/comparable.ts'
import { matchesAny } from '../core/field-rule.ts'
import type { ErrorRecord } from '../core/errors.ts'
import { getPath, isFields, type Fields, type Path } from '../core/json.ts'
import { someMarker, visitMarkers, type Marker } from '../core/value.ts'
import type { ResourceType, ResourceTypes } from '../provider/provider.ts'

/**
 * Where secrets stand in the inputs of a resource and, since backends echo what they are given, in its outputs: the fields
 * that the type calls sensitive, those that are declared with a secret, and those that take another's sensitive output.
 */
export function findSecrets(type: ResourceType, declared: Fields | undefined, types: ResourceTypes): readonly Path[] {
  if (type.sensitive === undefined && !someMarker(declared, mayHide)) return NONE
  const places = [...findSecretPlaces(type, [], declared)]
  visitMarkers(declared, (marker, at) => {
    if (marker.kind !== 'reference' || marker.path.length === 0) return
    if (matchesAny(types[parseAddress(marker.address).type]?.sensitive, marker.path)) places.push(at)
  })
  return places
}

const NONE: readonly Path[] = []

/** A secret, or a place in outputs that may hold one. */
function mayHide(marker: Marker): boolean {
  return marker.kind !== 'reference' || marker.path.length > 0
}

/** A copy of outputs without these places: for state and journal. In a list the place stays, empty, so that the others keep theirs. */
export function omitPlaces(outputs: Fields, places: readonly Path[]): Fields {
  if (places.length === 0) return outputs
  const omit = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((child, index) => (isPlaceOf(places, [...path, index]) ? null : omit(child, [...path, index])))
    if (!isFields(value)) return value
    return Object.fromEntries(Object.entries(value).flatMap(([key, child]) => (isPlaceOf(places, [...path, key]) ? [] : [[key, omit(child, [...path, key])] as const])))
  }
  return omit(outputs, []) as Fields
}

/** The texts at secret places of resolved inputs. Very short ones are left: hiding every "1" would hide the message. */
export function listSecretTexts(inputs: Fields, places: readonly Path[]): readonly string[] {
  if (places.length === 0) return []
  return places.flatMap((place) => listTexts(getPath(inputs, place))).filter((text) => text.length >= 3)
}

/** An error without these texts: a backend may well repeat what it refuses. */
export function redactError(error: ErrorRecord, secrets: ReadonlySet<string>): ErrorRecord {
  if (secrets.size === 0) return error
  // The longest first, so that no part of one is left over from another.
  const ordered = [...secrets].sort((a, b) => b.length - a.length)
  const redact = (text: string): string => redactText(text, ordered)
  return { ...error, message: redact(error.message), ...(error.fields && { fields: error.fields.map(({ path, reason }) => ({ path, reason: redact(reason) })) }) }
}

/** A text without these; the longest first. */
export function redactText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '(sensitive)'), text)
}

function listTexts(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listTexts) : []
}
