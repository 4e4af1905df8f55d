/** Where a declaration stands, for messages. Lines and columns count from 1. */
export interface Source {
  /** As it was given. */
  readonly file: string
  /** From 1. */
  readonly line?: number
  /** From 1. */
  readonly column?: number
}

/** ` (file:line:column)`, or nothing where the source is not known. */
export function formatSource(source: Source | undefined): string {
  if (source === undefined) return ''
  return ` (${[source.file, source.line, source.column].filter((part) => part !== undefined).join(':')})`
}
