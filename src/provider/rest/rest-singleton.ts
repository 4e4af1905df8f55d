import { ProviderError } from '../../core/errors.ts'
import type { Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import { applyPatch } from '../../core/patch.ts'
import type { StandardSchema } from '../../core/schema.ts'
import type { InputsOf } from '../define.ts'
import type { CallContext, ReadContext } from '../context.ts'
import type { ResourceType } from '../provider.ts'
import { rulesOf, type RestDescription } from './description.ts'
import { createWire, omitNull, pickChanged } from './wire.ts'

/** The id of a singleton that lives in nothing. */
const ALONE = 'singleton'

/** A settings object that is always there: create is an update, and removal brings the defaults back where a PUT can. */
export function restSingleton<S extends StandardSchema>(description: RestDescription<S>): ResourceType<InputsOf<S>> {
  const { client, schema, collection, item, update = 'patch', resetBody } = description
  const wire = createWire(description as unknown as RestDescription<StandardSchema>)
  const pathOf = (parentId: string | undefined): string => item?.({ id: parentId ?? ALONE, ...(parentId !== undefined && { parentId }) }) ?? collection(parentId ?? '')
  const show = (reply: unknown, parentId: string | undefined, context: ReadContext): Promise<Observed> => wire.show(reply, { parentId, context }, parentId ?? ALONE)
  const read = async (parentId: string | undefined, context: ReadContext): Promise<Observed> => show(await client.request({ method: 'GET', path: pathOf(parentId) }, context), parentId, context)
  const send = async (method: 'PUT' | 'PATCH', parentId: string | undefined, fields: Fields, context: CallContext): Promise<Observed> => {
    const reply = await client.request({ method, path: pathOf(parentId), body: await wire.bodyOf(fields, { parentId, context }) }, context)
    // Some replace without saying what they have now.
    return reply === undefined ? read(parentId, context) : show(reply, parentId, context)
  }
  return {
    ...rulesOf(description),
    idempotent: true,
    removal: resetBody === undefined ? 'forget' : 'delete',
    schema: schema as unknown as StandardSchema<InputsOf<S>, unknown>,
    async read({ parentId }, context) {
      try {
        return await read(parentId, context)
      } catch (error) {
        if (error instanceof ProviderError && error.kind === 'not-found') return undefined
        throw error
      }
    },
    create: ({ inputs, parentId }, context) => (update === 'merge' ? read(parentId, context).then(({ outputs }) => send('PUT', parentId, applyPatch(outputs, inputs as Fields) as Fields, context)) : send(update === 'put' ? 'PUT' : 'PATCH', parentId, omitNull(inputs), context)),
    update: ({ parentId, inputs, patch, before }, context) => {
      const fields = omitNull(inputs)
      if (update === 'put') return send('PUT', parentId, fields, context)
      if (update === 'merge') return send('PUT', parentId, applyPatch(before.outputs, patch) as Fields, context)
      return send('PATCH', parentId, pickChanged(description, fields, patch, before), context)
    },
    delete: async ({ parentId }, context) => void (await client.request({ method: 'PUT', path: pathOf(parentId), body: resetBody === undefined ? {} : resetBody }, context)),
    list: async ({ parentId }, context) => [await read(parentId, context)],
  }
}
