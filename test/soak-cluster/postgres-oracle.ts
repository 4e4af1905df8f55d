import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Place, PlacedInstance } from './place.ts'

const REPLICATES_WITHIN_MS = 10_000
const POLL_MS = 50

/** What is written to the primary is on both replicas, each by its own slot, and there is no other slot. */
export async function askPostgres({ instances, password }: Place): Promise<readonly string[]> {
  const [primary, ...replicas] = instances as readonly [PlacedInstance, ...PlacedInstance[]]
  const faults: string[] = []
  const expect = async (what: string, instance: PlacedInstance, sql: string, expected: string): Promise<void> => {
    const found = await askUntil(instance, password, sql, expected)
    if (found !== expected) faults.push(`${what} on ${instance.name}: found ${found}, expected ${expected}`)
  }
  await expect('writing', primary, `CREATE TABLE soaked (what text); INSERT INTO soaked VALUES ('a row'); SELECT count(*)::text AS said FROM soaked`, '1')
  for (const replica of replicas) await expect('the row', replica, 'SELECT what AS said FROM soaked', 'a row')
  await expect('the slots', primary, `SELECT string_agg(slot_name || ' ' || active, ', ' ORDER BY slot_name) AS said FROM pg_replication_slots`, replicas.map(({ name }) => `${name.replaceAll('-', '_')} true`).join(', '))
  // A copy that was cut off ends with its connection.
  await expect('the backups', primary, `SELECT count(*)::text AS said FROM pg_ls_dir('.') AS name WHERE name LIKE 'backup_label%'`, '0')
  return faults
}

async function askUntil({ port }: PlacedInstance, password: string, sql: string, expected: string): Promise<string> {
  for (const untilMs = performance.now() + REPLICATES_WITHIN_MS; ; ) {
    const found = await ask(port, password, sql).catch((error: Error) => error.message)
    if (found === expected || performance.now() >= untilMs) return found
    await sleep(POLL_MS)
  }
}

async function ask(port: number, password: string, sql: string): Promise<string> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', password, connectionTimeoutMillis: 3_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const results: unknown = await client.query(sql)
    const last = (Array.isArray(results) ? results.at(-1) : results) as { readonly rows: readonly { readonly said: unknown }[] }
    return String(last.rows[0]?.said ?? 'nothing')
  } finally {
    await client.end().catch(() => undefined)
  }
}
