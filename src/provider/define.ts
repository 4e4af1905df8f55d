import { ConvergentError } from '../core/errors.ts'
import { suggest } from '../core/nearest.ts'
import { typeReferredTo } from '../core/rules.ts'
import { SETTLE_TYPE, sortGroups } from '../core/planning/settle-group-order.ts'
import type { InferInput, StandardSchema } from '../core/schema.ts'
import type { Fields } from '../core/json.ts'
import type { Provider, ResourceType, ResourceTypes } from './provider.ts'

/** `code: 'provider-definition'`. A provider that cannot work as it is defined. */
export class ProviderDefinitionError extends ConvergentError {
  readonly code = 'provider-definition'
}

/** Inputs by a schema; without one anything goes. */
export type InputsOf<S> = S extends StandardSchema ? (InferInput<S> extends object ? InferInput<S> : Fields) : Fields

/** A field's dotted path as far as its first step is known: `configs`, `configs.scopes`. */
export type FieldPath<I> = Fields extends I ? string : (keyof I & string) | `${keyof I & string}.${string}`

/** The lists of fields of a type, each checked against its inputs. */
export interface FieldRules<I> {
  /** Fields whose change is a replace. */
  readonly immutable?: readonly FieldPath<I>[]
  /** Lists that are sets. */
  readonly unordered?: readonly FieldPath<I>[]
  /** Objects that are compared whole. */
  readonly atomic?: readonly FieldPath<I>[]
  /** Fields that are never shown or written, of inputs and outputs. */
  readonly sensitive?: readonly string[]
  /** Fields that the backend never returns. */
  readonly writeOnly?: readonly FieldPath<I>[]
  /** Fields that no backend has. */
  readonly recordedOnly?: readonly FieldPath<I>[]
  /** Fields in which protection is kept on the backend. */
  readonly protection?: readonly FieldPath<I>[]
}

/**
 * Defines a resource type; inputs and outputs are inferred from its schemas.
 *
 * @example
 * ```ts
 * import { defineType } from 'convergent'
 * import * as z from 'zod'
 *
 * const shelf = new Map<string, string>()
 * const book = defineType({
 *   schema: z.strictObject({ isbn: z.string(), title: z.string() }),
 *   key: ['isbn'],
 *   immutable: ['isbn'],
 *   read: async ({ id }) => (shelf.has(id) ? { id, outputs: { isbn: id, title: shelf.get(id) } } : undefined),
 *   create: async ({ inputs }) => (shelf.set(inputs.isbn, inputs.title), { id: inputs.isbn, outputs: inputs }),
 *   update: async ({ id, inputs }) => (shelf.set(id, inputs.title), { id, outputs: inputs }),
 *   delete: async ({ id }) => void shelf.delete(id),
 * })
 * book.immutable // => ['isbn']
 * ```
 */
export function defineType<S extends StandardSchema | undefined = undefined, O extends StandardSchema | undefined = undefined>(
  type: Omit<ResourceType<InputsOf<S>, InputsOf<O>>, 'schema' | 'outputs' | keyof FieldRules<unknown>> & FieldRules<InputsOf<S>> & { readonly schema?: S; readonly outputs?: O },
): ResourceType<InputsOf<S>, InputsOf<O>> {
  return type as ResourceType<InputsOf<S>, InputsOf<O>>
}

/**
 * Defines a provider and checks that its types fit together. Throws `provider-definition`, naming the type and the field.
 *
 * @example
 * ```ts
 * import { defineProvider } from 'convergent'
 * defineProvider({ name: 'shelf', types: {} }).name // => 'shelf'
 * ```
 */
export function defineProvider<const T extends ResourceTypes>(provider: Provider<T>): Provider<T> {
  const known = Object.keys(provider.types)
  const refuse = (name: string, problem: string): never => {
    throw new ProviderDefinitionError(`provider ${provider.name}, type ${JSON.stringify(name)}: ${problem}`)
  }
  for (const [name, type] of Object.entries(provider.types)) {
    if (name === '' || name.includes('/')) refuse(name, 'a type name is not empty and holds no "/"')
    for (const call of ['read', 'create', 'update', 'delete'] as const) if (typeof type[call] !== 'function') refuse(name, `${call} is missing; read, create, update and delete are the minimum`)
    if (type.parent !== undefined && !known.includes(type.parent.type)) refuse(name, `its parent "${type.parent.type}" is not a type of this provider${suggest(type.parent.type, known)}`)
    for (const [field, target] of Object.entries(type.references ?? {}).map(([field, reference]) => [field, typeReferredTo(reference)] as const)) if (!known.includes(target)) refuse(name, `field ${field} refers to "${target}", which is not a type of this provider${suggest(target, known)}`)
    if (type.listed === 'summary' && type.list === undefined) refuse(name, 'listed says what list shows, and there is no list')
  }
  const groups = Object.keys(provider.settleGroups ?? {})
  const described: readonly (readonly [string, { readonly settleGroup?: string }])[] = [...Object.entries(provider.types), ...Object.entries(provider.operations ?? {})]
  for (const [name, { settleGroup }] of described) {
    if (settleGroup !== undefined && !groups.includes(settleGroup)) refuse(name, `its settle group "${settleGroup}" is not in settleGroups${suggest(settleGroup, groups)}`)
    if (groups.length > 0 && name === SETTLE_TYPE) refuse(name, 'this is the type of what settles groups; rename it')
  }
  const order = sortGroups(provider.settleGroups ?? {})
  if ('problem' in order) throw new ProviderDefinitionError(`provider ${provider.name}, settle group ${order.problem}`)
  for (const name of Object.keys(provider.operations ?? {})) if (known.includes(name)) refuse(name, 'it is a resource type and an operation type; rename one')
  return provider
}
