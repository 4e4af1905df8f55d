import { ProviderError } from '../../core/errors.ts'
import { getPath, isFields, type Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import { applyPatch } from '../../core/patch.ts'
import type { StandardSchema } from '../../core/schema.ts'
import type { RestDescription } from './description.ts'

/** Translates between objects as the engine knows them and bodies as the wire has them. */
export interface Wire {
  /** An object out of a reply. A reply that leaves the key out is taken at its word; any other one must say which object it shows. */
  show(reply: unknown, parentId: string | undefined, knownId?: string): Observed
  /** The body that says these fields. */
  bodyOf(fields: Fields): Fields
}

/** What of a description the translation needs. */
export type WireRules = Pick<RestDescription<StandardSchema>, 'parent' | 'singleton' | 'idOf' | 'fieldsOfId' | 'envelope' | 'notInBody' | 'toWire' | 'grouped' | 'fromWire' | 'marks'>

/** Makes the translation of a type. */
export function createWire({ parent, singleton, idOf, fieldsOfId, envelope, notInBody = [], toWire, grouped, fromWire, marks }: WireRules): Wire {
  const parentField = parent?.field
  const outside = new Set([...notInBody, ...(parentField === undefined ? [] : [parentField])])
  return {
    show(reply, parentId, knownId) {
      const shown = envelope === undefined || !isFields(reply) ? reply : (reply[envelope] ?? reply)
      if (!isFields(shown)) throw new ProviderError('ambiguous', `expected an object, found ${shown === undefined ? 'an empty reply' : Array.isArray(shown) ? 'a list' : typeof shown}`)
      const parent = parentId ?? (parentField === undefined ? undefined : (getPath(shown, [parentField]) as string | undefined))
      const isKnown = knownId !== undefined && (fieldsOfId !== undefined || singleton === true)
      const id = isKnown ? knownId : idOf === undefined ? shown['id'] : idOf(shown, parent ?? '')
      if (typeof id !== 'string' || id === '') throw new ProviderError('ambiguous', 'expected an object with an id, found none')
      const body = { ...fieldsOfId?.(id), ...ungroup(shown, grouped), ...(parentField !== undefined && parent !== undefined && { [parentField]: parent }) }
      return { id, outputs: fromWire?.(body) ?? body, ...marks?.(body), ...(parentField !== undefined && parent !== undefined && { parentId: parent }) }
    },
    bodyOf(fields) {
      const inside = Object.fromEntries(Object.entries(fields).filter(([field, value]) => !outside.has(field) && value !== undefined))
      const body = toWire?.(inside) ?? inside
      return envelope === undefined ? body : { [envelope]: body }
    },
  }
}

/** Lifts the fields of groups to where they are written. */
function ungroup(fields: Fields, grouped: Readonly<Record<string, string>> = {}): Fields {
  const lifted = Object.entries(grouped).flatMap(([group, prefix]) => Object.entries(isFields(fields[group]) ? fields[group] : {}).map(([key, value]) => [`${prefix}${key}`, value]))
  if (lifted.length === 0) return fields
  return { ...Object.fromEntries(Object.entries(fields).filter(([key]) => !Object.hasOwn(grouped, key))), ...Object.fromEntries(lifted) }
}

/** A declared null means that nothing should be there: bodies that say everything leave it out. */
export function omitNull(value: object): Fields {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== null && child !== undefined)
      .map(([key, child]: [string, unknown]) => [key, isFields(child) ? omitNull(child) : child]),
  )
}

/** What of a patch is sent for each changed field: the patch itself where the API merges it, the whole of it elsewhere. */
export function pickChanged({ merged = [], replaced = [] }: { readonly merged?: readonly string[]; readonly replaced?: readonly string[] }, fields: Fields, patch: Fields, before: Observed): Fields {
  const pick = (field: string): unknown => {
    if (merged.includes(field) || patch[field] === null) return patch[field]
    return replaced.includes(field) ? applyPatch(before.outputs[field], patch[field]) : fields[field]
  }
  return Object.fromEntries(Object.keys(patch).map((field) => [field, pick(field)]))
}
