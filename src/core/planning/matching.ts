import { DeclarationError, type Issue } from '../errors.ts'
import { canonicalJson, type Fields } from '../json.ts'
import { mapMarkers, type Marker } from '../value.ts'
import type { Declaration, Declared } from './declaration.ts'
import type { Existing, Inventory } from './existing.ts'
import { keyOfFields } from './identity.ts'

/**
 * Finds for each declared resource the object that it is: by its recorded address, else by its natural key. Keys may hold
 * references, so dependencies are matched first. Throws `declaration` when two objects match, or two declarations match
 * one object.
 */
export function matchDeclaration(declaration: Declaration, inventory: Inventory): readonly (Existing | undefined)[] {
  const matches = new Array<Existing | undefined>(declaration.all.length).fill(undefined)
  const issues: Issue[] = findSharedKeys(declaration)
  declaration.all.forEach((declared, index) => {
    const existing = inventory.recorded.get(declared.address)
    if (existing === undefined || existing.status === 'absent') return
    matches[index] = existing
    existing.declaredBy = index
  })
  for (const index of declaration.order) {
    if (matches[index] !== undefined) continue
    const declared = declaration.all[index] as Declared
    const key = keyOfFields(declared.rules, knownFields(declared, declaration, matches))
    if (key === undefined) continue
    const found = inventory.withKey(declared.resource.type, key)
    const about = { address: declared.address, ...(declared.resource.source && { source: declared.resource.source }) }
    if (found.length > 1) {
      issues.push({
        ...about,
        code: 'ambiguous-identity',
        message: `${found.length} existing objects have the natural key ${key} (ids ${found.map((each) => each.id).join(', ')}); remove or rename all but one`,
      })
      continue
    }
    const existing = found[0]
    if (existing === undefined) continue
    if (existing.declaredBy !== undefined) {
      const other = (declaration.all[existing.declaredBy] as Declared).address
      issues.push({ ...about, code: 'shared-identity', message: `is the same object as ${other} (id ${existing.id}, natural key ${key}); declare it once` })
      continue
    }
    matches[index] = existing
    existing.declaredBy = index
  }
  if (issues.length > 0) throw new DeclarationError(issues)
  return matches
}

/** Inputs with each reference replaced by the id of what it matched; other markers stay and make a key unknown. */
function knownFields(declared: Declared, declaration: Declaration, matches: readonly (Existing | undefined)[]): Fields {
  return mapMarkers(declared.resource.inputs, (marker) => {
    const target = marker.kind === 'reference' && marker.path.length === 0 ? declaration.indexOf.get(marker.address) : undefined
    return target === undefined ? (secretValue(marker) ?? marker) : (matches[target]?.id ?? marker)
  }) as Fields
}

function secretValue(marker: Marker): unknown {
  return marker.kind === 'deferred' || marker.kind === 'sensitive' ? marker.reveal()?.value : undefined
}

/** Two declarations with one natural key collide whether or not anything exists yet. */
function findSharedKeys(declaration: Declaration): Issue[] {
  const issues: Issue[] = []
  const seen = new Map<string, Declared>()
  for (const declared of declaration.all) {
    const symbolic = mapMarkers(declared.resource.inputs, (marker) =>
      marker.kind === 'reference' ? `\0${marker.address}\0${canonicalJson(marker.path)}` : (secretValue(marker) ?? marker),
    ) as Fields
    const key = keyOfFields(declared.rules, symbolic)
    if (key === undefined) continue
    const slot = `${declared.resource.type}\0${key}`
    const other = seen.get(slot)
    if (other === undefined) seen.set(slot, declared)
    else
      issues.push({
        address: declared.address,
        ...(declared.resource.source && { source: declared.resource.source }),
        code: 'shared-identity',
        message: `has the same natural key as ${other.address}; the backend cannot tell them apart, change one of them`,
      })
  }
  return issues
}
