import type { KindDescription } from './kind.ts'
import type { Names } from './names.ts'
import { sql, type Sql } from './sql.ts'

/** What constraints of a table have in common: they go with it, hold no data, and cannot be changed. */
export const constraint = {
  within: 'table',
  parent: { type: 'table', field: 'table' },
  replaceable: true,
  called: ([schema = '', table = '', name = '']: Names) => sql`CONSTRAINT ${name} ON ${[schema, table]}`,
  drop: ([schema = '', table = '', name = '']: Names) => sql`ALTER TABLE ${[schema, table]} DROP CONSTRAINT ${name}`,
} as const satisfies Partial<KindDescription<never>>

/** Adds a constraint that says this. */
export function addConstraint([schema = '', table = '', name = '']: Names, says: Sql): readonly Sql[] {
  return [sql`ALTER TABLE ${[schema, table]} ADD CONSTRAINT ${name} ${says}`]
}
