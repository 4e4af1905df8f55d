import { AddressError } from './errors.ts'

/** `type/name`: unique in a stack. A type holds no `/`, so the first `/` splits it; a name may hold anything. */
export type Address = `${string}/${string}`

/** Joins a type and a name. Throws {@link AddressError} when the type is empty or holds a `/`, or the name is empty. */
export function formatAddress(type: string, name: string): Address {
  if (type === '' || type.includes('/')) throw new AddressError(`${type}/${name}`, 'a type is not empty and holds no "/"')
  if (name === '') throw new AddressError(`${type}/`, 'a name is not empty')
  return `${type}/${name}`
}

/** Splits an address at its first `/`. Throws {@link AddressError} when there is none, or a side of it is empty. */
export function parseAddress(address: string): {
  /** What stands before the first `/`. */
  readonly type: string
  /** What stands behind it. */
  readonly name: string
} {
  const slash = address.indexOf('/')
  if (slash <= 0 || slash === address.length - 1) throw new AddressError(address, 'expected "type/name"')
  return { type: address.slice(0, slash), name: address.slice(slash + 1) }
}

/** The type of what is known to be an address. */
export function typeOf(address: string): string {
  return address.slice(0, address.indexOf('/'))
}
