import type { Row } from '../../examples/konnect/server/database.ts'
import { isMarker } from '../../src/core/value.ts'
import { addressOf, type Resource } from '../../src/core/resource.ts'
import { canonicalJson, isFields } from '../../src/core/json.ts'
import { resolveSecret } from './declaration.ts'
import type { Objects } from './messages.ts'

/** Where the objects of a type are, and which fields of a row tell them apart; `above`: what the row calls the object that it lives in. */
interface Place {
  readonly table: string
  readonly key: readonly string[]
  readonly above?: readonly [input: string, field: string]
  /** It is there with its parent, and its id is its parent's. */
  readonly singleton?: true
  /** Fields that the server fills where nothing is declared. */
  readonly keeps?: readonly string[]
}

const PLACES: Readonly<Record<string, Place>> = {
  portal: { table: 'portal', key: ['name'] },
  portal_customization: { table: 'customization', key: ['portal_id'], singleton: true },
  portal_auth_settings: { table: 'auth_settings', key: ['portal_id'], singleton: true },
  portal_team: { table: 'portal_team', key: ['portal_id', 'name'], keeps: ['description'] },
  portal_team_role: { table: 'portal_team_role', key: ['portal_team_id', 'role_name', 'entity_id'], above: ['team_id', 'portal_team_id'] },
  portal_snippet: { table: 'snippet', key: ['portal_id', 'name'] },
  portal_page: { table: 'page', key: ['portal_id', 'parent_page_id', 'slug'] },
  application_auth_strategy: { table: 'strategy', key: ['name'] },
  dcr_provider: { table: 'dcr_provider', key: ['name'] },
  control_plane: { table: 'control_plane', key: ['name'] },
  catalog_service: { table: 'catalog_service', key: ['name'] },
  organization_team: { table: 'team', key: ['name'] },
  api: { table: 'api', key: ['name'] },
  api_version: { table: 'version', key: ['api_id', 'version'] },
  api_document: { table: 'document', key: ['api_id', 'parent_document_id', 'slug'] },
  api_publication: { table: 'publication', key: ['api_id', 'portal_id'] },
  api_implementation: { table: 'implementation', key: ['api_id'] },
}

/** Fields that are empty where nothing is declared: a declaration that had them once and has them no more unsets them. */
const EMPTY_UNLESS_DECLARED = ['description', 'css', 'auth_strategy_ids', 'parent_page_id', 'parent_document_id']

/** Compares what a server has with what is declared, without a word from the library. Gives one line for each thing that is missing, there twice, wrong, or nobody's. */
export function compareObjects(objects: Objects, desired: readonly Resource[]): readonly string[] {
  const faults: string[] = []
  const declared = new Map(desired.map((resource) => [String(addressOf(resource)), resource]))
  const found = new Map<string, Row | undefined>()
  const claimed = new Set<Row>()

  const resolve = (value: unknown): unknown => {
    if (isMarker(value)) return value.kind === 'reference' ? find(value.address)?.['id'] : value.kind === 'deferred' ? resolveSecret(value.key) : undefined
    if (Array.isArray(value)) return value.map(resolve)
    return isFields(value) ? Object.fromEntries(Object.entries(value).map(([field, each]) => [field, resolve(each)])) : value
  }
  const find = (address: string): Row | undefined => {
    if (found.has(address)) return found.get(address)
    const resource = declared.get(address)
    const place = resource === undefined ? undefined : PLACES[resource.type]
    if (resource === undefined || place === undefined) throw new Error(`the oracle knows no ${address}`)
    const { [place.above?.[0] ?? '']: above, ...rest } = resolve(resource.inputs) as Row
    const wanted: Row = place.above === undefined ? rest : { ...rest, [place.above[1]]: above }
    const rows = (objects[place.table] ?? []).filter((row) => place.key.every((field) => (row[field] ?? null) === (wanted[field] ?? null)))
    if (rows.length === 0) faults.push(`missing: ${address}`)
    if (rows.length > 1) faults.push(`${rows.length} times: ${address} (ids ${rows.map(({ id }) => String(id)).join(', ')})`)
    const [row] = rows
    found.set(address, row)
    if (row === undefined) return undefined
    for (const each of rows) claimed.add(each)
    for (const [field, value] of Object.entries(wanted)) {
      const there = row[field]
      const isRight = field === 'labels' ? canonicalJson(there) === canonicalJson(value) : holds(there, value)
      if (!isRight) faults.push(`wrong: ${address}: ${field} is ${JSON.stringify(there)}, declared ${JSON.stringify(value)}`)
    }
    for (const field of EMPTY_UNLESS_DECLARED) if (wanted[field] === undefined && place.keeps?.includes(field) !== true && !isEmpty(row[field])) faults.push(`wrong: ${address}: ${field} is ${JSON.stringify(row[field])}, declared nothing`)
    return row
  }
  for (const address of declared.keys()) find(address)
  for (const [table, rows] of Object.entries(objects)) {
    const isSingleton = Object.values(PLACES).some((place) => place.table === table && place.singleton === true)
    // What is there with its portal is nobody's orphan while the portal is there.
    for (const row of rows) if (!claimed.has(row) && !(isSingleton && (objects['portal'] ?? []).some(({ id }) => id === row['portal_id']))) faults.push(`orphan: ${table} ${String(row['id'])} (${String(row['name'] ?? row['slug'] ?? row['version'] ?? '')})`)
  }
  return faults
}

/** True: the value has all that is declared, and lists are the same. */
function holds(there: unknown, declared: unknown): boolean {
  if (isFields(declared)) return isFields(there) && Object.entries(declared).every(([field, value]) => holds(there[field], value))
  return canonicalJson(there ?? null) === canonicalJson(declared ?? null)
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
