import { ProviderError } from '../../core/errors.ts'
import { getPath, isFields, type Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import { applyPatch } from '../../core/patch.ts'
import type { StandardSchema } from '../../core/schema.ts'
import type { Body, RestDescription } from './description.ts'

/** Where an object lives, and how to ask about it. */
export type Place = Parameters<Body>[1]

/** Translates between objects as the engine knows them and bodies as the wire has them. */
export interface Wire {
  /** An object out of a reply. A reply that leaves the key out is taken at its word; any other one must say which object it shows. */
  show(reply: unknown, place: Place, knownId?: string): Promise<Observed>
  /** The id that a reply to a write says. */
  idIn(reply: unknown, parentId: string | undefined): string
  /** The body that says these fields. */
  bodyOf(fields: Fields, place: Place): Promise<Fields>
  /** What the inputs call a field that the wire names, with or without the envelope before it. */
  nameField(path: string): string
}

/** What of a description the translation needs. */
export type WireRules = Pick<RestDescription<StandardSchema>, 'parent' | 'recordedOnly' | 'singleton' | 'idOf' | 'fieldsOfId' | 'envelope' | 'notInBody' | 'renamed' | 'toWire' | 'grouped' | 'fromWire' | 'marks'>

/** Makes the translation of a type. */
export function createWire({ parent, recordedOnly = [], singleton, idOf, fieldsOfId, envelope, notInBody = [], renamed = {}, toWire, grouped, fromWire, marks }: WireRules): Wire {
  const parentField = parent?.field
  const inputNames = Object.fromEntries(Object.entries(renamed).map(([field, onWire]) => [onWire, field]))
  const outside = new Set([...notInBody, ...recordedOnly, ...(parentField === undefined ? [] : [parentField])])
  const find = (shown: Fields, parentId: string | undefined): string => {
    const id = idOf === undefined ? shown['id'] : idOf(shown, parentId ?? '')
    if (typeof id !== 'string' || id === '') throw new ProviderError('ambiguous', 'expected an object with an id, found none')
    return id
  }
  return {
    async show(reply, { parentId, context }, knownId) {
      const shown = envelope === undefined || !isFields(reply) ? reply : (reply[envelope] ?? reply)
      if (!isFields(shown)) throw new ProviderError('ambiguous', `expected an object, found ${shown === undefined ? 'an empty reply' : Array.isArray(shown) ? 'a list' : typeof shown}`)
      const parent = parentId ?? (parentField === undefined ? undefined : (getPath(shown, [parentField]) as string | undefined))
      const isKnown = knownId !== undefined && (fieldsOfId !== undefined || singleton === true)
      const id = isKnown ? knownId : find(shown, parent)
      const body = { ...fieldsOfId?.(id), ...rename(ungroup(shown, grouped), inputNames), ...(parentField !== undefined && parent !== undefined && { [parentField]: parent }) }
      return { id, outputs: (await fromWire?.(body, { parentId: parent, context })) ?? body, ...marks?.(body), ...(parentField !== undefined && parent !== undefined && { parentId: parent }) }
    },
    idIn: (reply, parentId) => find(isFields(reply) ? reply : {}, parentId),
    async bodyOf(fields, place) {
      const inside = Object.fromEntries(Object.entries(fields).filter(([field, value]) => !outside.has(field) && value !== undefined))
      const body = rename((await toWire?.(inside, place)) ?? inside, renamed)
      return envelope === undefined ? body : { [envelope]: body }
    },
    nameField(path) {
      const [first = '', ...rest] = (envelope !== undefined && path.startsWith(`${envelope}.`) ? path.slice(envelope.length + 1) : path).split('.')
      return [own(inputNames, first) ?? first, ...rest].join('.')
    },
  }
}

function rename(fields: Fields, names: Readonly<Record<string, string>>): Fields {
  if (Object.keys(names).length === 0) return fields
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [own(names, field) ?? field, value]))
}

function own(names: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined
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

/** The fields that an update sends; `inputs` without nulls. */
export function selectSent<S extends StandardSchema>(description: RestDescription<S>, inputs: Fields, patch: Fields, before: Observed): Fields {
  const { notInUpdate = [] } = description
  const fields = selectFields(description, inputs, patch, before)
  return notInUpdate.length === 0 ? fields : Object.fromEntries(Object.entries(fields).filter(([field]) => !notInUpdate.includes(field)))
}

function selectFields<S extends StandardSchema>(description: RestDescription<S>, inputs: Fields, patch: Fields, before: Observed): Fields {
  const { update = 'patch' } = description
  if (update === 'put') return inputs
  if (update === 'merge') return applyPatch(before.outputs, patch) as Fields
  if (update === 'declared') return { ...inputs, ...Object.fromEntries(Object.entries(patch).filter(([, value]) => value === null)) }
  return pickChanged(description, inputs, patch, before)
}

/** What of a patch is sent for each changed field: the patch itself where the API merges it, the whole of it elsewhere. */
export function pickChanged({ merged = [], replaced = [] }: { readonly merged?: readonly string[]; readonly replaced?: readonly string[] }, fields: Fields, patch: Fields, before: Observed): Fields {
  const pick = (field: string): unknown => {
    if (merged.includes(field) || patch[field] === null) return patch[field]
    return replaced.includes(field) ? applyPatch(before.outputs[field], patch[field]) : fields[field]
  }
  return Object.fromEntries(Object.keys(patch).map((field) => [field, pick(field)]))
}
