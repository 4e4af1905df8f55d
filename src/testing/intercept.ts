import type { OperationType } from '../provider/operation.ts'
import type { ReadContext } from '../provider/context.ts'
import type { Provider, ResourceType } from '../provider/provider.ts'
import type { SettleGroup } from '../provider/settle-group.ts'

/** The calls of a resource type that reach the backend. */
export const PROVIDER_CALLS = ['read', 'list', 'find', 'create', 'update', 'delete', 'createMany', 'deleteMany', 'readMany'] as const

/** The calls of an operation type that do something, or ask. */
export const OPERATION_CALLS = ['run', 'undo', 'isDone'] as const

/** The calls of a settle group. */
export const SETTLE_CALLS = ['settle', 'isReady'] as const

/** A call that reaches the backend. */
export type ProviderCallName = (typeof PROVIDER_CALLS)[number] | (typeof OPERATION_CALLS)[number] | (typeof SETTLE_CALLS)[number]

/** One call that a provider is about to get. */
export interface ProviderCall {
  readonly call: ProviderCallName
  /** Of a settle group: its name. */
  readonly type: string
  /** The name of the resource or operation, where the request says it: not for reads and lists, nor for `isDone`. */
  readonly name: string | undefined
  readonly id: string | undefined
  /** Aborts when the caller gives up on the call. */
  readonly signal: AbortSignal | undefined
}

type Around = <T>(call: ProviderCall, make: () => Promise<T>) => Promise<T>

/** The same provider, each of its calls made by `around`. */
export function interceptProvider<P extends Provider>(provider: P, around: Around): P {
  const types = Object.fromEntries(Object.entries(provider.types).map(([name, type]) => [name, interceptType(name, type, around)]))
  const operations = provider.operations && Object.fromEntries(Object.entries(provider.operations).map(([name, type]) => [name, interceptOperation(name, type, around)]))
  const settleGroups = provider.settleGroups && Object.fromEntries(Object.entries(provider.settleGroups).map(([name, group]) => [name, interceptGroup(name, group, around)]))
  return { ...copyOf(provider), types, ...(operations && { operations }), ...(settleGroups && { settleGroups }) } as P
}

function interceptGroup(name: string, group: SettleGroup, around: Around): SettleGroup {
  const copy = copyOf(group)
  for (const call of SETTLE_CALLS) {
    if (group[call] === undefined) continue
    const make = (group[call] as (context: ReadContext) => Promise<unknown>).bind(group)
    copy[call] = (context: ReadContext) => around({ call, type: name, name: undefined, id: undefined, signal: context.signal }, async () => make(context))
  }
  return copy as unknown as SettleGroup
}

function interceptOperation(typeName: string, type: OperationType<object>, around: Around): OperationType<object> {
  const copy = copyOf(type)
  for (const call of OPERATION_CALLS) {
    if (type[call] === undefined) continue
    const make = (type[call] as (...args: readonly unknown[]) => Promise<unknown>).bind(type)
    copy[call] = (params: unknown, context: { readonly name?: string; readonly signal?: AbortSignal }) => around({ call, type: typeName, name: context.name, id: undefined, signal: context.signal }, async () => make(params, context))
  }
  return copy as unknown as OperationType<object>
}

function interceptType(typeName: string, type: ResourceType, around: Around): ResourceType {
  const copy = copyOf(type)
  for (const call of PROVIDER_CALLS) {
    if (type[call] === undefined) continue
    const make = (type[call] as (...args: readonly unknown[]) => Promise<unknown>).bind(type)
    copy[call] = (request: { readonly name?: string; readonly id?: string }, ...rest: readonly unknown[]) => {
      const context = rest.at(-1) as { readonly signal?: AbortSignal } | undefined
      return around({ call, type: typeName, name: request.name, id: request.id, signal: context?.signal }, async () => make(request, ...rest))
    }
  }
  return copy as unknown as ResourceType
}

/** An object with the same members, those that a class gives it included. Functions stay bound to the original. */
export function copyOf(original: object): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (let at: object | null = original; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null)
    for (const key of Object.getOwnPropertyNames(at)) {
      if (key === 'constructor' || Object.hasOwn(copy, key)) continue
      const value: unknown = Reflect.get(original, key)
      copy[key] = typeof value === 'function' ? (value as (...args: readonly unknown[]) => unknown).bind(original) : value
    }
  return copy
}
