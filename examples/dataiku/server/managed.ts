import { z } from 'zod'
import { readJson, type Body } from './read-body.ts'
import { ReplyError } from './reply.ts'
import type { Fields } from './state.ts'

const newManaged = z.looseObject({
  name: z.string(),
  creationSettings: z.looseObject({ connectionId: z.string(), specificSettings: z.looseObject({ formatOptionId: z.string().optional() }).optional() }),
})

const CSV = { charset: 'utf8', parseHeaderRow: false, quoteChar: '"', escapeChar: '\\', compress: 'gz' }
const FORMATS: Readonly<Record<string, Fields>> = {
  CSV_EXCEL_GZIP: { formatType: 'csv', formatParams: { style: 'excel', separator: '\t', ...CSV } },
  CSV_EXCEL_GZIP_BIGQUERY: { formatType: 'csv', formatParams: { style: 'excel', separator: ',', ...CSV } },
  CSV_UNIX_GZIP: { formatType: 'csv', formatParams: { style: 'unix', separator: '\t', ...CSV } },
  PARQUET_HIVE: { formatType: 'parquet', formatParams: { parquetFlavor: 'HIVE', parquetCompressionMethod: 'SNAPPY' } },
  ORC: { formatType: 'orc', formatParams: { compression: 'SNAPPY' } },
  AVRO: { formatType: 'avro', formatParams: {} },
}
/** Connections that hold tables; the others hold files. */
const SQL_TYPES = ['PostgreSQL', 'MySQL', 'Snowflake', 'BigQuery', 'Redshift', 'Oracle', 'SQLServer', 'JDBC']

/** What the server makes of a managed dataset: type, params and format are its choice. */
export function chooseManaged(body: Body, projectKey: string, connections: Readonly<Record<string, string>>): Fields & { readonly name: string; readonly type: string } {
  const { name, creationSettings } = readJson(newManaged, body)
  const { connectionId: connection, specificSettings } = creationSettings
  const type = Object.hasOwn(connections, connection) ? connections[connection] : undefined
  if (type === undefined) throw new ReplyError('IllegalArgumentException', `Connection "${connection}" does not exist`)
  if (SQL_TYPES.includes(type)) return { name, type, managed: true, params: { connection, mode: 'table', schema: 'public', table: `${projectKey}_${name}`.toLowerCase(), tableCreationMode: 'auto' } }
  const { formatOptionId = 'CSV_EXCEL_GZIP' } = specificSettings ?? {}
  if (!Object.hasOwn(FORMATS, formatOptionId)) throw new ReplyError('IllegalArgumentException', `Unknown format option "${formatOptionId}"`)
  return { name, type, managed: true, params: { connection, path: `/${projectKey}/${name}`, notReadyIfEmpty: false, filesSelectionRules: { mode: 'ALL' } }, ...FORMATS[formatOptionId] }
}
