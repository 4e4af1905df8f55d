import { getPath } from '../json.ts'
import type { Existing, Inventory } from './existing.ts'

/** What an existing object needs, by what the backend shows and by what was recorded when it was applied. */
export function createEdgeReader(inventory: Inventory): (existing: Existing) => readonly Existing[] {
  const known = new Map<Existing, readonly Existing[]>()
  const olderAt = new Map<string, Existing[]>()
  for (const existing of inventory.all) if (existing.deposedOf !== undefined) olderAt.set(existing.deposedOf.address, [...(olderAt.get(existing.deposedOf.address) ?? []), existing])
  return (existing) => {
    const before = known.get(existing)
    if (before !== undefined) return before
    const found = new Set<Existing>()
    if (existing.parent !== undefined) found.add(existing.parent)
    for (const [field, type] of Object.entries(existing.rules.references ?? {})) {
      const value = getPath(existing.observed?.outputs, field.split('.'))
      for (const id of Array.isArray(value) ? value : [value]) {
        const target = typeof id === 'string' ? inventory.get(type, id) : undefined
        if (target !== undefined) found.add(target)
      }
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
