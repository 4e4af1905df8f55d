import { formatAddress, type Address } from '../core/address.ts'
import type { Fields, Path } from '../core/json.ts'
import type { Resource } from '../core/resource.ts'
import { Reference, type Deferred, type Sensitive } from '../core/value.ts'
import type { Provider, ResourceType, ResourceTypes } from './provider.ts'

/** A value, or a marker that stands for one; the same at every place inside it. A reference to a text fits wherever a text of a fixed set is wanted: what it will be is checked when it is known. */
export type Declarable<T> =
  | T
  | Reference<T>
  | Deferred<T>
  | Sensitive<T>
  | (T extends string ? Reference<string> | Deferred<string> | Sensitive<string> : never)
  | (T extends readonly (infer E)[] ? readonly Declarable<E>[] : T extends object ? { readonly [K in keyof T]: Declarable<T[K]> } : never)

/** The inputs of a type, each of them possibly a marker. */
export type DeclarableFields<I> = { readonly [K in keyof I]: Declarable<I[K]> }

/** A declared resource, with references to it. */
export interface DeclaredResource<I = Fields, O = Fields> extends Resource {
  readonly inputs: DeclarableFields<I> & Fields
  /** The resource. */
  readonly address: Address
  /** Refers to its id, whatever that will be. */
  readonly id: Reference<string>
  /** Refers to one of its outputs, or to a place inside one. */
  output<K extends keyof O & string>(field: K): Reference<O[K]>
  /** What it makes of it. */
  output<K extends keyof O & string>(field: K, ...rest: Path): Reference<string>
}

/** What a declaration may say beside the inputs; see {@link Resource}. */
export type DeclareOptions = Omit<Resource, 'type' | 'name' | 'inputs'>

/** The inputs of a resource type. */
export type InputsOfType<T> = T extends ResourceType<infer I, infer _O> ? I : never
/** The outputs of a resource type. */
export type OutputsOfType<T> = T extends ResourceType<infer _I, infer O> ? O : never

/** One function for each type of a provider. */
export type Declarations<T extends ResourceTypes> = {
  readonly [N in keyof T]: (name: string, inputs: DeclarableFields<InputsOfType<T[N]>>, options?: DeclareOptions) => DeclaredResource<InputsOfType<T[N]>, OutputsOfType<T[N]>>
}

/**
 * Gives one typed function for each type of a provider: a misspelt type, field or output does not compile.
 *
 * @example
 * ```ts
 * import { declare } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { marked, child } = declare(createFakeBackend().provider)
 * const house = marked('house', { name: 'house' })
 * const room = child('kitchen', { parent_id: house.id, name: 'kitchen' })
 * house.address // => 'marked/house'
 * room.type // => 'child'
 * ```
 */
export function declare<const T extends ResourceTypes>(provider: Provider<T>): Declarations<T> {
  const functions = Object.keys(provider.types).map((type) => [
    type,
    (name: string, inputs: Fields, options: DeclareOptions = {}) => describeResource({ type, name, inputs, ...options }),
  ])
  return Object.fromEntries(functions) as Declarations<T>
}

/**
 * Refers to an object that belongs to somebody else: it is found by these fields (or its `id`), and never changed. What is
 * declared inside of it is ours. Exactly one object must have them when the plan is made.
 *
 * @example
 * ```ts
 * import { declare, external, memoryStore, plan } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const backend = createFakeBackend()
 * backend.put('marked', { name: 'shared', owner: 'them' })
 * const { child } = declare(backend.provider)
 * const house = external('marked', 'house', { name: 'shared' })
 * const changes = await plan([house, child('ours', { parent_id: house.id, name: 'ours' })], { provider: backend.provider, store: memoryStore() })
 * changes.actions.map(({ address }) => address) // => ['child/ours']
 * ```
 */
export function external<O = Readonly<Record<string, string>>>(type: string, name: string, match: Fields): DeclaredResource<Fields, O> {
  return describeResource({ type, name, inputs: match, external: true }) as DeclaredResource<Fields, O>
}

/** Ways to refer to a resource are no part of the data: they stay out of copies and of JSON. */
function describeResource(resource: Resource): DeclaredResource {
  const address = formatAddress(resource.type, resource.name)
  return Object.defineProperties({ ...resource }, { address: { value: address }, id: { value: new Reference(address) }, output: { value: (...path: Path) => new Reference(address, path) } }) as DeclaredResource
}
