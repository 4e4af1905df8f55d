import * as z from 'zod'
import type { Fields, ReadContext, ResourceType } from 'convergent'
import { restType, type HttpClient, type RestDescription } from 'convergent/rest'
import { isBuiltIn } from './built-in.ts'
import type { NameIndex, NodeNames } from './name-index.ts'
import { pathOfNode } from './node-path.ts'
import { fillDefaults, listNormalisers, showAsDeclared } from './shape.ts'
import { orders } from './tasks.ts'

/** What all kinds share of a provider. */
export interface Site {
  readonly client: HttpClient
  readonly names: NameIndex
  /** Which objects are ours, by name. Default: what the state has recorded. */
  readonly owned?: (name: string) => boolean
  readonly orderTimeoutMs: number
  readonly pollEveryMs: number
  readonly visibleWithinMs: number
  readonly lagMs: number
}

/** One kind of object: how the input says it, and how the wire has it. */
export interface Kind {
  /** The resource type. */
  readonly type: string
  /** What a person may write. */
  readonly schema: z.ZodObject
  /** Fields that hold the name of something else, by dotted path (`*`: any element), with its type. */
  readonly names: Readonly<Record<string, string>>
  /** For the provider. */
  readonly define: (site: Site) => ResourceType
}

/** Changes fields on their way to or from the wire. */
type Translation = (fields: Fields, names: NodeNames) => Fields | Promise<Fields>

/** What a kind says of itself; all else is the same for all of them. */
export interface KindDescription<S extends z.ZodObject> extends Pick<RestDescription<S>, 'unordered'> {
  readonly type: string
  /** Where it is listed and written, below a node: `Repos`. */
  readonly path: string
  /** Default: `name`. */
  readonly nameOnWire?: string
  /** Fields as a person writes them. A default is what the node has where the field is unset. */
  readonly schema: S
  /** Fields that hold the name of something else. Default: none. */
  readonly names?: Readonly<Record<string, string>>
  /** Lists whose ids stand on the wire in place of names. Default: none. */
  readonly looksUp?: readonly string[]
  /** False: a PUT takes no name. Default: true. */
  readonly isNameInUpdate?: boolean
  /** The last change before it is sent, names into ids. Default: none. */
  readonly toWire?: Translation
  /** Out of the shape in which it is read. Default: none. */
  readonly fromWire?: Translation
}

/** Defines a kind. Its name is what it is known by on a node, and never changes: another name is another object. */
export function defineKind<S extends z.ZodObject>(kind: KindDescription<S>): Kind {
  const { type, path, nameOnWire = 'name', schema, names = {}, looksUp = [], isNameInUpdate = true, toWire, fromWire, unordered = [] } = kind
  return {
    type,
    schema,
    names,
    define: ({ client, names: index, owned, orderTimeoutMs, pollEveryMs, visibleWithinMs, lagMs }) => {
      const collection = (node: string): string => `${pathOfNode(node)}/${path}`
      const description = {
        client,
        schema: schema.safeExtend({ node: z.string() }),
        parent: { type: 'Node', field: 'node' },
        collection,
        pagination: { style: 'none' },
        envelope: 'data',
        renamed: nameOnWire === 'name' ? {} : { name: nameOnWire },
        key: ['node', 'name'],
        immutable: ['node', 'name'],
        stable: ['name'],
        // The users of the old name are moved in between.
        replaceOrder: 'create-first',
        unordered,
        normalise: listNormalisers(schema),
        references: Object.fromEntries(Object.entries(names).map(([field, target]) => [field, { type: target, by: 'name' }])),
        update: 'merge',
        notInUpdate: isNameInUpdate ? [] : ['name'],
        endpoints: { update: ({ id, parentId }: { readonly id: string; readonly parentId?: string }) => ({ method: 'PUT', path: `${collection(parentId ?? '')}/${encodeURIComponent(id)}` }) },
        replies: 'none',
        tasks: { ...orders, timeoutMs: orderTimeoutMs, pollEveryMs },
        lagMs,
        visibleWithinMs,
        toWire: async (body: Fields, { parentId, context }: Place) => {
          const filled = fillDefaults(schema, body) as Fields
          return toWire === undefined ? filled : toWire(filled, index.at(parentId ?? '', context))
        },
        fromWire: async ({ node, ...body }: Fields, { parentId, context }: Place) => {
          const shown = fromWire === undefined ? body : await fromWire(body, index.at(parentId ?? '', context))
          return { node, ...(showAsDeclared(schema, shown) as Fields) }
        },
        ...(owned !== undefined && { marks: ({ name }: Fields) => ({ owned: typeof name === 'string' && owned(name) && !isBuiltIn(name) }) }),
      }
      const made = restType(description as unknown as RestDescription<S>) as unknown as ResourceType
      return watchNames(made, index, path, looksUp)
    },
  }
}

/** Where and for whom a body is translated. */
interface Place {
  readonly parentId?: string
  readonly context: ReadContext
}

/** Keeps names and ids true: a write changes those of its own kind, and who looks anew wants those of now. */
function watchNames(type: ResourceType, index: NameIndex, path: string, looksUp: readonly string[]): ResourceType {
  const forgetAfter = <T>({ parentId = '' }: { readonly parentId?: string }, write: Promise<T>): Promise<T> => write.finally(() => index.forget(parentId, path))
  const { list } = type
  return {
    ...type,
    create: (request, context) => forgetAfter(request, type.create(request, context)),
    update: (request, context) => forgetAfter(request, type.update(request, context)),
    delete: (request, context) => forgetAfter(request, type.delete(request, context)),
    ...(list !== undefined && {
      list: (request, context) => {
        looksUp.forEach((each) => index.forget(request.parentId ?? '', each))
        return list(request, context)
      },
    }),
  }
}
