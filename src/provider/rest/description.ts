import type { Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import type { StandardSchema } from '../../core/schema.ts'
import type { FieldRules, InputsOf } from '../define.ts'
import type { CallContext, ReadContext } from '../context.ts'
import type { DeleteRequest, ResourceType, Target } from '../provider.ts'
import type { HttpClient } from './http.ts'
import type { Pagination } from './pagination.ts'
import type { HttpRequest } from './request.ts'
import type { Tasks } from './tasks.ts'

/** Changes the fields of a body on their way to or from the wire. It may ask the API for what it needs: the id that stands for a name. */
export type Body = (
  body: Fields,
  place: {
    /** The id of the object it lives in, for types with a parent. */
    readonly parentId?: string | undefined
    /** For requests of its own. */
    readonly context: ReadContext
  },
) => Fields | Promise<Fields>

/**
 * The requests of an API that has a path for each call. The object is added to them, and what narrows a list: to a body of its
 * own, else as query.
 *
 * @example
 * ```ts
 * import { createHttpClient, deriveUuid, pathOf, restType } from 'convergent/rest'
 * import * as z from 'zod'
 *
 * const rule = restType({
 *   client: createHttpClient({ baseUrl: 'https://api.example' }),
 *   schema: z.strictObject({ name: z.string(), port: z.number().optional() }),
 *   collection: () => '/rules',
 *   endpoints: {
 *     read: ({ id }) => ({ method: 'GET', path: pathOf`/rules/get/${id}` }),
 *     create: ({ id }) => ({ method: 'POST', path: pathOf`/rules/set/${id}` }),
 *     update: ({ id }) => ({ method: 'POST', path: pathOf`/rules/set/${id}` }),
 *     delete: ({ id }) => ({ method: 'POST', path: pathOf`/rules/del/${id}` }),
 *     list: () => ({ method: 'POST', path: '/rules/search', body: { rowCount: -1 } }),
 *   },
 *   chooseId: deriveUuid,
 *   replies: 'id',
 *   update: 'declared',
 *   pagination: { style: 'none', items: 'rows', total: 'total' },
 *   key: ['name'],
 * })
 * rule.idempotent // => true
 * ```
 */
export interface Endpoints {
  /** Default: GET of the item. */
  readonly read?: (target: Target) => HttpRequest
  /** Default: POST to the collection; where `update` is `put`, PUT at the item. `id` is the one that is known before, and else empty; `fields`: what is declared. A body of its own is sent in the place of the object: an API whose create takes something else. */
  readonly create?: (target: Target, fields: Fields) => HttpRequest
  /** Default: PATCH at the item; where `update` is `put` or `merge`, PUT. */
  readonly update?: (target: Target) => HttpRequest
  /** Default: DELETE of the item. `loss`: what goes with it, and only then (see `DeleteRequest`). */
  readonly delete?: (target: Target & Pick<DeleteRequest, 'loss'>) => HttpRequest
  /** Default: GET of the collection. */
  readonly list?: (parentId: string | undefined) => HttpRequest
}

/** A resource type as its endpoints. Paths are functions of ids, so that every id in them is encoded (`pathOf`). */
export type RestDescription<S extends StandardSchema> = Omit<ResourceType<InputsOf<S>>, 'schema' | 'read' | 'create' | 'update' | 'delete' | 'list' | 'find' | keyof FieldRules<unknown>> &
  FieldRules<InputsOf<S>> & {
    /** Makes the requests. */
    readonly client: HttpClient
    /** Accepts the inputs. */
    readonly schema: S
    /** Where objects are created and listed, given the parent's id; a singleton's own path. */
    readonly collection: (parentId: string) => string
    /** Where one object is. Default: the collection, a `/`, and the id; a singleton's collection. */
    readonly item?: (target: Target) => string
    /** Calls that are not the verb of their kind at the collection or the item; a singleton has none. Default: none. */
    readonly endpoints?: Endpoints
    /** Chooses the id of a new object from the idempotency key ({@link deriveUuid}): a create that is made again meets the same object, so that the type is `idempotent`. Default: the backend chooses. */
    readonly chooseId?: (idempotencyKey: string) => string
    /** The id of an object, where it follows from what is declared (its name): it is read, not searched, to see whether it exists. Default: it does not. */
    readonly idFrom?: (fields: Fields, parentId: string) => string
    /**
     * `update`: a create takes only a part of the object. What a read right after it does not show as declared is written by an
     * update, and the two are one: a crash in between goes on where it was, and when the update is refused, what was made is
     * deleted again. Creates are done then when they are answered, whatever `tasks` says. Default: `nothing`.
     */
    readonly afterCreate?: 'nothing' | 'update'
    /** Called right before a request that deletes an object; when it throws, nothing is sent. Default: nothing is. */
    readonly beforeDelete?: (target: Target, context: CallContext) => Promise<void>
    /**
     * Fields that are read and written at endpoints of their own, beside the item: by GET, and by a PUT of what is there with the
     * changes in it; when one is refused, those that were written before it are brought back. `fields` are those of its body that
     * belong to the object; `whole` is the one whose value is the body.
     * What a list shows is a `summary` then. Default: none.
     */
    readonly parts?: readonly (
      | {
          /** Where it is. */
          readonly path: (target: Target) => string
          /** Its fields. */
          readonly fields: readonly string[]
        }
      | {
          /** Where it is. */
          readonly path: (target: Target) => string
          /** The field that all of it is. */
          readonly whole: string
        }
    )[]
    /** What replies to writes show: the `object`; its `id` at most, and it is read after each write; or `none` of it, so that what was created is found by its natural key. Default: `object`. */
    readonly replies?: 'object' | 'id' | 'none'
    /** How writes are carried out that are answered before they are done; `replies` is not `object` then. A singleton has none. Default: they are done when they are answered. */
    readonly tasks?: Tasks
    /** How long reads may lag behind a write that is done: it is read until it shows, and no longer than this. Not for singletons. Default: 0. */
    readonly lagMs?: number
    /** `none`: the API shows no single object, it is looked up in the list. Default: `item`. */
    readonly readBy?: 'item' | 'list'
    /** The id of an object as a reply shows it. Default: its field `id`. A singleton has its parent's. */
    readonly idOf?: (body: Fields, parentId: string) => string
    /** Fields that are in the id and that replies leave out, for composite keys. Default: none. */
    readonly fieldsOfId?: (id: string) => Fields
    /** How the collection is listed; absent: it is not. A singleton is read instead. */
    readonly pagination?: Pagination
    /** Query of a list, for one parent or all. Default: none. */
    readonly listQuery?: (parentId: string | undefined) => Readonly<Record<string, string>>
    /** Where to list when it is not the collection. Default: the collection. */
    readonly listPath?: string
    /** Items that hold others (a tree), made flat. Default: as they are. */
    readonly flatten?: (items: readonly Fields[]) => readonly Fields[]
    /** Query that narrows the list to the object of a natural key; the key decides. Default: none, the whole list is searched. */
    readonly findQuery?: (inputs: InputsOf<S>) => Readonly<Record<string, string | undefined>>
    /**
     * How a change is sent. `patch`: only what changes. `put`: an upsert of the whole at the item's own path, what is not
     * declared is reset. `merge`: a PUT of the object as it was read right before, with the changes in it, so that what was
     * never declared stays. `declared`: all that is declared, and null for what is unset, to an API that leaves the rest as it
     * is. `none`: there is no update; mark every field `immutable`. Default: `patch`.
     */
    readonly update?: 'patch' | 'put' | 'merge' | 'declared' | 'none'
    /** The key under which writes have the object in their body, and single replies show it. Default: none, the body is the object. */
    readonly envelope?: string
    /** Fields that are in the path or otherwise no part of a body. Default: the parent's field. */
    readonly notInBody?: readonly string[]
    /** Fields that no update may have in its body, though they are the same: what an object is known by. Default: none. */
    readonly notInUpdate?: readonly string[]
    /** Fields of a patch that the API merges key by key; any other changed field is sent whole. Default: none. */
    readonly merged?: readonly string[]
    /** Fields of a patch that the API replaces whole and that are compared key by key: sent as they were read right before, with the changes in them. Default: none. */
    readonly replaced?: readonly string[]
    /** What the wire calls a field, where the inputs call it something else; errors name the inputs' field. Default: none. */
    readonly renamed?: Readonly<Record<string, string>>
    /** The last change to a body before it is sent. Default: none. */
    readonly toWire?: Body
    /** Objects in replies whose fields are written one level up, each with the prefix that they have there: `{ config: '' }`. Default: none. */
    readonly grouped?: Readonly<Record<string, string>>
    /** Brings a reply into the shape of the inputs. Default: as it is. */
    readonly fromWire?: Body
    /** The marks that the backend keeps on an object. Default: none. */
    readonly marks?: (body: Fields) => Pick<Observed, 'owned' | 'protected' | 'name'>
    /** Singletons: the body of a PUT that brings the defaults back; absent: removal forgets. */
    readonly resetBody?: Fields | null
  }

const OF_THE_WIRE: readonly string[] = [
  'client', 'schema', 'collection', 'item', 'endpoints', 'chooseId', 'idFrom', 'afterCreate', 'beforeDelete', 'parts', 'replies', 'tasks', 'lagMs', 'readBy', 'idOf', 'fieldsOfId', 'pagination', 'listQuery', 'listPath', 'flatten', 'findQuery', 'update', 'envelope', 'notInBody', 'notInUpdate', 'merged', 'replaced', 'renamed', 'toWire', 'grouped', 'fromWire', 'marks', 'resetBody',
] satisfies readonly (keyof RestDescription<StandardSchema>)[]

/** What of a description the engine reads. */
export function rulesOf<S extends StandardSchema>(description: RestDescription<S>): ResourceType<InputsOf<S>> {
  return Object.fromEntries(Object.entries(description).filter(([name]) => !OF_THE_WIRE.includes(name))) as unknown as ResourceType<InputsOf<S>>
}
