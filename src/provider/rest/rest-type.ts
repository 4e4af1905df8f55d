import { ProviderError } from '../../core/errors.ts'
import type { Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import { applyPatch } from '../../core/patch.ts'
import { keyOfFields } from '../../core/planning/identity.ts'
import type { StandardSchema } from '../../core/schema.ts'
import type { InputsOf } from '../define.ts'
import type { CallContext, ReadContext } from '../context.ts'
import type { FindRequest, ResourceType, Target } from '../provider.ts'
import { rulesOf, type RestDescription } from './description.ts'
import { fetchAll, type Pagination } from './pagination.ts'
import { restSingleton } from './rest-singleton.ts'
import { createWire, omitNull, pickChanged } from './wire.ts'

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
  const { client, schema, collection, item, readBy = 'item', idOf, pagination, listQuery, listPath, flatten, findQuery, update = 'patch' } = description
  const rules = rulesOf(description)
  const wire = createWire(description as unknown as RestDescription<StandardSchema>)
  const itemPath = item ?? (({ id, parentId }: Target): string => `${collection(parentId ?? '')}/${encodeURIComponent(id)}`)

  const put = async (target: Target, fields: Fields, context: CallContext): Promise<Observed> =>
    wire.show(await client.request({ method: 'PUT', path: itemPath(target), body: wire.bodyOf(fields) }, context), target.parentId, target.id)
  const readList = async (parentId: string | undefined, query: Readonly<Record<string, string | undefined>>, context: ReadContext): Promise<readonly Observed[]> => {
    const request = { method: 'GET', path: listPath ?? collection(parentId ?? ''), query: { ...listQuery?.(parentId), ...query } } as const
    const found = await fetchAll(client, request, pagination as Pagination, (body) => idOf?.(body, parentId ?? '') ?? String(body['id']), context)
    return (flatten?.(found) ?? found).map((body) => wire.show(body, parentId))
  }
  const readItem = async (target: Target, context: ReadContext): Promise<Observed> =>
    wire.show(await client.request({ method: 'GET', path: itemPath(target) }, context), target.parentId, target.id)

  return {
    ...rules,
    // A PUT of the whole comes to the same however often it is made.
    ...(update === 'put' && { idempotent: rules.idempotent ?? true }),
    schema: schema as unknown as StandardSchema<InputsOf<S>, unknown>,
    async read(target, context) {
      try {
        if (readBy === 'list') return (await readList(target.parentId, {}, context)).find(({ id }) => id === target.id)
        return await readItem(target, context)
      } catch (error) {
        if (error instanceof ProviderError && error.kind === 'not-found') return undefined
        throw error
      }
    },
    async create({ inputs, parentId }, context) {
      const fields = omitNull(inputs)
      if (update === 'put') return put({ id: idOf?.(fields, parentId ?? '') ?? '', ...(parentId !== undefined && { parentId }) }, fields, context)
      return wire.show(await client.request({ method: 'POST', path: collection(parentId ?? ''), body: wire.bodyOf(fields) }, context), parentId)
    },
    async update({ id, parentId, inputs, patch, before }, context) {
      const target = { id, ...(parentId !== undefined && { parentId }) }
      const fields = omitNull(inputs)
      if (update === 'none') throw new ProviderError('fatal', `${collection(parentId ?? '')} has no update; name its fields in immutable, so that a change is a replace`)
      if (update === 'put') return put(target, fields, context)
      if (update === 'merge') return put(target, applyPatch(before.outputs, patch) as Fields, context)
      return wire.show(await client.request({ method: 'PATCH', path: itemPath(target), body: wire.bodyOf(pickChanged(description, fields, patch, before)) }, context), parentId)
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
        const [only] = found
        // A list that leaves fields out has found it, and shows a part of it.
        return only === undefined || rules.listed !== 'summary' ? only : readItem({ id: only.id, ...(only.parentId !== undefined && { parentId: only.parentId }) }, context)
      },
    }),
  }
}
