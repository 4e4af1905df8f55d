import { LeaseLostError, SerialConflictError } from '../core/errors.ts'
import type { State } from '../core/state.ts'
import { formatFault } from '../format/line.ts'
import { formatState, parseState } from '../format/state.ts'
import type { Lease } from '../store/store.ts'
import type { Database } from './database.ts'
import { findLoss, HELD, heldBy } from './leases.ts'
import { keyOf } from './name.ts'

/** The state of a stack; undefined where nothing was ever committed. */
export async function loadState(database: Database, stack: string): Promise<State | undefined> {
  const { stacks } = database.tables
  const { rows } = await database.query(`SELECT state FROM ${stacks} WHERE key = $1 AND state IS NOT NULL`, [keyOf(stack)])
  if (rows[0] === undefined) return undefined
  const from = `${database.server}, table ${stacks}, stack ${stack}`
  const state = parseState(String(rows[0]['state']), from)
  if (state.stack !== stack) throw formatFault({ document: 'state', line: 1, from }, `it is of stack ${state.stack}, expected ${stack}: the row was altered`)
  return state
}

/** Replaces the state if lease and serial allow it, in one statement. */
export async function commitState(database: Database, state: State, expectedSerial: number, lease: Lease): Promise<void> {
  if (lease.stack !== state.stack) throw new LeaseLostError(state.stack, `the lease is of stack ${lease.stack}`)
  const { stacks } = database.tables
  const text = formatState(state)
  for (;;) {
    const written = await database.query(`UPDATE ${stacks} SET state = $3, serial = $4 WHERE ${HELD} AND serial = $5`, [...heldBy(lease), text, state.serial, expectedSerial])
    if (written.rowCount === 1) return
    const loss = await findLoss(database, lease)
    if (loss !== undefined) throw loss
    const { rows } = await database.query(`SELECT serial, state = $2 AS same FROM ${stacks} WHERE key = $1`, [keyOf(state.stack), text])
    const found = Number(rows[0]?.['serial'])
    // An attempt whose answer was lost went through.
    if (written.isRepeated && rows[0]?.['same'] === true && found === state.serial) return
    if (found !== expectedSerial) throw new SerialConflictError(state.stack, expectedSerial, found)
  }
}

/** Keeps the present state by its serial. */
export async function backupState(database: Database, stack: string): Promise<void> {
  const { stacks, backups } = database.tables
  await database.query(`INSERT INTO ${backups} (stack, serial, state) SELECT key, serial, state FROM ${stacks} WHERE key = $1 AND state IS NOT NULL ON CONFLICT DO NOTHING`, [keyOf(stack)])
}
