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
  /** Groups with writes that may not be effective yet: the next plan settles them. Sorted. Absent: none. */
  readonly unsettled?: readonly string[]
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
  | {
      /** Of this group something is written that may not be effective yet. */
      readonly dirtied: string
    }
  | {
      /** All that was written of this group is effective. */
      readonly settled: string
    }

/** Notes in a set of groups with writes that may not be effective yet what a change says of one. */
export function noteUnsettled(groups: Set<string>, change: StateChange): void {
  if ('dirtied' in change) groups.add(change.dirtied)
  else if ('settled' in change) groups.delete(change.settled)
}

/** Applies changes to a state; its serial stays. */
export function foldState(state: State, changes: Iterable<StateChange>): State {
  return runWhole(foldInPortions(state, changes))
}

/** The same, in portions. */
export function* foldInPortions(state: State, changes: Iterable<StateChange>): Portions<State> {
  const resources = new Map(state.resources)
  const unsettled = new Set(state.unsettled)
  let count = 0
  for (const change of changes) {
    if (endsPortion(count++)) yield
    if ('put' in change) {
      if (change.movedFrom !== undefined) resources.delete(change.movedFrom)
      resources.set(change.put.address, change.put)
    } else if ('remove' in change) resources.delete(change.remove)
    else noteUnsettled(unsettled, change)
  }
  const { unsettled: _, ...rest } = state
  return { ...rest, resources, ...(unsettled.size > 0 && { unsettled: [...unsettled].sort() }) }
}
