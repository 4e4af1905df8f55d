import { isObject } from './is-object.ts'
import { readPlace, writePlace } from './place.ts'

/** What a recipe reads or writes, by role: `{ main: { items: [{ ref: 'FLEET.trips' }] } }`. */
export type Roles = Readonly<Record<string, { readonly items: readonly { readonly ref: string }[] }>>

/** Every ref with its project: a recipe of `project` may leave that out. What is no list of refs stays as it is. */
export function qualifyRoles(roles: unknown, project: string): unknown {
  return mapRefs(roles, (ref) => writePlace(readPlace(ref, project)))
}

/** The refs as the API has them: those of the recipe's own project by their name alone. */
export function shortenRoles(roles: unknown, project: string): unknown {
  return mapRefs(roles, (ref) => {
    const place = readPlace(ref, project)
    return place.project === project ? place.name : ref
  })
}

/** All that is named in some roles. */
export function listRefs(roles: unknown): readonly unknown[] {
  return Object.values(isObject(roles) ? roles : {}).flatMap((role) => listItems(role).map((item) => (isObject(item) ? item['ref'] : undefined)))
}

function mapRefs(roles: unknown, map: (ref: string) => string): unknown {
  if (!isObject(roles)) return roles
  const mapItem = (item: unknown): unknown => (isObject(item) && typeof item['ref'] === 'string' ? { ...item, ref: map(item['ref']) } : item)
  return Object.fromEntries(Object.entries(roles).map(([role, value]) => [role, isObject(value) ? { ...value, items: listItems(value).map(mapItem) } : value]))
}

function listItems(role: unknown): readonly unknown[] {
  return isObject(role) && Array.isArray(role['items']) ? (role['items'] as readonly unknown[]) : []
}
