import { getPath, listValues } from '../json.ts'
import type { NamedBy } from '../rules.ts'
import type { Existing, Inventory } from './existing.ts'

/** A name means what has it in the same place, where there is one. */
function preferNear({ parentId }: Existing, targets: readonly Existing[]): readonly Existing[] {
  const near = targets.length > 1 ? targets.filter((target) => target.parentId === parentId) : targets
  return near.length > 0 ? near : targets
}

/** What an existing object needs, by what the backend shows and by what was recorded when it was applied. */
export function createEdgeReader(inventory: Inventory): (existing: Existing) => readonly Existing[] {
  const known = new Map<Existing, readonly Existing[]>()
  const olderAt = new Map<string, Existing[]>()
  for (const existing of inventory.all) if (existing.deposedOf !== undefined) olderAt.set(existing.deposedOf.address, [...(olderAt.get(existing.deposedOf.address) ?? []), existing])
  const byField = new Map<string, ReadonlyMap<unknown, readonly Existing[]>>()
  const findNamed = (reference: string | NamedBy, name: unknown): readonly Existing[] => {
    if (typeof reference !== 'string') return indexBy(reference).get(name) ?? []
    const target = typeof name === 'string' ? inventory.get(reference, name) : undefined
    return target === undefined ? [] : [target]
  }
  const indexBy = ({ type, by }: NamedBy): ReadonlyMap<unknown, readonly Existing[]> => {
    const known = byField.get(`${type}\0${by}`)
    if (known !== undefined) return known
    const index = new Map<unknown, Existing[]>()
    for (const existing of inventory.all) {
      const value = existing.type === type ? getPath(existing.observed?.outputs, by.split('.')) : undefined
      if (value === undefined) continue
      const same = index.get(value)
      if (same === undefined) index.set(value, [existing])
      else same.push(existing)
    }
    byField.set(`${type}\0${by}`, index)
    return index
  }
  return (existing) => {
    const before = known.get(existing)
    if (before !== undefined) return before
    const found = new Set<Existing>()
    if (existing.parent !== undefined) found.add(existing.parent)
    for (const [field, reference] of Object.entries(existing.rules.references ?? {})) {
      for (const name of listValues(existing.observed?.outputs, field.split('.')).flat()) for (const target of preferNear(existing, findNamed(reference, name))) found.add(target)
    }
    // What is observed outranks what was recorded; without fields that say it, the record is all there is.
    const older = existing.deposedOf?.deposed?.find(({ id }) => id === existing.id)
    for (const address of (existing.recorded ?? older)?.dependsOn ?? []) {
      const target = inventory.recorded.get(address)
      if (target !== undefined) found.add(target)
      // The record names an address: which object of it was meant, the older or the newer one, it does not say.
      for (const deposed of olderAt.get(address) ?? []) found.add(deposed)
    }
    found.delete(existing)
    const edges = [...found]
    known.set(existing, edges)
    return edges
  }
}
