import { ProviderError } from '../../core/errors.ts'
import { isFields, type Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import { keyOfFields } from '../../core/planning/identity.ts'
import type { StandardSchema } from '../../core/schema.ts'
import { ProviderDefinitionError, type InputsOf } from '../define.ts'
import type { CallContext, ReadContext } from '../context.ts'
import type { FindRequest, ResourceType, Target } from '../provider.ts'
import { rulesOf, type RestDescription } from './description.ts'
import { findEndpoints } from './find-endpoints.ts'
import { createWhole } from './complete.ts'
import { deleteSurely } from './delete.ts'
import { fetchAll, type Pagination } from './pagination.ts'
import { createParts } from './parts.ts'
import { BEGUN, isProgress } from './progress.ts'
import { addParameters } from './request.ts'
import { restSingleton } from './rest-singleton.ts'
import { askForTask, awaitTask } from './tasks.ts'
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
  const { client, schema, collection, readBy = 'item', idOf, chooseId, idFrom, afterCreate = 'nothing', beforeDelete, replies = 'object', tasks, lagMs = 0, pagination, listQuery, flatten, findQuery, update = 'patch' } = description
  const rules = rulesOf(description)
  const { recordedOnly = [] } = rules
  const wire = createWire(description as unknown as RestDescription<StandardSchema>)
  const endpoints = findEndpoints(description)
  const { nameField } = wire
  const parts = createParts(client, description.parts)

  const readList = async (parentId: string | undefined, query: Readonly<Record<string, string | undefined>>, context: ReadContext): Promise<readonly Observed[]> => {
    const request = addParameters(endpoints.list(parentId), { ...listQuery?.(parentId), ...query })
    const found = await fetchAll(client, request, pagination as Pagination, (body) => idOf?.(body, parentId ?? '') ?? String(body['id']), context)
    return Promise.all((flatten?.(found) ?? found).map((body) => wire.show(body, { parentId, context })))
  }
  const readItem = async (target: Target, context: ReadContext): Promise<Observed> => {
    const item = await client.request(endpoints.read(target), context)
    const whole = description.parts === undefined || !isFields(item) ? item : { ...item, ...(await parts.read(target, context)) }
    return wire.show(whole, { parentId: target.parentId, context }, target.id)
  }
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
    if (idFrom !== undefined) return read(targetOf(idFrom(inputs as unknown as Fields, parentId ?? ''), parentId), context)
    const key = keyOfFields(rules, inputs as unknown as Fields, parentId)
    if (key === undefined) return undefined
    const found = (await readList(parentId, findQuery?.(inputs) ?? {}, context)).filter((each) => keyOfFields(rules, each.outputs, parentId) === key)
    if (found.length > 1) throw new ProviderError('fatal', `${found.length} objects have the natural key ${key} (ids ${found.map(({ id }) => id).join(', ')}); remove or rename all but one`)
    const [only] = found
    // A list that leaves fields out has found it, and shows a part of it.
    return only === undefined || rules.listed !== 'summary' ? only : read(targetOf(only.id, only.parentId), context)
  }
  /** Writes the parts that change, and the item where anything else does. `isAll`: it is all of the call. */
  const sendUpdate = async (target: Target, inputs: Fields, patch: Fields, before: Observed, context: CallContext, isAll: boolean): Promise<unknown> => {
    const needsItem = description.parts === undefined || Object.keys(patch).some((field) => !parts.has(field) && !recordedOnly.includes(field))
    const isFirst = context.savedHandle === undefined
    // Half of it shows nothing of what became of the other half.
    if (isAll && isFirst && parts.count(patch) + (needsItem ? 1 : 0) > 1) await context.saveHandle(BEGUN)
    const sendItem = async (): Promise<unknown> => {
      if (!needsItem) return undefined
      const there = update === 'merge' && context.attempt > 1 ? await readItem(target, context) : before
      const fields = selectSent(description, omitNull(inputs), patch, there)
      const inItem = description.parts === undefined ? fields : Object.fromEntries(Object.entries(fields).filter(([field]) => !parts.has(field)))
      return client.request({ nameField, ...endpoints.update(target), body: await wire.bodyOf(inItem, { parentId: target.parentId, context }) }, context)
    }
    return parts.write(target, patch, sendItem, context)
  }
  const write = createWriter({ client, tasks, lagMs, visibleWithinMs: rules.visibleWithinMs ?? 0 })
  const writePlain = createWriter({ client, tasks: undefined, lagMs, visibleWithinMs: 0 })
  const sendDelete = async (target: Target, loss: string | undefined, context: CallContext): Promise<unknown> => {
    await beforeDelete?.(target, context)
    return client.request({ nameField, ...endpoints.delete({ ...target, ...(loss !== undefined && { loss }) }) }, context)
  }
  /** Within another call: what the task of this is called is not kept. */
  const remove = async (target: Target, context: CallContext): Promise<void> => {
    const reply = await sendDelete(target, undefined, context)
    const handle = tasks?.handleOf(reply)
    if (tasks !== undefined && handle !== undefined) await awaitTask(client, tasks, handle, context)
  }

  return {
    ...rules,
    // A PUT of the whole comes to the same however often it is made; so does one more create of a chosen id.
    ...((update === 'put' || chooseId !== undefined) && { idempotent: rules.idempotent ?? true }),
    schema: schema as unknown as StandardSchema<InputsOf<S>, unknown>,
    read,
    async create({ inputs, parentId }, context) {
      const place = { parentId, context }
      const fields = omitNull(inputs)
      const id = chooseId?.(context.idempotencyKey) ?? idFrom?.(fields, parentId ?? '') ?? (update === 'put' ? (idOf?.(fields, parentId ?? '') ?? '') : undefined)
      const send = async (): Promise<unknown> => {
        const request = endpoints.create(targetOf(id ?? '', parentId), fields)
        return client.request({ nameField, ...request, body: request.body ?? (await wire.bodyOf(fields, place)) }, context)
      }
      if (replies === 'object' && lagMs === 0) return wire.show(await send(), place, id)
      const idIn = async (reply: unknown): Promise<string> => (replies === 'id' ? wire.idIn(reply, parentId) : (await wire.show(reply, place)).id)
      // An attempt that took over a task never saw the reply.
      const name = async (reply: unknown): Promise<string | undefined> => id ?? (replies === 'none' || reply === undefined ? undefined : idIn(reply))
      const look = (written: string | undefined): Promise<Observed | undefined> => (written === undefined ? find(inputs, parentId, context) : read(targetOf(written, parentId), context))
      if (afterCreate === 'nothing') return demand(await write(send, { name, look, shows: isThere }, context))
      const whole = targetOf('', parentId)
      const completion = {
        find: () => find(inputs, parentId, context),
        make: async () => demand(await writePlain(send, { name, look, shows: isThere }, context)),
        update: async (made: Observed, patch: Fields) => void (await sendUpdate({ ...whole, id: made.id }, fields, patch, made, context, false)),
        read: async (made: Observed) => demand({ written: made.id, found: await read({ ...whole, id: made.id }, context) }),
        remove: (made: Observed) => deleteSurely({ remove: () => remove({ ...whole, id: made.id }, context), isThere: async () => isThere(await read({ ...whole, id: made.id }, context)) }, context),
      }
      return createWhole(fields, rules, completion, context)
    },
    async update({ id, parentId, inputs, patch, before }, context) {
      if (update === 'none') throw new ProviderError('fatal', `${collection(parentId ?? '')} has no update; name its fields in immutable, so that a change is a replace`)
      const target = targetOf(id, parentId)
      if (Object.keys(patch).every((field) => recordedOnly.includes(field))) return before
      const send = (): Promise<unknown> => sendUpdate(target, inputs as unknown as Fields, patch, before, context, true)
      if (replies === 'object' && lagMs === 0) return wire.show(await send(), { parentId, context }, id)
      const shows = (found: Observed | undefined): boolean => found !== undefined && showsWritten(rules, { inputs, patch, before }, found)
      return demand(await (isProgress(context.savedHandle) ? writePlain : write)(send, { name: async () => id, look: () => read(target, context), shows }, context))
    },
    async delete({ id, parentId, loss }, context) {
      const target = targetOf(id, parentId)
      const look = (): Promise<Observed | undefined> => read(target, context)
      const send = (): Promise<unknown> => sendDelete(target, loss, context)
      const waits = tasks !== undefined || lagMs !== 0
      const remove = waits ? () => write(send, { name: async () => id, look, shows: (found) => !isThere(found) }, context) : send
      await deleteSurely({ remove, isThere: async () => isThere(await look()) }, context)
    },
    ...((tasks !== undefined || afterCreate === 'update' || description.parts !== undefined) && {
      awaitTask: async (handle: string, context: ReadContext) => (tasks === undefined || isProgress(handle) ? 'partial' : askForTask(client, tasks, handle, context)),
    }),
    ...(pagination !== undefined && { list: ({ parentId }: { readonly parentId?: string }, context: ReadContext) => readList(parentId, {}, context) }),
    ...((pagination !== undefined || idFrom !== undefined) && {
      find: ({ inputs, parentId }: FindRequest<InputsOf<S>>, context: ReadContext) => find(inputs, parentId, context),
    }),
  }
}

