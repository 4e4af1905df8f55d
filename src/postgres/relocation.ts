import type { Lease, Relocation } from '../store/store.ts'
import type { Database } from './database.ts'
import { changeOnce, formatRelocation, UNTOUCHED } from './leases.ts'

/** Notes that the stack cannot be used here, or that it can. */
export function relocateStack(database: Database, lease: Lease, relocation: Relocation | undefined): Promise<void> {
  const text = `UPDATE ${database.tables.stacks} SET relocation = $4, renewal = renewal + 1 WHERE ${UNTOUCHED}`
  return changeOnce(database, lease, text, [relocation === undefined ? null : formatRelocation(relocation)])
}

/** Removes all that is kept of a stack but for its row: all of it or nothing. */
export function clearStack(database: Database, lease: Lease): Promise<void> {
  const { stacks, runs, entries, documents, backups } = database.tables
  return changeOnce(
    database,
    lease,
    `WITH held AS (UPDATE ${stacks} SET state = NULL, serial = 0, renewal = renewal + 1 WHERE ${UNTOUCHED} RETURNING key),
       gone AS (DELETE FROM ${runs} USING held WHERE stack = held.key RETURNING id),
       lines AS (DELETE FROM ${entries} USING gone WHERE run = gone.id),
       texts AS (DELETE FROM ${documents} USING held WHERE stack = held.key),
       copies AS (DELETE FROM ${backups} USING held WHERE stack = held.key)
     SELECT 1 FROM held`,
  )
}
