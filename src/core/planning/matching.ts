import type { Address } from '../address.ts'
import { DeclarationError, type Issue } from '../errors.ts'
import { canonicalJson, getPath, type Fields } from '../json.ts'
import { endsPortion, type Portions } from '../portion.ts'
import { mapMarkers, type Marker } from '../value.ts'
import type { Declaration, Declared } from './declaration.ts'
import type { Existing, Inventory } from './existing.ts'
import { keyOfFields, pickKeyFields } from './identity.ts'

/**
 * Finds for each declared resource the object that it is: by its recorded address, else by its natural key. Keys may hold
 * references, so dependencies are matched first. Throws `declaration` when two objects match, or two declarations match
 * one object. `needsExternals`: default true, also throws when what belongs to somebody else is not there.
 */
export function* matchDeclaration(declaration: Declaration, inventory: Inventory, needsExternals = true): Portions<readonly (Existing | undefined)[]> {
  const matches = new Array<Existing | undefined>(declaration.all.length).fill(undefined)
  const issues: Issue[] = yield* findSharedKeys(declaration)
  for (let index = 0; index < declaration.all.length; index++) {
    if (endsPortion(index)) yield
    const declared = declaration.all[index] as Declared
    if (declared.resource.external === true) continue
    const { movedFrom } = declared.resource
    let existing = inventory.recorded.get(declared.address)
    if (movedFrom !== undefined && (existing === undefined || existing.status === 'absent')) existing = inventory.recorded.get(movedFrom as Address)
    if (existing === undefined || existing.status === 'absent') continue
    matches[index] = existing
    existing.declaredBy = index
  }
  for (const index of declaration.order) {
    if (endsPortion(index)) yield
    if (matches[index] !== undefined) continue
    const declared = declaration.all[index] as Declared
    const about = { address: declared.address, ...(declared.resource.source && { source: declared.resource.source }) }
    if (declared.resource.external === true) {
      const issue = matchExternal(declared, index, knownFields(declared.resource.inputs, declaration, matches), inventory, matches)
      if (issue !== undefined && needsExternals) issues.push({ ...about, ...issue })
      continue
    }
    const key = keyOfFields(declared.rules, knownFields(pickKeyFields(declared.rules, declared.resource.inputs), declaration, matches))
    if (key === undefined) continue
    const found = inventory.withKey(declared.resource.type, key)
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
    if (existing.declaredBy !== undefined && !existing.isExternal) {
      const other = (declaration.all[existing.declaredBy] as Declared).address
      issues.push({ ...about, code: 'shared-identity', message: `is the same object as ${other} (id ${existing.id}, natural key ${key}); declare it once` })
      continue
    }
    matches[index] = existing
    existing.declaredBy = index
    existing.isExternal = false
  }
  if (issues.length > 0) throw new DeclarationError(issues)
  return matches
}

/** Finds the one object that has these fields. Several declarations may refer to it, and one may even have it. */
function matchExternal(declared: Declared, index: number, wanted: Fields, inventory: Inventory, matches: (Existing | undefined)[]): Pick<Issue, 'code' | 'message'> | undefined {
  const { type } = declared.resource
  const fits = ({ id, observed }: Existing): boolean =>
    Object.entries(wanted).every(([field, value]) => canonicalJson(value) === canonicalJson(field === 'id' ? id : getPath(observed?.outputs, field.split('.'))))
  const named = typeof wanted['id'] === 'string' ? inventory.get(type, wanted['id']) : undefined
  // By its id it is known which one could not be read.
  const found = named?.status === 'unreadable' ? [named] : inventory.all.filter((existing) => existing.type === type && existing.observed !== undefined && fits(existing))
  const what = `${type} with ${Object.entries(wanted).map(([field, value]) => `${field} ${JSON.stringify(value)}`).join(' and ')}`
  if (found.length > 1) return { code: 'ambiguous-identity', message: `${found.length} objects are a ${what} (ids ${found.map(({ id }) => id).join(', ')}); name more fields` }
  const [existing] = found
  // What could not be read may be there: that is told by the read that failed.
  if (existing === undefined) return inventory.failureOf(type, undefined) === undefined ? { code: 'missing-external', message: `there is no ${what}; it belongs to somebody else, so it is not created here` } : undefined
  matches[index] = existing
  if (existing.declaredBy !== undefined) return undefined
  existing.declaredBy = index
  existing.isExternal = true
  return undefined
}

/** Inputs with each reference replaced by the id of what it matched; other markers stay and make a key unknown. */
function knownFields(inputs: Fields, declaration: Declaration, matches: readonly (Existing | undefined)[]): Fields {
  return mapMarkers(inputs, (marker) => {
    const target = marker.kind === 'reference' && marker.path.length === 0 ? declaration.indexOf.get(marker.address) : undefined
    return target === undefined ? (secretValue(marker) ?? marker) : (matches[target]?.id ?? marker)
  }) as Fields
}

function secretValue(marker: Marker): unknown {
  return marker.kind === 'deferred' || marker.kind === 'sensitive' ? marker.reveal()?.value : undefined
}

/** Two declarations with one natural key collide whether or not anything exists yet. */
function* findSharedKeys(declaration: Declaration): Portions<Issue[]> {
  const issues: Issue[] = []
  const seen = new Map<string, Declared>()
  for (let index = 0; index < declaration.all.length; index++) {
    if (endsPortion(index)) yield
    const declared = declaration.all[index] as Declared
    if (declared.resource.external === true) continue
    const symbolic = mapMarkers(pickKeyFields(declared.rules, declared.resource.inputs), (marker) =>
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
