import { ProviderError } from '../../core/errors.ts'
import { isFields, type Fields } from '../../core/json.ts'
import { applyPatch } from '../../core/patch.ts'
import type { StandardSchema } from '../../core/schema.ts'
import type { CallContext, ReadContext } from '../context.ts'
import type { Target } from '../provider.ts'
import type { RestDescription } from './description.ts'
import type { HttpClient } from './http.ts'
import { extendError, isRefusal } from './progress.ts'

type Part = NonNullable<RestDescription<StandardSchema>['parts']>[number]

/** What of an object is read and written beside its item. */
export interface Parts {
  /** True for a field that no body of the item has. */
  has(field: string): boolean
  /** How many of them a patch changes. */
  count(patch: Fields): number
  /** The fields of all of them. */
  read(target: Target, context: ReadContext): Promise<Fields>
  /** Writes those that a patch changes, one after the other, and then `last`. When one is refused, the others are brought back. */
  write(target: Target, patch: Fields, last: () => Promise<unknown>, context: CallContext): Promise<unknown>
}

/** Makes the parts of a type. */
export function createParts(client: HttpClient, parts: readonly Part[] = []): Parts {
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
  return {
    has: (field) => outside.has(field),
    count: (patch) => parts.filter((part) => pickChanged(part, patch) !== undefined).length,
    read: async (target, context) => Object.assign({}, ...(await Promise.all(parts.map(async (part) => pickShown(part, await fetch(part, target, context)))))) as Fields,
    async write(target, patch, last, context) {
      const put = (part: Part, body: unknown): Promise<unknown> => client.request({ method: 'PUT', path: part.path(target), body, reply: 'ignored' }, context)
      const written: (() => Promise<unknown>)[] = []
      try {
        for (const part of parts) {
          const changed = pickChanged(part, patch)
          if (changed === undefined) continue
          const before = await fetch(part, target, context)
          await put(part, changed === null ? {} : applyPatch(before, changed))
          written.unshift(() => put(part, before))
        }
        return await last()
      } catch (error) {
        if (!isRefusal(error, context) || written.length === 0) throw error
        try {
          for (const bringBack of written) await bringBack()
        } catch (fault) {
          throw new ProviderError('ambiguous', `${error.message}; a part of it was written before, and could not be brought back: ${(fault as Error).message}`, { cause: error, isFinal: true })
        }
        throw extendError(error, `${error.message}; what was written before that is as it was`)
      }
    },
  }
}

function listFields(part: Part): readonly string[] {
  return 'whole' in part ? [part.whole] : part.fields
}

function pickShown(part: Part, body: Fields): Fields {
  return 'whole' in part ? { [part.whole]: body } : pick(body, part.fields)
}

/** What of a patch is about a part: a patch of its body, or null, which empties it. Undefined: nothing is. */
function pickChanged(part: Part, patch: Fields): unknown {
  if ('whole' in part) return patch[part.whole]
  const changed = pick(patch, part.fields)
  return Object.keys(changed).length === 0 ? undefined : changed
}

function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.flatMap((name) => (name in fields ? [[name, fields[name]]] : [])))
}
