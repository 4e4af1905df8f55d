import type { Fields } from 'convergent'

/** The option that makes each format that can be told from others; real servers say `orcfile` as well. */
const OPTIONS: Readonly<Record<string, string>> = { csv_excel: 'CSV_EXCEL_GZIP', csv_unix: 'CSV_UNIX_GZIP', parquet: 'PARQUET_HIVE', orc: 'ORC', avro: 'AVRO' }
const NAMES = Object.keys(OPTIONS)

/** The option that a managed dataset comes to, by what it shows: `csv` where its style tells nothing, and an empty text where it has no format, as a table. */
export function showOption({ formatType, formatParams }: Fields): string {
  if (typeof formatType !== 'string') return ''
  const { style } = (formatParams ?? {}) as { readonly style?: unknown }
  const shown = formatType === 'csv' ? `csv_${String(style)}` : formatType
  const name = NAMES.find((each) => shown.startsWith(each))
  return name === undefined ? formatType : (OPTIONS[name] as string)
}

/** The option to ask for, of one that was declared or shown; undefined leaves the choice to the server. */
export function askOption(option: unknown): unknown {
  if (option === '') return undefined
  return option === 'csv' ? OPTIONS['csv_excel'] : option
}

/**
 * What an option is told by, as names of formats. Compared is whether what is there has all that is declared: what shows no format
 * has them all, since nothing can be said against it, and a replace would destroy what it holds.
 */
export function formatOf(option: unknown): unknown {
  return typeof option === 'string' ? Object.fromEntries(listFormats(option.toLowerCase()).map((name) => [name, true])) : option
}

function listFormats(word: string): readonly string[] {
  const csv = NAMES.filter((name) => name.startsWith('csv'))
  if (word === '') return ['csv', ...NAMES, 'other']
  if (word === 'csv') return ['csv', ...csv]
  const name = NAMES.find((each) => word.startsWith(each)) ?? (word.startsWith('csv') ? 'csv' : 'other')
  return csv.includes(name) ? ['csv', name] : [name]
}
