import { catalogueNames, kindNames, type Row, type TableName } from './kind.ts'
import { describeTable, kinds } from './kinds.ts'
import type { Order } from './order.ts'

/** Rows by id. */
export type Rows = Readonly<Record<string, Row>>

/** What a table held once, and since when reads show it. Null: not before somebody asks for a refresh. */
interface Version {
  readonly rows: Rows
  readonly shownAtMs: number | null
}

/** Oldest first: the last one is how it is, the last one that is shown is what reads get. */
type Table = readonly Version[]

/** A LogPoint: everything that it keeps. */
export type NodeTables = Record<TableName, Table>

/** Everything that a restart must not forget, as JSON. */
export interface DirectorData {
  /** By `{pool}/{logpoint}`. */
  readonly nodes: Record<string, NodeTables>
  readonly orders: Order[]
  credentials: Credentials
}

/** The one pair that is valid, and when it was made. */
export interface Credentials {
  readonly token: string
  readonly secret: string
  readonly issuedAtMs: number
  /** True: somebody let it expire before its time. */
  readonly isExpired: boolean
}

/** How a table is. */
export function rowsOf(node: NodeTables, table: TableName): Rows {
  return node[table].at(-1)?.rows ?? {}
}

/** What a read of a table gets: it may be older, and never gets older than it was. */
export function shownRows(node: NodeTables, table: TableName, nowMs: number): Rows {
  return node[table].findLast(({ shownAtMs }) => shownAtMs !== null && shownAtMs <= nowMs)?.rows ?? {}
}

/** Puts a row into a table, or takes it out. */
export function saveRow(node: NodeTables, table: TableName, id: string, row: Row | undefined, shownAtMs: number, nowMs: number): void {
  const { [id]: _, ...others } = rowsOf(node, table)
  const earlier = node[table].filter((version, at) => version.shownAtMs === null || (node[table][at + 1]?.shownAtMs ?? Infinity) > nowMs)
  const latestMs = Math.max(0, ...earlier.map((version) => version.shownAtMs ?? 0))
  const version: Version = { rows: row === undefined ? others : { ...others, [id]: row }, shownAtMs: table === 'RepoPaths' ? null : Math.max(latestMs, shownAtMs) }
  node[table] = [...earlier, version]
}

/** Makes reads of a table show how it is. */
export function refreshTable(node: NodeTables, table: TableName, atMs: number): void {
  node[table] = [{ rows: rowsOf(node, table), shownAtMs: atMs }]
}

/** The id of what has a name. */
export function findId(node: NodeTables, table: TableName, name: unknown): string | undefined {
  const { key } = describeTable(table)
  return Object.entries(rowsOf(node, table)).find(([, row]) => row[key] === name)?.[0]
}

const CATALOGUES: Readonly<Record<(typeof catalogueNames)[number], readonly string[]>> = {
  RepoPaths: ['/opt/immune/storage/', '/opt/immune/storage-warm/', '/opt/immune/storage-cold/'],
  NormalizationPackage: ['LP_Common', 'Windows', 'WinSecurity', 'LP_Linux', 'LP_Cisco ASA', 'LP_Sonicwall Firewall', 'LP_WebServer Common Log Format'],
  CompiledNormalizers: ['CEF', 'JSON', 'PaloAlto', 'WindowsSysmon', 'WindowsXML', 'Zscaler'].map((name) => `${name}CompiledNormalizer`),
  EnrichmentSource: ['geo_ip', 'ldap_users', 'test_odbc', 'threat_intelligence'],
}

/** A node that has nothing but what every node has. Ids differ from node to node. */
export function createNode(newId: () => string): NodeTables {
  const node = Object.fromEntries([...catalogueNames, ...kindNames].map((table) => [table, [] as Table])) as NodeTables
  const add = (table: TableName, row: Row): void => {
    node[table] = [{ rows: { ...rowsOf(node, table), [newId()]: row }, shownAtMs: 0 }]
  }
  for (const table of catalogueNames) for (const name of CATALOGUES[table]) add(table, { [describeTable(table).key]: name })
  for (const table of kindNames) for (const row of kinds[table].builtIns((other, name) => findId(node, other, name) ?? '')) add(table, row)
  return node
}
