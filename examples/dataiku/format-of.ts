/** The format of a managed dataset: a new one is asked for by an option (`PARQUET_HIVE`), and one that is there shows what that came to (`parquet`). */
export function formatOf(option: unknown): unknown {
  return typeof option === 'string' ? option.toLowerCase().split('_')[0] : option
}
