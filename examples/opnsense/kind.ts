import type * as z from 'zod'
import type { ResourceType } from 'convergent'
import { deriveUuid, pathOf, restType, type HttpClient, type RestDescription } from 'convergent/rest'
import { fromWireText, listForms, normaliseValue, toWireText, type FieldForm } from './wire-value.ts'

/** A field of the input that may name something else that is declared. */
export interface NameField {
  /** The type of what it names. */
  readonly type: string
  /** What stands on the wire: its `name`, or its `id`. A name that is not declared may be anything; an id cannot be guessed. */
  readonly by: 'name' | 'id'
}

/** One kind of object: how the input says it, and how the wire has it. */
export interface Kind {
  /** The resource type; it is also the key that its objects are wrapped in on the wire. */
  readonly type: string
  /** What a person may write. */
  readonly schema: z.ZodObject
  /** As a person writes them. */
  readonly fields: Readonly<Record<string, FieldForm>>
  /** Fields that may name something else. */
  readonly names: Readonly<Record<string, NameField>>
  /** For the provider. */
  readonly define: (client: HttpClient) => ResourceType
}

/** What a kind says of itself; all else is the same for all of them. */
export interface KindDescription<S extends z.ZodObject> extends Pick<RestDescription<S>, 'key' | 'immutable' | 'stable' | 'listed' | 'renamed' | 'findQuery' | 'settleGroup'> {
  readonly type: string
  /** `/module/controller` of its calls. */
  readonly controller: string
  /** What its calls are named after: `addItem`, `setItem`. */
  readonly noun: string
  /** The call that lists it. Default: `search` and the noun. */
  readonly search?: string
  /** Fields as a person writes them. A default is what the firewall takes where the field is unset. */
  readonly schema: S
  /** Lists that are not joined by commas. Default: none. */
  readonly separators?: Readonly<Record<string, string>>
  /** Fields that may name something else that is declared. Default: none. */
  readonly names?: Readonly<Record<string, NameField>>
  /** What the firewall adds to a field where it lists it, for people. Default: nothing. */
  readonly additions?: Readonly<Record<string, RegExp>>
}

/**
 * Defines a kind. Every object is written with `set` at an id that is chosen here, since the firewall makes what it does not
 * know under that id: to write again comes to the same. A write leaves fields alone that it does not name.
 */
export function defineKind<S extends z.ZodObject>(kind: KindDescription<S>): Kind {
  const { type, controller, noun, search = `search${noun}`, schema, separators = {}, names = {}, additions = {}, ...rules } = kind
  const fields = listForms(schema)
  const separatorOf = (field: string): string => separators[field] ?? ','
  const each = <T>(change: (field: string, form: FieldForm, separator: string) => T): Record<string, T> => Object.fromEntries(Object.entries(fields).map(([field, form]) => [field, change(field, form, separatorOf(field))]))
  const read = (field: string, raw: unknown, form: FieldForm, separator: string): unknown => fromWireText(typeof raw === 'string' && additions[field] !== undefined ? raw.replace(additions[field], '') : raw, form, separator)
  const call = (verb: string, id: string): string => `${controller}/${verb}${noun}${pathOf`/${id}`}`
  return {
    type,
    schema,
    fields,
    names,
    define: (client) => {
      const description: Omit<RestDescription<z.ZodObject>, 'key'> = {
        ...(rules as object),
        references: Object.fromEntries(Object.entries(names).map(([field, { type: target, by }]) => [field, by === 'id' ? target : { type: target, by: 'name' }])),
        client,
        schema,
        collection: () => controller,
        endpoints: {
          read: ({ id }) => ({ method: 'GET', path: call('get', id) }),
          create: ({ id }) => ({ method: 'POST', path: call('set', id) }),
          update: ({ id }) => ({ method: 'POST', path: call('set', id) }),
          delete: ({ id }) => ({ method: 'POST', path: call('del', id), body: {} }),
          list: () => ({ method: 'POST', path: `${controller}/${search}`, body: { current: 1, rowCount: -1 } }),
        },
        pagination: { style: 'none', items: 'rows', total: 'total' },
        // The firewall's own rules are in the list of rules, and are nobody's.
        flatten: (rows) => rows.filter(({ legacy }) => legacy !== true),
        idOf: ({ uuid }) => String(uuid ?? ''),
        fieldsOfId: () => ({}),
        chooseId: deriveUuid,
        replies: 'id',
        update: 'declared',
        envelope: type,
        toWire: (body) => Object.fromEntries(Object.entries(body).map(([field, value]) => [field, toWireText(value, fields[field] ?? { form: 'text' }, separatorOf(field))])),
        fromWire: (body) => Object.fromEntries(Object.entries(each((field, form, separator) => read(field, body[field], form, separator))).filter(([, value]) => value !== undefined)),
        normalise: each((_, form, separator) => (value: unknown) => normaliseValue(value, form, separator)),
        unordered: Object.keys(fields).filter((field) => fields[field]?.form === 'list'),
        // Two writes at once lose one of them: there is one configuration.
        serialKey: CONFIGURATION,
      }
      return restType(description as RestDescription<z.ZodObject>) as unknown as ResourceType
    },
  }
}

/** What all writes change: there is one configuration, read and written as a whole. */
export const CONFIGURATION = 'config'
