import { StoreError } from '../core/errors.ts'
import type { Store } from '../store/store.ts'
import { Database } from './database.ts'
import { getDocument, listDocuments, putDocument, removeDocument } from './documents.ts'
import { examineTables } from './examine.ts'
import { Journals } from './journals.ts'
import { claimLease, readHolding, releaseLease, renewLease } from './leases.ts'
import { Listener } from './listener.ts'
import { escapeText } from './name.ts'
import { describeServer, loadPostgres, type PostgresPool } from './pool.ts'
import { pruneStack } from './prune.ts'
import { clearStack, relocateStack } from './relocation.ts'
import { backupState, commitState, loadState } from './states.ts'

/** Which database a store is in, and how it is used. */
export interface PostgresStoreOptions {
  /** Where to connect: `postgres://user:password@host:port/database`. Either this or `pool`. */
  readonly connectionString?: string
  /** Connections of the host's own: a `Pool` of the package `pg`. It stays open when the store is closed. */
  readonly pool?: PostgresPool
  /** Where the tables are; made when they are missing. Default: `convergent`. */
  readonly schema?: string
  /** How long one statement may take before its connection is given up, in milliseconds. Default: 10 000. */
  readonly timeoutMs?: number
  /** How long a statement is made again when the connection is lost or the server is down, in milliseconds. Default: 20 000. */
  readonly retryForMs?: number
}

/** A store in a PostgreSQL database. */
export interface PostgresStore extends Store {
  /** Gives up its connections. Claims are not given back: release them first. */
  close(): Promise<void>
}

/**
 * A store in a PostgreSQL database, for a team: any number of hosts and stacks at once. Needs the package `pg`, and a server of
 * version 12 or later whose database has the encoding UTF8. Its tables are made when they are first needed.
 *
 * Leases and fences are judged inside of each statement, by the database's own clock: a holder that gave no sign of life for its
 * whole term is taken over by the next claim, and a waiter is woken when a stack is given back. An append resolves when the
 * database has committed it; a lost connection is found again, and nothing is written twice.
 *
 * Throws `missing-peer` when `pg` is not installed, `store` with the server's name and what to do when the database refuses or does
 * not answer, `format` with table and row when what is kept is damaged.
 *
 * @example
 * ```ts
 * import { postgresStore } from 'convergent/postgres'
 *
 * const store = postgresStore({ connectionString: 'postgres://deploy@db.example/ops', schema: 'deployments' })
 * store.name // => 'postgres://db.example/ops, schema deployments'
 * store.capabilities // => { durable: true, shared: true }
 * await store.close()
 * ```
 */
export function postgresStore(options: PostgresStoreOptions): PostgresStore {
  const { connectionString, pool, schema = 'convergent', timeoutMs = 10_000, retryForMs = 20_000 } = options
  if ((connectionString === undefined) === (pool === undefined)) throw new StoreError('a PostgreSQL store needs either connectionString or pool')
  if (!isSchemaName(schema)) throw new StoreError(`${JSON.stringify(schema)} is no name of a schema: expected 1 to 63 bytes, without NUL, that do not begin with pg_`)
  const server = describeServer(pool?.options ?? { connectionString })
  let owned: { readonly end: () => Promise<void> } | undefined
  let closing: Promise<void> | undefined
  const open = async (): Promise<PostgresPool> => {
    if (pool !== undefined) return pool
    const { Pool } = await loadPostgres()
    const own = new Pool({ connectionString, connectionTimeoutMillis: timeoutMs, keepAlive: true, keepAliveInitialDelayMillis: 10_000, allowExitOnIdle: true, application_name: 'convergent' })
    // An idle connection that ends is replaced by the next one.
    own.on('error', () => undefined)
    return (owned = own)
  }
  const database = new Database({ open, server, schema, timeoutMs, retryForMs })
  const journals = new Journals(database)
  const listener = new Listener(database)

  return {
    name: database.name,
    capabilities: { durable: true, shared: true },
    load: (stack) => loadState(database, stack),
    commit: (state, { expectedSerial, lease }) => commitState(database, state, expectedSerial, lease),
    claim: (stack, holder, claim) => claimLease(database, stack, holder, claim),
    renew: (lease) => renewLease(database, lease),
    holding: (stack) => readHolding(database, stack),
    async release(lease) {
      await journals.close(lease)
      await releaseLease(database, lease)
    },
    append: (lease, run, entries) => journals.append(lease, run, entries),
    entries: (stack, run) => journals.entries(stack, run),
    runs: (stack) => journals.list(stack),
    put: (stack, kind, id, text) => putDocument(database, stack, kind, id, text),
    get: (stack, kind, id) => getDocument(database, stack, kind, id),
    list: (stack, kind) => listDocuments(database, stack, kind),
    remove: (stack, kind, id) => removeDocument(database, stack, kind, id),
    examine: (stack) => examineTables(database, stack),
    relocate: (lease, relocation) => relocateStack(database, lease, relocation),
    async clear(lease) {
      await journals.close(lease)
      await clearStack(database, lease)
    },
    backup: (stack) => backupState(database, stack),
    prune: (stack, keep) => pruneStack(database, stack, keep),
    watch: (stack, onChange) => listener.watch(stack, onChange),
    close: () =>
      (closing ??= listener.close().then(async () => {
        database.close()
        await owned?.end()
      })),
  }
}

/** PostgreSQL cuts a longer name without a word, and keeps some for itself. */
function isSchemaName(schema: string): boolean {
  const bytes = Buffer.byteLength(schema)
  return bytes > 0 && bytes <= 63 && escapeText(schema) === schema && !schema.startsWith('pg_')
}
