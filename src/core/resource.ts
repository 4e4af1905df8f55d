import { formatAddress, type Address } from './address.ts'
import type { Fields } from './json.ts'
import type { Source } from './source.ts'

/** A thing that should exist, declared as data. */
export interface Resource {
  /** Names a resource type of the provider; holds no `/`. */
  readonly type: string
  /** Unique among the resources of its type in the stack. */
  readonly name: string
  /** What the host declares. Values may be references, deferred or sensitive. */
  readonly inputs: Fields
  /** Addresses that must exist first although no input refers to them. Default: none. */
  readonly dependsOn?: readonly string[]
  /** True: a change or delete of it is blocked until a declaration lifts this. Default: what is recorded or observed, and false for what is new. */
  readonly protected?: boolean
  /** The address under which it is recorded until now, of the same type and not declared any more: it is the same resource with another name, and what differs is an update or a replace. Nothing recorded there: it says nothing. Default: none. */
  readonly movedFrom?: string
  /** True: an object that exists already, unowned, may be taken over. Default: false. */
  readonly adopt?: boolean
  /** True: it belongs to somebody else. `inputs` say what it is found by (an `id`, or fields that exactly one object has); it is referred to and never changed. Default: false. */
  readonly external?: boolean
  /** True: what it directly depends on is settled before it is written. Default: as its type says; when it is removed, that is all that counts. */
  readonly settleBefore?: boolean
  /** Where the declaration stands, for messages. */
  readonly source?: Source
}

/** The address of a resource. */
export function addressOf(resource: { readonly type: string; readonly name: string }): Address {
  return formatAddress(resource.type, resource.name)
}
