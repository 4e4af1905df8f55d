import type { Database } from './database.ts'
import { keyOf } from './name.ts'

/** Removes old ended runs with their outputs, plans and backups, oldest first, never what an open run needs. */
export async function pruneStack(database: Database, stack: string, keep: { readonly runs: number; readonly plans: number }): Promise<void> {
  const { runs, entries, documents, backups } = database.tables
  const key = keyOf(stack)
  await database.query(
    `WITH gone AS (
       DELETE FROM ${runs} WHERE ended AND id IN (SELECT id FROM ${runs} WHERE stack = $1 AND ended ORDER BY id DESC OFFSET $2) RETURNING id, name
     ), outputs AS (
       DELETE FROM ${documents} d USING gone WHERE d.stack = $1 AND d.kind = 'output' AND starts_with(d.name, gone.name || ' ')
         AND NOT EXISTS (SELECT 1 FROM ${runs} r WHERE r.stack = $1 AND r.id NOT IN (SELECT id FROM gone) AND starts_with(d.name, r.name || ' '))
     ) DELETE FROM ${entries} USING gone WHERE run = gone.id`,
    [key, keep.runs],
  )
  await database.query(
    `DELETE FROM ${documents} WHERE stack = $1 AND kind = 'plan'
       AND key IN (SELECT key FROM ${documents} WHERE stack = $1 AND kind = 'plan' ORDER BY position DESC OFFSET $2)
       AND name NOT IN (SELECT plan FROM ${runs} WHERE stack = $1 AND NOT ended AND plan IS NOT NULL)`,
    [key, keep.plans],
  )
  await database.query(`DELETE FROM ${backups} WHERE stack = $1 AND serial IN (SELECT serial FROM ${backups} WHERE stack = $1 ORDER BY serial DESC OFFSET $2)`, [key, keep.runs])
}
