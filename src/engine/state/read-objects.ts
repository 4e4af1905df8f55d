import pLimit from 'p-limit'
import { DeclarationError } from '../../core/errors.ts'
import type { ApiCall } from '../../core/event.ts'
import { suggest } from '../../core/nearest.ts'
import type { Observed } from '../../core/observed.ts'
import type { ResourceType } from '../../provider/provider.ts'
import { systemClock } from '../clock.ts'
import type { BaseOptions } from '../options.ts'
import { checkObserved, makeRead, type Reader } from '../read-call.ts'

/** Which objects of a backend to read. */
export interface ReadObjectsOptions extends Pick<BaseOptions, 'provider' | 'signal' | 'clock'> {
  /** A resource type of the provider. */
  readonly type: string
  /** The id of the only one. Default: all that the provider lists. */
  readonly id?: string
  /** The id of the object that they live in, for types with a parent. Default: none. */
  readonly parentId?: string
  /** Reads under way at once. Default: 10. */
  readonly concurrency?: number
  /** Each read is aborted after this. Default: 30 000. */
  readonly timeoutMs?: number
  /** Hears of each request. Default: nobody. */
  readonly onCall?: (call: ApiCall) => void
}

/**
 * Reads objects as they are on the backend, whole, whoever they belong to: what an import begins with. Reads are tried again and
 * slowed down as those of a plan. One that is not there is left out.
 *
 * Throws `declaration` for a type that is not there or lists nothing, and `provider` where a read fails.
 *
 * @example
 * ```ts
 * import { readObjects } from 'convergent/state'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * await readObjects({ provider, type: 'named' }) // => []
 * ```
 */
export async function readObjects({ provider, type: name, id, parentId, concurrency = 10, timeoutMs = 30_000, clock = systemClock, signal = new AbortController().signal, onCall = () => undefined }: ReadObjectsOptions): Promise<readonly Observed[]> {
  const refuse = (code: string, message: string): never => {
    throw new DeclarationError([{ code, message }])
  }
  const known = provider.types
  const type: ResourceType = Object.hasOwn(known, name) ? (known[name] as ResourceType) : refuse('unknown-type', `provider ${provider.name} has no type ${JSON.stringify(name)}${suggest(name, Object.keys(known))}`)
  const reader: Reader = { provider, bounds: { timeoutMs, abortGraceMs: 5_000, clock, signal }, trace: onCall }
  const parent = parentId === undefined ? {} : { parentId }
  const readOne = async (one: string): Promise<Observed | undefined> => {
    const found = await makeRead(reader, type, (context) => type.read({ id: one, ...parent }, context))
    return found === undefined ? undefined : checkObserved(found, `read of ${name} ${one}`)
  }
  const isThere = (found: Observed | undefined): found is Observed => found !== undefined
  if (id !== undefined) return [await readOne(id)].filter(isThere)
  const list = type.list?.bind(type) ?? refuse('not-listed', `provider ${provider.name} lists no objects of type ${name}; read them one by one, by id`)
  const listed = (await makeRead(reader, type, (context) => list(parent, context))).map((each) => checkObserved(each, `list of ${name}`))
  if (type.listed !== 'summary') return listed
  const limit = pLimit(concurrency)
  return (await Promise.all(listed.map((each) => limit(() => readOne(each.id))))).filter(isThere)
}
