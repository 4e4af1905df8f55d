import { ProviderError } from '../../core/errors.ts'
import { isFields, type Fields } from '../../core/json.ts'
import { applyPatch } from '../../core/patch.ts'
import type { StandardSchema } from '../../core/schema.ts'
import type { CallContext, ReadContext } from '../context.ts'
import type { Target } from '../provider.ts'
import type { RestDescription } from './description.ts'
import type { HttpClient } from './http.ts'

type Part = NonNullable<RestDescription<StandardSchema>['parts']>[number]

/** What of an object is read and written beside its item. */
export interface Parts {
  /** True for a field that no body of the item has. */
  has(field: string): boolean
  /** The fields of all of them. */
  read(target: Target, context: ReadContext): Promise<Fields>
  /** Writes those that a patch changes, one after the other. */
  write(target: Target, patch: Fields, context: CallContext): Promise<void>
}

/** Makes the parts of a type. */
export function createParts(client: HttpClient, parts: readonly Part[] = []): Parts {
  const listFields = (part: Part): readonly string[] => ('whole' in part ? [part.whole] : part.fields)
  const outside = new Set(parts.flatMap(listFields))
  const fetch = async (part: Part, target: Target, context: ReadContext): Promise<Fields> => {
    const path = part.path(target)
    const body = await client.request({ method: 'GET', path }, context).catch((error: unknown) => {
      // The object is there, or was a moment ago: whether it is gone, its own read says.
      if (error instanceof ProviderError && error.kind === 'not-found') throw new ProviderError('retryable', `${error.message}; a moment ago ${target.id} was there`, { cause: error })
      throw error
    })
    if (!isFields(body)) throw new ProviderError('fatal', `GET ${path}: expected an object, found ${Array.isArray(body) ? 'a list' : typeof body}`)
    return body
  }
  const pick = (part: Part, body: Fields): Fields => ('whole' in part ? { [part.whole]: body } : Object.fromEntries(part.fields.flatMap((field) => (field in body ? [[field, body[field]]] : []))))
  return {
    has: (field) => outside.has(field),
    read: async (target, context) => Object.assign({}, ...(await Promise.all(parts.map(async (part) => pick(part, await fetch(part, target, context)))))) as Fields,
    async write(target, patch, context) {
      for (const part of parts) {
        const changed = Object.fromEntries(listFields(part).flatMap((field) => (field in patch ? [[field, patch[field]]] : [])))
        if (Object.keys(changed).length === 0) continue
        const body = applyPatch(await fetch(part, target, context), 'whole' in part ? (changed[part.whole] ?? {}) : changed)
        await client.request({ method: 'PUT', path: part.path(target), body, reply: 'ignored' }, context)
      }
    },
  }
}
