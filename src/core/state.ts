import type { Address } from './address.ts'
import type { Fields } from './json.ts'
import { endsPortion, runWhole, type Portions } from './portion.ts'

/** An older object at an address, until it is gone. */
export interface DeposedObject {
  /** The backend's own identifier. */
  readonly id: string
  /** What it needs while it is there. */
  readonly dependsOn: readonly Address[]
}

/** What is recorded for one resource: written after each action that touched it. */
export interface RecordedResource {
  /** The resource. */
  readonly address: Address
  /** The backend's own identifier. */
  readonly id: string
  /** The id of the object it lives in, for types with a parent. */
  readonly parentId?: string
  /** As last applied. References stay references; sensitive values are digests. */
  readonly inputs: Fields
  /** As the provider last returned them. Sensitive fields are left out. */
  readonly outputs: Fields
  /** The addresses that it depended on when it was applied: references, `dependsOn` and parent. */
  readonly dependsOn: readonly Address[]
  /** Default: false. */
  readonly protected?: boolean
  /** Older objects at this address that a create-first replace has yet to delete. Default: none. */
  readonly deposed?: readonly DeposedObject[]
  /** True: it existed before and was taken over. */
  readonly adopted?: boolean
}

/** What is recorded for one stack. */
export interface State {
  /** The stack. */
  readonly stack: string
  /** Grows by one with each commit. */
  readonly serial: number
  /** Made once per stack; two states with different lineages have nothing to do with each other. */
  readonly lineage: string
  /** Key of the digests of secrets in it; hex. It is in the state and nowhere else. */
  readonly salt: string
  /** What is recorded, by address. */
  readonly resources: ReadonlyMap<Address, RecordedResource>
}

/** A change of the state, as journal entries carry it. */
export type StateChange =
  /** `movedFrom`: the same object was recorded under this address before. */
  | {
      /** Is recorded now. */
      readonly put: RecordedResource
      /** The same object was recorded under this address before. */
      readonly movedFrom?: Address
    }
  | {
      /** Is recorded no longer. */
      readonly remove: Address
    }

/** Applies changes to a copy of the resources. */
export function foldChanges(resources: ReadonlyMap<Address, RecordedResource>, changes: Iterable<StateChange>): Map<Address, RecordedResource> {
  return runWhole(foldInPortions(resources, changes))
}

/** The same, in portions. */
export function* foldInPortions(resources: ReadonlyMap<Address, RecordedResource>, changes: Iterable<StateChange>): Portions<Map<Address, RecordedResource>> {
  const folded = new Map(resources)
  let count = 0
  for (const change of changes) {
    if (endsPortion(count++)) yield
    if ('put' in change) {
      if (change.movedFrom !== undefined) folded.delete(change.movedFrom)
      folded.set(change.put.address, change.put)
    } else folded.delete(change.remove)
  }
  return folded
}
