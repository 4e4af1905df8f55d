import type { Address } from './address.ts'
import type { Observed } from './observed.ts'

/** An object that exists, as a scope judges it. */
export interface ScopedObject {
  /** The resource type. */
  readonly type: string
  /** As the backend shows it. */
  readonly observed: Observed
  /** The address of the object it lives in, for types with a parent. */
  readonly parent?: Address
}

/** What lies outside of a scope is never planned. Every condition that is given must hold. */
export interface Scope {
  /** Only these types. Default: all of the provider. */
  readonly types?: readonly string[]
  /** Only these addresses. Default: all. */
  readonly addresses?: readonly string[]
  /** Judges an object that exists (a namespace label, say); children of what it refuses are out of scope too. Default: all. */
  readonly includes?: (object: ScopedObject) => boolean
}
