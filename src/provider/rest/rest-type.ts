import { ProviderError } from '../../core/errors.ts'
import { getPath, isFields, type Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import { keyOfFields } from '../../core/planning/identity.ts'
import type { StandardSchema } from '../../core/schema.ts'
import type { FieldRules, InputsOf } from '../define.ts'
import type { CallContext, FindRequest, ReadContext, ResourceType, Target } from '../provider.ts'
import type { HttpClient } from './http.ts'
import { fetchAll, type Pagination } from './pagination.ts'

/** What stands in the body of requests and replies beside the object itself. */
export type Body = (body: Fields) => Fields

/** A resource type as its endpoints. Paths are functions of ids, so that every id in them is encoded (`pathOf`). */
export type RestDescription<S extends StandardSchema> = Omit<ResourceType<InputsOf<S>>, 'schema' | 'read' | 'create' | 'update' | 'delete' | 'list' | 'find' | keyof FieldRules<unknown>> &
  FieldRules<InputsOf<S>> & {
    /** Makes the requests. */
    readonly client: HttpClient
    /** Accepts the inputs. */
    readonly schema: S
    /** Where objects are created and listed, given the parent's id. */
    readonly collection: (parentId: string) => string
    /** Where one object is. Default: the collection, a `/`, and the id. */
    readonly item?: (target: Target) => string
    /** The id of an object as a reply shows it. Default: its field `id`. */
    readonly idOf?: (body: Fields, parentId: string) => string
    /** Fields that are in the id and that replies leave out, for composite keys. Default: none. */
    readonly fieldsOfId?: (id: string) => Fields
    /** How the collection is listed; absent: it is not. */
    readonly pagination?: Pagination
    /** Query of a list, for one parent or all. Default: none. */
    readonly listQuery?: (parentId: string | undefined) => Readonly<Record<string, string>>
    /** Where to list when it is not the collection. Default: the collection. */
    readonly listPath?: string
    /** Items that hold others (a tree), made flat. Default: as they are. */
    readonly flatten?: (items: readonly Fields[]) => readonly Fields[]
    /** Query that narrows the list to the object of a natural key; the key decides. Default: none, the whole list is searched. */
    readonly findQuery?: (inputs: InputsOf<S>) => Readonly<Record<string, string | undefined>>
    /** `put`: an upsert of the whole at the item's own path, for composite keys. `patch`: only what changes. Default: `patch`. */
    readonly update?: 'patch' | 'put'
    /** Fields that are in the path or otherwise no part of a body. Default: the parent's field. */
    readonly notInBody?: readonly string[]
    /** Fields of a patch that the API merges key by key; any other changed field is sent whole. Default: none. */
    readonly merged?: readonly string[]
    /** The last change to a body before it is sent. Default: none. */
    readonly toWire?: Body
    /** Brings a reply into the shape of the inputs. Default: as it is. */
    readonly fromWire?: Body
    /** The marks that the backend keeps on an object. Default: none. */
    readonly marks?: (body: Fields) => Pick<Observed, 'owned' | 'protected' | 'name'>
  }

/**
 * Turns a description of endpoints into a resource type: read, create, update and delete, a list that is whole or an error,
 * and a search by natural key.
 *
 * @example
 * ```ts
 * import { createHttpClient, pathOf, restType } from 'convergent/rest'
 * import * as z from 'zod'
 *
 * const client = createHttpClient({ baseUrl: 'https://api.example' })
 * const team = restType({
 *   client,
 *   schema: z.strictObject({ name: z.string(), description: z.string().optional() }),
 *   collection: () => '/teams',
 *   pagination: { style: 'none', items: 'data' },
 *   key: ['name'],
 * })
 * team.key // => ['name']
 * ```
 */
export function restType<S extends StandardSchema>(description: RestDescription<S>): ResourceType<InputsOf<S>> {
  const { client, schema, collection, item, idOf, fieldsOfId, pagination, listQuery, listPath, flatten, findQuery, update = 'patch', notInBody, merged = [], toWire, fromWire, marks, ...rest } = description
  const rules = rest as unknown as ResourceType<InputsOf<S>>
  const parentField = rules.parent?.field
  const outside = new Set([...(notInBody ?? []), ...(parentField === undefined ? [] : [parentField])])
  const itemPath = item ?? (({ id, parentId }: Target): string => `${collection(parentId ?? '')}/${encodeURIComponent(id)}`)

  const show = (reply: unknown, parentId: string | undefined, knownId?: string): Observed => {
    if (!isFields(reply)) throw new ProviderError('ambiguous', `expected an object, found ${reply === undefined ? 'an empty reply' : Array.isArray(reply) ? 'a list' : typeof reply}`)
    const parent = parentId ?? (parentField === undefined ? undefined : (getPath(reply, [parentField]) as string | undefined))
    // A reply that leaves the key out is taken at its word; any other one must say which object it shows.
    const id = fieldsOfId !== undefined && knownId !== undefined ? knownId : idOf === undefined ? reply['id'] : idOf(reply, parent ?? '')
    if (typeof id !== 'string' || id === '') throw new ProviderError('ambiguous', 'expected an object with an id, found none')
    const body = { ...fieldsOfId?.(id), ...reply, ...(parentField !== undefined && parent !== undefined && { [parentField]: parent }) }
    return { id, outputs: fromWire?.(body) ?? body, ...marks?.(body), ...(parentField !== undefined && parent !== undefined && { parentId: parent }) }
  }
  const bodyOf = (fields: Fields): Fields => {
    const body = Object.fromEntries(Object.entries(fields).filter(([field, value]) => !outside.has(field) && value !== undefined))
    return toWire?.(body) ?? body
  }
  const put = async (target: Target, inputs: object, context: CallContext): Promise<Observed> =>
    show(await client.request({ method: 'PUT', path: itemPath(target), body: bodyOf(omitNull(inputs)) }, context), target.parentId, target.id)
  const readList = async (parentId: string | undefined, query: Readonly<Record<string, string | undefined>>, context: ReadContext): Promise<readonly Observed[]> => {
    const request = { method: 'GET', path: listPath ?? collection(parentId ?? ''), query: { ...listQuery?.(parentId), ...query } } as const
    const found = await fetchAll(client, request, pagination as Pagination, (body) => idOf?.(body, parentId ?? '') ?? String(body['id']), context)
    return (flatten?.(found) ?? found).map((body) => show(body, parentId))
  }

  return {
    ...rules,
    schema: schema as unknown as StandardSchema<InputsOf<S>, unknown>,
    async read(target, context) {
      try {
        return show(await client.request({ method: 'GET', path: itemPath(target) }, context), target.parentId, target.id)
      } catch (error) {
        if (error instanceof ProviderError && error.kind === 'not-found') return undefined
        throw error
      }
    },
    async create({ inputs, parentId }, context) {
      const fields = inputs as unknown as Fields
      if (update === 'put') return put({ id: idOf?.(fields, parentId ?? '') ?? '', ...(parentId !== undefined && { parentId }) }, inputs, context)
      return show(await client.request({ method: 'POST', path: collection(parentId ?? ''), body: bodyOf(omitNull(fields)) }, context), parentId)
    },
    async update({ id, parentId, inputs, patch }, context) {
      const target = { id, ...(parentId !== undefined && { parentId }) }
      if (update === 'put') return put(target, inputs, context)
      const fields = inputs as unknown as Fields
      const changed = Object.fromEntries(Object.keys(patch).map((field) => [field, merged.includes(field) || patch[field] === null ? patch[field] : omitNull(fields)[field]]))
      return show(await client.request({ method: 'PATCH', path: itemPath(target), body: bodyOf(changed) }, context), parentId)
    },
    async delete(target, context) {
      await client.request({ method: 'DELETE', path: itemPath(target) }, context)
    },
    ...(pagination !== undefined && {
      list: ({ parentId }: { readonly parentId?: string }, context: ReadContext) => readList(parentId, {}, context),
      find: async ({ inputs, parentId }: FindRequest<InputsOf<S>>, context: ReadContext) => {
        const key = keyOfFields(rules, inputs as unknown as Fields, parentId)
        if (key === undefined) return undefined
        const found = (await readList(parentId, findQuery?.(inputs) ?? {}, context)).filter((each) => keyOfFields(rules, each.outputs, parentId) === key)
        if (found.length > 1) throw new ProviderError('fatal', `${found.length} objects have the natural key ${key} (ids ${found.map(({ id }) => id).join(', ')}); remove or rename all but one`)
        return found[0]
      },
    }),
  }
}

/** A declared null means that nothing should be there: bodies that say everything leave it out. */
function omitNull(value: object): Fields {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== null && child !== undefined)
      .map(([key, child]: [string, unknown]) => [key, isFields(child) ? omitNull(child) : child]),
  )
}
