import type { Database, Row } from './database.ts'

/** True: another row of the kind has the same values in these fields. */
export function clashes(kind: string, row: Row, database: Database, ...fields: readonly string[]): boolean {
  return database.all(kind).some((other) => other['id'] !== row['id'] && fields.every((field) => other[field] === row[field]))
}
