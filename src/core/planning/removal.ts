import type { Blocked } from '../action.ts'
import { formatAddress, type Address } from '../address.ts'
import { isOwned, protectorOf, type Existing, type Inventory } from './existing.ts'
import type { Decision } from './decided.ts'
import { protectedBlock } from './decision.ts'
import { nameOf } from './identity.ts'
import type { PlanInput } from './input.ts'
import { endsPortion, type Portions } from '../portion.ts'
import type { ScopeTest } from './scope-test.ts'

/** What is to go: a delete on the backend, or a record of something that is gone already. */
export interface Removal {
  readonly kind: 'delete' | 'forget'
  readonly existing: Existing
  readonly address: Address
  blocked: Blocked | undefined
}

/** Finds what a sync or destroy removes: owned, in scope, and (in a sync) not declared. Absence alone removes nothing. */
export function findRemovals(input: PlanInput, inventory: Inventory, declaredAddresses: ReadonlyMap<string, number>, isInScope: ScopeTest): Removal[] {
  if (input.mode === 'apply') return []
  const removals: Removal[] = []
  for (const existing of inventory.all) {
    if (input.mode === 'sync' && existing.declaredBy !== undefined && !existing.isExternal) continue
    if (existing.isExternal && existing.recorded !== undefined) removals.push({ kind: 'forget', existing, address: existing.recorded.address, blocked: undefined })
    if (existing.isExternal || !isInScope(existing)) continue
    const address = existing.address as Address
    if (existing.status === 'absent' && (existing.recorded ?? existing.deposedOf) !== undefined) {
      if (input.mode === 'destroy' || existing.deposedOf !== undefined || !declaredAddresses.has(address)) removals.push({ kind: 'forget', existing, address, blocked: undefined })
      continue
    }
    if (existing.status !== 'present' || !isOwned(existing)) continue
    // A singleton exists whether or not anybody wants it: only what we once set is reset.
    if (existing.rules.singleton === true && existing.recorded === undefined && existing.deposedOf === undefined) continue
    const protector = protectorOf(existing)
    removals.push({ kind: existing.rules.removal ?? 'delete', existing, address, blocked: protector === undefined ? undefined : protectedBlock(existing, protector) })
  }
  return removals.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0))
}

/** Gives every object an address: the declared one, the recorded one, or one made of its name that nothing else has. */
export function assignAddresses(inventory: Inventory, addressOf: (index: number) => Address, taken: ReadonlyMap<string, number>): void {
  const used = new Set<string>(taken.keys())
  for (const existing of inventory.all) {
    if (existing.declaredBy !== undefined) existing.address = addressOf(existing.declaredBy)
    else if ((existing.recorded ?? existing.deposedOf) !== undefined) existing.address = (existing.recorded ?? existing.deposedOf)?.address
    if (existing.address !== undefined) used.add(existing.address)
  }
  const unnamed = inventory.all.filter((existing) => existing.address === undefined && existing.observed !== undefined)
  unnamed.sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const existing of unnamed) {
    const plain = formatAddress(existing.type, qualifiedName(existing))
    existing.address = used.has(plain) ? formatAddress(existing.type, `${qualifiedName(existing)} (${existing.id})`) : plain
    used.add(existing.address)
  }
}

/** Children are told apart by their parent's name. */
function qualifiedName(existing: Existing): string {
  const own = existing.observed === undefined ? existing.id : nameOf(existing.rules, existing.observed)
  const parent = existing.parent
  if (parent?.observed === undefined) return own
  return `${parent.address === undefined ? qualifiedName(parent) : parent.address.slice(parent.type.length + 1)}/${own}`
}

/**
 * What stays as it is keeps what it needs: marks deletes that must not happen, and returns the replaces that must not. A
 * child does not stay behind its parent, unless it is blocked itself.
 */
export function* spreadBlocks(removals: readonly Removal[], decisions: readonly Decision[], inventory: Inventory, edgesOf: (existing: Existing) => readonly Existing[]): Portions<Map<Address, Blocked>> {
  const blocks = new Map<Address, Blocked>()
  const removalOf = new Map(removals.map((removal) => [removal.existing, removal]))
  const decisionOf = ({ declaredBy }: Existing): Decision | undefined => (declaredBy === undefined ? undefined : decisions[declaredBy])
  const isBlocked = (existing: Existing): boolean => (removalOf.get(existing)?.blocked ?? decisionOf(existing)?.blocked) !== undefined
  const stays = (existing: Existing): boolean => {
    const kind = decisionOf(existing)?.kind
    return existing.status !== 'absent' && !removalOf.has(existing) && !goesWithParent(existing) && (kind === undefined || kind === 'out-of-scope' || kind === 'unreadable')
  }
  // Asked anew each time: a block that was found meanwhile keeps a parent, and with it what lives in it.
  const goesWithParent = ({ parent }: Existing): boolean => parent !== undefined && ((removalOf.get(parent)?.kind === 'delete' && removalOf.get(parent)?.blocked === undefined) || goesWithParent(parent))
  const queue: Existing[] = []
  let count = 0
  for (const existing of inventory.all) {
    if (endsPortion(count++)) yield
    if (isBlocked(existing) || stays(existing)) queue.push(existing)
  }
  for (const kept of queue) {
    if (endsPortion(count++)) yield
    for (const needed of edgesOf(kept)) {
      if (needed === kept.parent && !isBlocked(kept)) continue
      const blocked: Blocked = { reason: 'blocked-dependency', message: `${kept.address}, which ${isBlocked(kept) ? 'is blocked' : 'stays as it is'}, needs it`, because: kept.address as Address }
      const removal = removalOf.get(needed)
      if (removal !== undefined && removal.kind === 'delete' && removal.blocked === undefined) {
        removal.blocked = blocked
        queue.push(needed)
      }
      const decision = decisionOf(needed)
      if (decision?.kind === 'replace' && decision.blocked === undefined) blocks.set(needed.address as Address, blocked)
    }
  }
  return blocks
}
