import type { Address } from '../address.ts'
import type { Scope } from '../scope.ts'
import type { Existing } from './existing.ts'

/** True when an object that exists lies inside the scope. Its address must be assigned. */
export type ScopeTest = (existing: Existing) => boolean

/** Types and addresses alone: what can be said of something that does not exist yet. */
export function isNamedByScope(scope: Scope | undefined, type: string, address: Address | undefined): boolean {
  if (scope?.types !== undefined && !scope.types.includes(type)) return false
  return scope?.addresses === undefined || (address !== undefined && scope.addresses.includes(address))
}

/** True when the scope's own predicate accepts the object and everything it lives in. */
export function isIncluded(scope: Scope | undefined, existing: Existing): boolean {
  if (scope?.includes === undefined) return true
  const parent = existing.parent
  if (parent !== undefined && !parent.isExternal && !isIncluded(scope, parent)) return false
  if (existing.observed === undefined) return true
  return scope.includes({ type: existing.type, observed: existing.observed, ...(parent?.address !== undefined && { parent: parent.address }) })
}

/** The whole scope for objects that exist. */
export function testScope(scope: Scope | undefined): ScopeTest {
  return (existing) => isNamedByScope(scope, existing.type, existing.address) && isIncluded(scope, existing)
}
