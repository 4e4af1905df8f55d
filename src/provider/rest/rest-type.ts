import { ProviderError } from '../../core/errors.ts'
import type { Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import { keyOfFields } from '../../core/planning/identity.ts'
import type { StandardSchema } from '../../core/schema.ts'
import type { InputsOf } from '../define.ts'
import type { CallContext, ReadContext } from '../context.ts'
import type { FindRequest, ResourceType, Target } from '../provider.ts'
import { rulesOf, type RestDescription } from './description.ts'
import { findEndpoints } from './find-endpoints.ts'
import { fetchAll, type Pagination } from './pagination.ts'
import { addParameters, type HttpRequest } from './request.ts'
import { restSingleton } from './rest-singleton.ts'
import { createWire, omitNull, selectSent } from './wire.ts'

/**
 * Turns a description of endpoints into a resource type: read, create, update and delete, a list that is whole or an error,
 * and a search by natural key. A `singleton` needs its path and nothing else.
 *
 * @example
 * ```ts
 * import { createHttpClient, restType } from 'convergent/rest'
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
  if (description.singleton === true) return restSingleton(description)
  const { client, schema, collection, readBy = 'item', idOf, chooseId, replies = 'object', pagination, listQuery, flatten, findQuery, update = 'patch' } = description
  const rules = rulesOf(description)
  const wire = createWire(description as unknown as RestDescription<StandardSchema>)
  const endpoints = findEndpoints(description)

  const readList = async (parentId: string | undefined, query: Readonly<Record<string, string | undefined>>, context: ReadContext): Promise<readonly Observed[]> => {
    const request = addParameters(endpoints.list(parentId), { ...listQuery?.(parentId), ...query })
    const found = await fetchAll(client, request, pagination as Pagination, (body) => idOf?.(body, parentId ?? '') ?? String(body['id']), context)
    return (flatten?.(found) ?? found).map((body) => wire.show(body, parentId))
  }
  const readItem = async (target: Target, context: ReadContext): Promise<Observed> => wire.show(await client.request(endpoints.read(target), context), target.parentId, target.id)
  const read = async (target: Target, context: ReadContext): Promise<Observed | undefined> => {
    try {
      if (readBy === 'list') return (await readList(target.parentId, {}, context)).find(({ id }) => id === target.id)
      return await readItem(target, context)
    } catch (error) {
      if (error instanceof ProviderError && error.kind === 'not-found') return undefined
      throw error
    }
  }
  /** Reads what a write has made, where its reply does not show it. It is there: a read that fails says nothing about the write. */
  const readWritten = async (target: Target, context: ReadContext): Promise<Observed> => {
    const found = await read(target, context).catch((error: Error) => {
      throw new ProviderError('ambiguous', `${target.id} was written, and cannot be read: ${error.message}`, { cause: error })
    })
    if (found === undefined) throw new ProviderError('ambiguous', `${target.id} was written, and a read right after does not find it`)
    return found
  }
  /** `id`: where it is known before the reply. */
  const write = async (request: HttpRequest, fields: Fields, id: string | undefined, parentId: string | undefined, context: CallContext): Promise<Observed> => {
    const reply = await client.request({ nameField: wire.nameField, ...request, body: wire.bodyOf(fields) }, context)
    return replies === 'object' ? wire.show(reply, parentId, id) : readWritten(targetOf(id ?? wire.idIn(reply, parentId), parentId), context)
  }

  return {
    ...rules,
    // A PUT of the whole comes to the same however often it is made; so does one more create of a chosen id.
    ...((update === 'put' || chooseId !== undefined) && { idempotent: rules.idempotent ?? true }),
    schema: schema as unknown as StandardSchema<InputsOf<S>, unknown>,
    read,
    async create({ inputs, parentId }, context) {
      const fields = omitNull(inputs)
      const id = chooseId?.(context.idempotencyKey) ?? (update === 'put' ? (idOf?.(fields, parentId ?? '') ?? '') : undefined)
      return write(endpoints.create(targetOf(id ?? '', parentId)), fields, id, parentId, context)
    },
    async update({ id, parentId, inputs, patch, before }, context) {
      if (update === 'none') throw new ProviderError('fatal', `${collection(parentId ?? '')} has no update; name its fields in immutable, so that a change is a replace`)
      const fields = selectSent(description, omitNull(inputs), patch, before)
      return write(endpoints.update(targetOf(id, parentId)), fields, id, parentId, context)
    },
    async delete({ id, parentId }, context) {
      await client.request({ nameField: wire.nameField, ...endpoints.delete(targetOf(id, parentId)) }, context)
    },
    ...(pagination !== undefined && {
      list: ({ parentId }: { readonly parentId?: string }, context: ReadContext) => readList(parentId, {}, context),
      find: async ({ inputs, parentId }: FindRequest<InputsOf<S>>, context: ReadContext) => {
        const key = keyOfFields(rules, inputs as unknown as Fields, parentId)
        if (key === undefined) return undefined
        const found = (await readList(parentId, findQuery?.(inputs) ?? {}, context)).filter((each) => keyOfFields(rules, each.outputs, parentId) === key)
        if (found.length > 1) throw new ProviderError('fatal', `${found.length} objects have the natural key ${key} (ids ${found.map(({ id }) => id).join(', ')}); remove or rename all but one`)
        const [only] = found
        // A list that leaves fields out has found it, and shows a part of it.
        return only === undefined || rules.listed !== 'summary' ? only : read(targetOf(only.id, only.parentId), context)
      },
    }),
  }
}

function targetOf(id: string, parentId: string | undefined): Target {
  return { id, ...(parentId !== undefined && { parentId }) }
}
