import type { Address } from '../address.ts'
import { typeReferredTo, type TypeRules } from '../rules.ts'
import type { Portions } from '../portion.ts'
import { isOwned, protectorOf, takeInventory, type Existing, type Inventory } from './existing.ts'
import { checkDeclaration } from './declaration.ts'
import { protectedBlock } from './decision.ts'
import type { PlanInput } from './input.ts'
import { matchDeclaration } from './matching.ts'
import { assignAddresses, findRemovals, type Removal } from './removal.ts'
import { testScope } from './scope-test.ts'

/** What goes with an object that is removed, and may have to go before it. */
export interface Carried {
  /** Types that live in what is removed, and refer to something else that is. With the types in between. */
  readonly types: ReadonlySet<string>
  /** `type\0id` of what is removed. */
  readonly within: ReadonlySet<string>
}

/**
 * Finds the types whose objects go with their parents and refer to something else that goes: two parents whose children
 * refer to each other cannot be deleted one after the other, unless these children go first, each on its own. They are
 * looked at although the scope does not name them.
 */
export function* findCarried(input: PlanInput): Portions<Carried | undefined> {
  if (input.mode === 'apply') return undefined
  const parents = new Set(Object.values(input.types).flatMap(({ parent }) => parent?.type ?? []))
  if (parents.size === 0) return undefined
  const declaration = yield* checkDeclaration(input.desired, input.types)
  const inventory = yield* takeInventory(input)
  yield* matchDeclaration(declaration, inventory, false)
  assignAddresses(inventory, (index) => declaration.all[index]?.address as Address, declaration.indexOf)
  const removed = findRemovals(input, inventory, declaration.indexOf, testScope(input.scope)).filter(({ kind }) => kind === 'delete')
  const removedTypes = new Set(removed.map(({ existing }) => existing.type))
  const types = new Set<string>()
  for (const [name, rules] of Object.entries(input.types)) {
    const chain = ancestorsOf(name, input.types)
    const carriers = chain.filter((type) => removedTypes.has(type))
    const refersOut = Object.values(rules.references ?? {}).map(typeReferredTo).some((target) => removedTypes.has(target) && !chain.includes(target))
    if (carriers.length === 0 || !refersOut || removedTypes.has(name)) continue
    types.add(name)
    for (const type of chain.slice(0, chain.indexOf(carriers[0] as string))) types.add(type)
  }
  return types.size === 0 ? undefined : { types, within: new Set(removed.map(({ existing }) => `${existing.type}\0${existing.id}`)) }
}

/** The children that refer to something else that goes, as removals of their own. */
export function listCarriedRemovals(removals: readonly Removal[], inventory: Inventory, edgesOf: (existing: Existing) => readonly Existing[]): readonly Removal[] {
  const own = new Set(removals.map(({ existing }) => existing))
  const going = new Set(removals.filter(({ kind }) => kind === 'delete').map(({ existing }) => existing))
  if (going.size === 0) return []
  const isCarried = ({ parent }: Existing): boolean => parent !== undefined && (going.has(parent) || isCarried(parent))
  const livesIn = (existing: Existing, other: Existing): boolean => existing.parent !== undefined && (existing.parent === other || livesIn(existing.parent, other))
  return inventory.all.flatMap((existing): Removal[] => {
    const isCandidate = existing.status === 'present' && existing.declaredBy === undefined && existing.rules.singleton !== true && !own.has(existing)
    if (!isCandidate || !isCarried(existing) || !isOwned(existing)) return []
    if (!edgesOf(existing).some((needed) => going.has(needed) && !livesIn(existing, needed))) return []
    const protector = protectorOf(existing)
    return [{ kind: 'delete', existing, address: existing.address as Address, blocked: protector === undefined ? undefined : protectedBlock(existing, protector) }]
  })
}

/** The types that it lives in, nearest first. */
function ancestorsOf(name: string, types: Readonly<Record<string, TypeRules>>): readonly string[] {
  const chain: string[] = []
  for (let type = types[name]?.parent?.type; type !== undefined && !chain.includes(type); type = types[type]?.parent?.type) chain.push(type)
  return chain
}
