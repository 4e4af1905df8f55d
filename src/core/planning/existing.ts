import type { Address } from '../address.ts'
import type { ErrorRecord } from '../errors.ts'
import type { Observed } from '../observed.ts'
import type { RecordedResource } from '../state.ts'
import type { TypeRules } from '../rules.ts'
import { endsPortion, type Portions } from '../portion.ts'
import { typeOf } from '../address.ts'
import { keyOfFields } from './identity.ts'
import type { PlanInput } from './input.ts'

/** One object that exists, is recorded, or could not be read. */
export interface Existing {
  readonly type: string
  readonly id: string
  readonly rules: TypeRules
  readonly recorded: RecordedResource | undefined
  /** Set: an older object at this resource's address, which a create-first replace has yet to delete. */
  readonly deposedOf: RecordedResource | undefined
  readonly status: 'present' | 'absent' | 'unreadable'
  readonly observed: Observed | undefined
  /** False: the observed fields are a part of the object. */
  readonly whole: boolean
  readonly error: ErrorRecord | undefined
  readonly parentId: string | undefined
  /** Set once all are known. */
  parent: Existing | undefined
  /** The position of the declaration that it matches. */
  declaredBy: number | undefined
  /** True: that declaration only refers to it, since it is somebody else's. */
  isExternal: boolean
  /** Recorded, matched, or derived from its name. */
  address: Address | undefined
}

/** All that exists, with the ways to look it up. */
export interface Inventory {
  readonly all: readonly Existing[]
  /** By type and id. */
  get(type: string, id: string): Existing | undefined
  /** By recorded address. */
  readonly recorded: ReadonlyMap<Address, Existing>
  /** Those of a type with this natural key; more than one is a fault of the backend or of the key. */
  withKey(type: string, key: string): readonly Existing[]
  /** The error of a read that failed for a whole type or for all that lives in one parent. */
  failureOf(type: string, parentId: string | undefined): ErrorRecord | undefined
}

const idKey = (type: string, id: string): string => `${type}\0${id}`

/** Brings together what is recorded and what was read. */
export function* takeInventory(input: Pick<PlanInput, 'recorded' | 'readings' | 'types'>): Portions<Inventory> {
  const byId = new Map<string, Existing>()
  const recordedById = new Map<string, RecordedResource>()
  const failures = new Map<string, ErrorRecord>()
  const deposedById = new Map<string, RecordedResource>()
  let count = 0
  for (const resource of input.recorded?.resources.values() ?? []) {
    if (endsPortion(count++)) yield
    const type = typeOf(resource.address)
    recordedById.set(idKey(type, resource.id), resource)
    for (const { id } of resource.deposed ?? []) deposedById.set(idKey(type, id), resource)
  }

  for (const reading of input.readings) {
    if (endsPortion(count++)) yield
    const { type } = reading
    if (reading.kind === 'unreadable' && reading.id === undefined) {
      failures.set(idKey(type, reading.parentId ?? ''), reading.error)
      continue
    }
    const id = reading.kind === 'present' ? reading.observed.id : (reading.id as string)
    const key = idKey(type, id)
    const earlier = byId.get(key)
    if (earlier?.status === 'present' && (earlier.whole || reading.kind !== 'present' || !reading.whole)) continue
    const present = reading.kind === 'present' ? reading : undefined
    const recorded = recordedById.get(key)
    byId.set(key, {
      type,
      id,
      rules: input.types[type] ?? {},
      recorded,
      deposedOf: deposedById.get(key),
      status: reading.kind,
      observed: present?.observed,
      whole: present?.whole ?? false,
      error: reading.kind === 'unreadable' ? reading.error : undefined,
      parentId: present?.parentId ?? earlier?.parentId ?? recorded?.parentId,
      parent: undefined,
      declaredBy: undefined,
      isExternal: false,
      address: (recorded ?? deposedById.get(key))?.address,
    })
  }
  for (const [key, recorded] of recordedById) {
    if (endsPortion(count++)) yield
    if (byId.has(key)) continue
    const type = typeOf(recorded.address)
    const { parentId } = recorded
    const error = failures.get(idKey(type, parentId ?? '')) ?? failures.get(idKey(type, '')) ?? { code: 'unread', message: 'it was not read' }
    byId.set(key, { type, id: recorded.id, rules: input.types[type] ?? {}, recorded, deposedOf: undefined, status: 'unreadable', observed: undefined, whole: false, error, parentId, parent: undefined, declaredBy: undefined, isExternal: false, address: recorded.address })
  }
  const all = [...byId.values()]
  const byKey = new Map<string, Existing[]>()
  for (const existing of all) {
    if (endsPortion(count++)) yield
    const parentType = existing.rules.parent?.type
    if (parentType !== undefined && existing.parentId !== undefined) existing.parent = byId.get(idKey(parentType, existing.parentId))
    if (existing.observed === undefined || existing.deposedOf !== undefined) continue
    const key = keyOfFields(existing.rules, existing.observed.outputs, existing.parentId)
    if (key === undefined) continue
    const same = byKey.get(idKey(existing.type, key))
    if (same === undefined) byKey.set(idKey(existing.type, key), [existing])
    else same.push(existing)
  }
  return {
    all,
    get: (type, id) => byId.get(idKey(type, id)),
    recorded: new Map(all.filter((each) => each.recorded !== undefined).map((each) => [(each.recorded as RecordedResource).address, each])),
    withKey: (type, key) => byKey.get(idKey(type, key)) ?? [],
    failureOf: (type, parentId) => failures.get(idKey(type, parentId ?? '')) ?? failures.get(idKey(type, '')),
  }
}

/** Ours: recorded, marked, or living in something of ours where the backend puts no mark of its own. What is only referred to is somebody else's, whatever its mark. */
export function isOwned(existing: Existing): boolean {
  if (existing.isExternal) return false
  if (existing.recorded !== undefined || existing.deposedOf !== undefined) return true
  if (existing.observed?.owned !== undefined) return existing.observed.owned
  return existing.parent !== undefined && isOwned(existing.parent)
}

/** What keeps it as it is: itself, or the protected object that it lives in. */
export function protectorOf(existing: Existing): Existing | undefined {
  const own = existing.observed?.protected ?? existing.recorded?.protected ?? false
  if (own) return existing
  return existing.parent === undefined ? undefined : protectorOf(existing.parent)
}
