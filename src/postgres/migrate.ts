import { StoreError } from '../core/errors.ts'
import { MIGRATIONS } from './migrations.ts'
import { quoteIdentifier } from './name.ts'
import type { PostgresResult } from './pool.ts'

/** Of all locks of its kind in a database, the one under which tables are made. */
const LOCK = '7020811931487105387'

type Ask = (text: string, values?: unknown[]) => Promise<PostgresResult>

/**
 * Makes the tables, or brings them to the version of this release. Several hosts may do so at once: one does, the others wait.
 * Where they are as they should be it asks one question and needs no right to make anything.
 *
 * Throws `store` when a newer release has made them, or the database cannot keep what it is given.
 */
export async function migrate(ask: Ask, schema: string, server: string): Promise<void> {
  const [settings] = (await ask(`SELECT current_setting('server_encoding') AS encoding, current_setting('synchronous_commit') AS commit`)).rows
  if (settings?.['encoding'] !== 'UTF8') throw new StoreError(`${server}: the database has the encoding ${String(settings?.['encoding'])}, expected UTF8: create another one with ENCODING 'UTF8' TEMPLATE template0`)
  if (settings['commit'] === 'off') throw new StoreError(`${server}: synchronous_commit is off for this user, so what is acknowledged could be lost: ALTER ROLE … SET synchronous_commit = on`)
  if ((await readVersion(ask, schema, server)) === MIGRATIONS.length) return
  await ask(`BEGIN`)
  try {
    // Whoever dies in the middle must not hold up the others.
    await ask(`SET LOCAL idle_in_transaction_session_timeout = '10s'`)
    await ask(`SELECT pg_advisory_xact_lock($1)`, [LOCK])
    const known = await ask(`SELECT 1 FROM pg_namespace WHERE nspname = $1`, [schema])
    if (known.rows.length === 0) await ask(`CREATE SCHEMA ${quoteIdentifier(schema)}`)
    await ask(`CREATE TABLE IF NOT EXISTS ${quoteIdentifier(schema)}.migrations (version int PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT clock_timestamp())`)
    for (let version = await readVersion(ask, schema, server); version < MIGRATIONS.length; version++) {
      await ask((MIGRATIONS[version] as (typeof MIGRATIONS)[number])(quoteIdentifier(schema)))
      await ask(`INSERT INTO ${quoteIdentifier(schema)}.migrations (version) VALUES ($1)`, [version + 1])
    }
    await ask(`COMMIT`)
  } catch (error) {
    await ask(`ROLLBACK`).catch(() => undefined)
    throw error
  }
}

/** 0: there are no tables. */
async function readVersion(ask: Ask, schema: string, server: string): Promise<number> {
  const table = await ask(`SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'migrations'`, [schema])
  if (table.rows.length === 0) return 0
  const [row] = (await ask(`SELECT max(version) AS version FROM ${quoteIdentifier(schema)}.migrations`)).rows
  const version = Number(row?.['version'] ?? 0)
  if (version > MIGRATIONS.length)
    throw new StoreError(`${server}: the tables in schema ${schema} have version ${version}, this release knows up to ${MIGRATIONS.length}: use the release that made them, or a newer one; nothing was changed`)
  return version
}