/** What would otherwise be left out of every call without a word. */
function refuseMisfits<S extends StandardSchema>({ collection, singleton, tasks, lagMs, replies = 'object', pagination, key, idFrom, afterCreate, parts, listed, chooseId }: RestDescription<S>): void {
  const refuse = (problem: string): never => {
    throw new ProviderDefinitionError(`the REST type of ${collection('')}: ${problem}`)
  }
  if (singleton === true && (tasks !== undefined || lagMs !== undefined)) refuse('a singleton has no tasks, and no lagMs')
  if (singleton === true && (idFrom !== undefined || afterCreate !== undefined || parts !== undefined)) refuse('a singleton has no idFrom, no afterCreate, and no parts')
  if (chooseId !== undefined && idFrom !== undefined) refuse('an id is either chosen (chooseId) or follows from what is declared (idFrom)')
  if (afterCreate === 'update' && idFrom === undefined && (pagination === undefined || key === undefined)) refuse("with afterCreate: 'update', what a cut off create has made is found by its id or natural key; give it idFrom, or pagination and key")
  if ((afterCreate === 'update' || parts !== undefined) && replies === 'object') refuse("with parts or afterCreate, no reply to a write shows the whole object; say so with replies: 'id' or 'none'")
  if (parts !== undefined && pagination !== undefined && listed !== 'summary') refuse("a list does not show the parts; say so with listed: 'summary'")
  if (tasks !== undefined && replies === 'object') refuse("with tasks, no reply to a write shows the object; say so with replies: 'id' or 'none'")
  if (replies === 'none' && idFrom === undefined && (pagination === undefined || key === undefined)) refuse("with replies: 'none', what was created is found in the list by its natural key; give it pagination and key, or idFrom")
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
