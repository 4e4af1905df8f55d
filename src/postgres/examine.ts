import { parseState } from '../format/state.ts'
import type { Finding } from '../store/finding.ts'
import type { Database } from './database.ts'
import { keyOf } from './name.ts'
import { loadState } from './states.ts'

/** Names a state that cannot be read, and the newest backup that can, with the statement that puts it back. Changes nothing. */
export async function examineTables(database: Database, stack: string): Promise<readonly Finding[]> {
  const { stacks, backups } = database.tables
  const damage = await loadState(database, stack).then(
    () => undefined,
    (error: Error) => error,
  )
  if (damage === undefined) return []
  const { rows } = await database.query(`SELECT serial, state FROM ${backups} WHERE stack = $1 ORDER BY serial DESC`, [keyOf(stack)])
  const whole = rows.find(({ state }) => isWhole(String(state), stack))
  const remedy =
    whole === undefined ?
      'no backup of it can be read: restore the table from a backup of the database'
    : `put back the newest backup that can be read, of serial ${String(whole['serial'])}; what later runs did is in their journals: UPDATE ${stacks} AS s SET state = b.state, serial = b.serial FROM ${backups} AS b WHERE b.stack = s.key AND b.serial = ${String(whole['serial'])} AND s.key = ${quoteLiteral(keyOf(stack))}`
  return [{ level: 'damaged', subject: 'the state', problem: damage.message, remedy }]
}

function isWhole(text: string, stack: string): boolean {
  try {
    return parseState(text).stack === stack
  } catch {
    return false
  }
}

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
