import { match } from 'ts-pattern'
import { parseAddress, type Address } from '../core/address.ts'
import { ProviderError } from '../core/errors.ts'
import { formatPath, getPath, type Fields } from '../core/json.ts'
import { suggest } from '../core/nearest.ts'
import type { KnownObject } from '../core/plan.ts'
import type { RecordedResource } from '../core/state.ts'
import { mapMarkers, visitMarkers, type Marker, type Reference } from '../core/value.ts'
import type { Resolver } from './options.ts'
import type { Sealer } from './sealer.ts'
import { checkObserved, makeRead, type Reader } from './read-call.ts'
import { resolveDeferred } from './secrets.ts'

/** An object as this run knows it. */
interface Known {
  readonly id: string
  /** Absent until they are asked for: what a state holds may have changed since. */
  outputs: Fields | Promise<Fields> | undefined
  readonly parentId: string | undefined
}

/** What markers stand for while a run goes on: ids and outputs of what it touched, or of what stays as it is. */
export class RunValues {
  readonly #known = new Map<string, Known>()
  readonly #reader: Reader
  readonly #resolvers: Readonly<Record<string, Resolver>>
  readonly #sealer: Sealer | undefined

  constructor(reader: Reader, resolvers: Readonly<Record<string, Resolver>>, recorded: Iterable<RecordedResource>, objects: readonly KnownObject[], sealer?: Sealer) {
    this.#reader = reader
    this.#resolvers = resolvers
    this.#sealer = sealer
    for (const { address, id, parentId } of recorded) this.#known.set(address, { id, outputs: undefined, parentId })
    for (const { address, id, parentId } of objects) this.#known.set(address, { id, outputs: undefined, parentId })
  }

  /** What an action made of its resource: later references see this. */
  note(address: Address, id: string, outputs: Fields): void {
    this.#known.set(address, { id, outputs, parentId: undefined })
  }

  /** The id of an object, where it is known by now. */
  idOf(address: Address): string | undefined {
    return this.#known.get(address)?.id
  }

  /** Inputs with every marker replaced by its value; at once where nobody has to be asked. Throws `provider` (fatal), naming the field, when one has none. */
  resolve(address: Address, inputs: Fields): Fields | Promise<Fields> {
    let isKnown = true
    const resolved = mapMarkers(inputs, (marker) => {
      const id = marker.kind === 'reference' && marker.path.length === 0 ? this.idOf(marker.address) : undefined
      if (id === undefined) isKnown = false
      return id
    }) as Fields
    return isKnown ? resolved : this.#ask(address, inputs)
  }

  async #ask(address: Address, inputs: Fields): Promise<Fields> {
    const values = new Map<Marker, unknown>()
    const found: { readonly marker: Marker; readonly field: string }[] = []
    visitMarkers(inputs, (marker, path) => found.push({ marker, field: formatPath(path) }))
    for (const { marker, field } of found) values.set(marker, await this.#valueOf(marker, `${address}: ${field}`))
    return mapMarkers(inputs, (marker) => values.get(marker)) as Fields
  }

  #valueOf(marker: Marker, where: string): Promise<unknown> {
    const refuse = (problem: string): Promise<never> => Promise.reject(new ProviderError('fatal', `${where}: ${problem}`))
    return match(marker)
      .with({ kind: 'reference' }, (reference) => this.#follow(reference, where))
      .with({ kind: 'deferred' }, (deferred) => resolveDeferred(deferred, this.#resolvers).catch((error: Error) => refuse(error.message)))
      .with({ kind: 'sensitive' }, (secret) => {
        const content = secret.reveal()
        if (content !== undefined) return Promise.resolve(content.value)
        if (secret.sealed !== undefined && this.#sealer !== undefined) return this.#sealer.unseal(secret.sealed).then((text) => JSON.parse(text) as unknown, (error: Error) => refuse(error.message))
        if (secret.sealed !== undefined) return refuse('its value is sealed; give the sealer that it was sealed with')
        return refuse("a sensitive value is in no plan file; apply in the process that planned, or declare it as a deferred value such as env('NAME')")
      })
      .with({ kind: 'unknown' }, () => refuse('its value is not known'))
      .exhaustive()
  }

  async #follow({ address, path }: Reference, where: string): Promise<unknown> {
    const known = this.#known.get(address)
    if (known === undefined) throw new ProviderError('fatal', `${where}: ${address}, to which it refers, does not exist`)
    if (path.length === 0) return known.id
    known.outputs ??= this.#read(address, known)
    const outputs = await known.outputs
    const value = getPath(outputs, path)
    if (value === undefined) throw new ProviderError('fatal', `${where}: ${address} has no output ${formatPath(path)}${suggest(String(path[0]), Object.keys(outputs))}`)
    return value
  }

  async #read(address: Address, { id, parentId }: Known): Promise<Fields> {
    const { type: name } = parseAddress(address)
    const type = this.#reader.provider.types[name]
    if (type === undefined) throw new ProviderError('fatal', `the provider has no type ${name}`)
    const target = { id, ...(parentId !== undefined && { parentId }) }
    const found = await makeRead(this.#reader, type, (context) => type.read(target, context))
    if (found === undefined) throw new ProviderError('not-found', `${address} (id ${id}), to which others refer, is gone`)
    return checkObserved(found, `read of ${address}`).outputs
  }
}
