import { parseAddress, type Address } from './address.ts'
import type { Path } from './json.ts'
import { Deferred, Reference, Sensitive, visitMarkers } from './value.ts'

/**
 * Refers to another resource: to its id, or with a path to a place in its outputs. The dependency follows from it.
 *
 * @example
 * ```ts
 * import { ref } from 'convergent'
 * String(ref('portal/dev').address) // => 'portal/dev'
 * ref('portal/dev', 'domains', 0).path // => ['domains', 0]
 * ```
 */
export function ref<T = string>(address: string, ...path: (string | number)[]): Reference<T> {
  parseAddress(address)
  return new Reference<T>(address as Address, path)
}

/**
 * A value that the host's resolver of that name supplies when the action is performed (option `resolvers`). It is in no
 * plan, state, event or error.
 */
export function deferred<T = string>(resolver: string, key: string): Deferred<T> {
  return new Deferred<T>(resolver, key)
}

/** A value from the environment of the process that performs the action: short for `deferred('env', name)`. */
export function env(name: string): Deferred<string> {
  return new Deferred<string>('env', name)
}

/** Marks a value as one that is never shown, written or logged. */
export function sensitive<T>(value: T): Sensitive<T> {
  return new Sensitive<T>({ value })
}

/** The addresses that a value refers to, each once, in order of appearance. */
export function collectReferences(value: unknown): Address[] {
  const found = new Set<Address>()
  visitMarkers(value, (marker) => {
    if (marker.kind === 'reference') found.add(marker.address)
  })
  return [...found]
}

/** A reference with the place it stands at. */
export interface PlacedReference {
  readonly address: Address
  readonly output: Path
  readonly at: Path
}

/** Every reference in a value with its place. */
export function locateReferences(value: unknown): PlacedReference[] {
  const found: PlacedReference[] = []
  visitMarkers(value, (marker, at) => {
    if (marker.kind === 'reference') found.push({ address: marker.address, output: marker.path, at })
  })
  return found
}
