/** The format of a managed dataset: a new one is asked for by an option (`PARQUET_HIVE`), and one that is there shows what that came to (`parquet`). */
export function formatOf(option: unknown): unknown {
  return typeof option === 'string' ? option.toLowerCase().split('_')[0] : option
}

const OPTIONS: Readonly<Record<string, string>> = { parquet: 'PARQUET_HIVE', csv: 'CSV_EXCEL_GZIP', orc: 'ORC', avro: 'AVRO' }

/** The option to ask for: of a dataset that is brought back, all that is known is the format that it had. */
export function optionOf(format: unknown): unknown {
  return (typeof format === 'string' ? OPTIONS[format] : undefined) ?? format
}
