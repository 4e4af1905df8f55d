import type { Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import type { StandardSchema } from '../../core/schema.ts'
import type { FieldRules, InputsOf } from '../define.ts'
import type { ResourceType, Target } from '../provider.ts'
import type { HttpClient } from './http.ts'
import type { Pagination } from './pagination.ts'

/** Changes the fields of a body on their way to or from the wire. */
export type Body = (body: Fields) => Fields

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
     * never declared stays. `none`: there is no update; mark every field `immutable`. Default: `patch`.
     */
    readonly update?: 'patch' | 'put' | 'merge' | 'none'
    /** The key under which writes have the object in their body, and single replies show it. Default: none, the body is the object. */
    readonly envelope?: string
    /** Fields that are in the path or otherwise no part of a body. Default: the parent's field. */
    readonly notInBody?: readonly string[]
    /** Fields of a patch that the API merges key by key; any other changed field is sent whole. Default: none. */
    readonly merged?: readonly string[]
    /** Fields of a patch that the API replaces whole and that are compared key by key: sent as they were read right before, with the changes in them. Default: none. */
    readonly replaced?: readonly string[]
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
  'client', 'schema', 'collection', 'item', 'readBy', 'idOf', 'fieldsOfId', 'pagination', 'listQuery', 'listPath', 'flatten', 'findQuery', 'update', 'envelope', 'notInBody', 'merged', 'replaced', 'toWire', 'grouped', 'fromWire', 'marks', 'resetBody',
] satisfies readonly (keyof RestDescription<StandardSchema>)[]

/** What of a description the engine reads. */
export function rulesOf<S extends StandardSchema>(description: RestDescription<S>): ResourceType<InputsOf<S>> {
  return Object.fromEntries(Object.entries(description).filter(([name]) => !OF_THE_WIRE.includes(name))) as unknown as ResourceType<InputsOf<S>>
}
