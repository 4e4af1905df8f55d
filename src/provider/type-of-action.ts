import type { Action } from '../core/action.ts'
import { typeOf } from '../core/address.ts'
import type { Provider, ResourceType } from './provider.ts'

/** What types of resources, types of operations and settle groups have in common, as far as their calls are concerned. */
export type ActionType = Pick<ResourceType, 'classify' | 'concurrency' | 'serialKey' | 'idempotent' | 'visibleWithinMs'>

/** The type that an action is of, or the group that it settles; undefined where the provider has none of that name. */
export function typeOfAction({ types, operations, settleGroups }: Provider, { address, settles }: Pick<Action, 'address' | 'settles'>): ActionType | undefined {
  const name = typeOf(address)
  return settles === undefined ? (types[name] ?? operations?.[name]) : settleGroups?.[settles]
}
