import { ProviderError } from '../../core/errors.ts'
import type { Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import { keyOfFields } from '../../core/planning/identity.ts'
import type { StandardSchema } from '../../core/schema.ts'
import { ProviderDefinitionError, type InputsOf } from '../define.ts'
import type { ReadContext } from '../context.ts'
import type { FindRequest, ResourceType, Target } from '../provider.ts'
import { rulesOf, type RestDescription } from './description.ts'
import { findEndpoints } from './find-endpoints.ts'
import { fetchAll, type Pagination } from './pagination.ts'
import { addParameters } from './request.ts'
import { restSingleton } from './rest-singleton.ts'
import { askForTask } from './tasks.ts'
import { createWire, omitNull, selectSent } from './wire.ts'
import { createWriter, showsWritten, type Written } from './write.ts'

/**
 * Turns a description of endpoints into a resource type: read, create, update and delete, a list that is whole or an error,
 * and a search by natural key. A `singleton` needs its path and nothing else. Throws `provider-definition` for what does not fit
 * together: tasks whose replies are taken for objects, objects that no reply shows and nothing could find.
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
  refuseMisfits(description)
  if (description.singleton === true) return restSingleton(description)
  const { client, schema, collection, readBy = 'item', idOf, chooseId, replies = 'object', tasks, lagMs = 0, pagination, listQuery, flatten, findQuery, update = 'patch' } = description
  const rules = rulesOf(description)
  const wire = createWire(description as unknown as RestDescription<StandardSchema>)
  const endpoints = findEndpoints(description)
  const { nameField } = wire

  const readList = async (parentId: string | undefined, query: Readonly<Record<string, string | undefined>>, context: ReadContext): Promise<readonly Observed[]> => {
    const request = addParameters(endpoints.list(parentId), { ...listQuery?.(parentId), ...query })
    const found = await fetchAll(client, request, pagination as Pagination, (body) => idOf?.(body, parentId ?? '') ?? String(body['id']), context)
    return Promise.all((flatten?.(found) ?? found).map((body) => wire.show(body, { parentId, context })))
  }
  const readItem = async (target: Target, context: ReadContext): Promise<Observed> => wire.show(await client.request(endpoints.read(target), context), { parentId: target.parentId, context }, target.id)
  const read = async (target: Target, context: ReadContext): Promise<Observed | undefined> => {
    try {
      if (readBy === 'list') return (await readList(target.parentId, {}, context)).find(({ id }) => id === target.id)
      return await readItem(target, context)
    } catch (error) {
      if (error instanceof ProviderError && error.kind === 'not-found') return undefined
      throw error
    }
  }
  const find = async (inputs: InputsOf<S>, parentId: string | undefined, context: ReadContext): Promise<Observed | undefined> => {
    const key = keyOfFields(rules, inputs as unknown as Fields, parentId)
    if (key === undefined) return undefined
    const found = (await readList(parentId, findQuery?.(inputs) ?? {}, context)).filter((each) => keyOfFields(rules, each.outputs, parentId) === key)
    if (found.length > 1) throw new ProviderError('fatal', `${found.length} objects have the natural key ${key} (ids ${found.map(({ id }) => id).join(', ')}); remove or rename all but one`)
    const [only] = found
    // A list that leaves fields out has found it, and shows a part of it.
    return only === undefined || rules.listed !== 'summary' ? only : read(targetOf(only.id, only.parentId), context)
  }
  const write = createWriter({ client, tasks, lagMs, visibleWithinMs: rules.visibleWithinMs ?? 0 })

  return {
    ...rules,
    // A PUT of the whole comes to the same however often it is made; so does one more create of a chosen id.
    ...((update === 'put' || chooseId !== undefined) && { idempotent: rules.idempotent ?? true }),
    schema: schema as unknown as StandardSchema<InputsOf<S>, unknown>,
    read,
    async create({ inputs, parentId }, context) {
      const place = { parentId, context }
      const fields = omitNull(inputs)
      const id = chooseId?.(context.idempotencyKey) ?? (update === 'put' ? (idOf?.(fields, parentId ?? '') ?? '') : undefined)
      const send = async (): Promise<unknown> => client.request({ nameField, ...endpoints.create(targetOf(id ?? '', parentId)), body: await wire.bodyOf(fields, place) }, context)
      if (replies === 'object' && lagMs === 0) return wire.show(await send(), place, id)
      const idIn = async (reply: unknown): Promise<string> => (replies === 'id' ? wire.idIn(reply, parentId) : (await wire.show(reply, place)).id)
      // An attempt that took over a task never saw the reply.
      const name = async (reply: unknown): Promise<string | undefined> => id ?? (replies === 'none' || reply === undefined ? undefined : idIn(reply))
      const look = (written: string | undefined): Promise<Observed | undefined> => (written === undefined ? find(inputs, parentId, context) : read(targetOf(written, parentId), context))
      return demand(await write(send, { name, look, shows: isThere }, context))
    },
    async update({ id, parentId, inputs, patch, before }, context) {
      if (update === 'none') throw new ProviderError('fatal', `${collection(parentId ?? '')} has no update; name its fields in immutable, so that a change is a replace`)
      const place = { parentId, context }
      const target = targetOf(id, parentId)
      const fields = selectSent(description, omitNull(inputs), patch, before)
      const send = async (): Promise<unknown> => client.request({ nameField, ...endpoints.update(target), body: await wire.bodyOf(fields, place) }, context)
      if (replies === 'object' && lagMs === 0) return wire.show(await send(), place, id)
      const shows = (found: Observed | undefined): boolean => found !== undefined && showsWritten(rules, { inputs, patch, before }, found)
      return demand(await write(send, { name: async () => id, look: () => read(target, context), shows }, context))
    },
    async delete({ id, parentId }, context) {
      const target = targetOf(id, parentId)
      const send = (): Promise<unknown> => client.request({ nameField, ...endpoints.delete(target) }, context)
      if (tasks === undefined && lagMs === 0) await send()
      else await write(send, { name: async () => id, look: () => read(target, context), shows: (found) => !isThere(found) }, context)
    },
    ...(tasks !== undefined && { awaitTask: (handle: string, context: ReadContext) => askForTask(client, tasks, handle, context) }),
    ...(pagination !== undefined && {
      list: ({ parentId }: { readonly parentId?: string }, context: ReadContext) => readList(parentId, {}, context),
      find: ({ inputs, parentId }: FindRequest<InputsOf<S>>, context: ReadContext) => find(inputs, parentId, context),
    }),
  }
}

/** What would otherwise be left out of every call without a word. */
function refuseMisfits<S extends StandardSchema>({ collection, singleton, tasks, lagMs, replies = 'object', pagination, key }: RestDescription<S>): void {
  const refuse = (problem: string): never => {
    throw new ProviderDefinitionError(`the REST type of ${collection('')}: ${problem}`)
  }
  if (singleton === true && (tasks !== undefined || lagMs !== undefined)) refuse('a singleton has no tasks, and no lagMs')
  if (tasks !== undefined && replies === 'object') refuse("with tasks, no reply to a write shows the object; say so with replies: 'id' or 'none'")
  if (replies === 'none' && (pagination === undefined || key === undefined)) refuse("with replies: 'none', what was created is found in the list by its natural key; give it pagination and key")
}

function isThere(found: Observed | undefined): boolean {
  return found !== undefined
}

/** What was written is there, whatever a read says: that it does not say so proves nothing of the write. */
function demand({ written = 'it', found }: Written): Observed {
  if (found === undefined) throw new ProviderError('ambiguous', `${written} was written, and a read right after does not find it`)
  return found
}

function targetOf(id: string, parentId: string | undefined): Target {
  return { id, ...(parentId !== undefined && { parentId }) }
}
