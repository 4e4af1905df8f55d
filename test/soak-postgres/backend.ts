import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Pool } from 'pg'
import { startPostgres, type PostgresServer } from '../../examples/postgres/server.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { postgresStore } from '../../src/postgres/postgres-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { StoreKind } from './messages.ts'
import { isCommit, isStoreWrite, startWire, type Wire } from './wire.ts'

const JUDGE = 'judge'
const PATIENCE_MS = 20_000

/** A server with the database that is declared and the one that keeps the state, and the wires to them. */
export interface Backend {
  readonly server: PostgresServer
  /** What is declared is in this one. */
  readonly database: string
  /** Between hosts and their backend. */
  readonly wire: Wire
  /** Between hosts and their store. */
  readonly storeWire: Wire
  /** What a host is told of its store. */
  readonly place: string
  /** Looks into the store, not through the wire. */
  readonly look: <T>(work: (store: Store) => Promise<T>) => Promise<T>
  /** Asks the server itself; default: the database `postgres`. */
  readonly ask: (text: string, database?: string) => Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Resolves when no host has a session. */
  readonly quiet: () => Promise<void>
  readonly end: () => Promise<void>
}

export async function startBackend(store: StoreKind, folder: string): Promise<Backend> {
  const server = await startPostgres({ url: '', settings: { max_connections: '200' } })
  const [own, state] = [new URL(await server.createDatabase()), await server.createDatabase()]
  const wire = await startWire(own.href, isCommit)
  const storeWire = await startWire(state, isStoreWrite)
  const ask: Backend['ask'] = async (text, database = 'postgres') => {
    const client = new Client({ connectionString: server.urlOf(database), application_name: JUDGE, statement_timeout: PATIENCE_MS, connectionTimeoutMillis: PATIENCE_MS })
    client.on('error', () => undefined)
    await client.connect()
    try {
      const result = (await client.query<Record<string, unknown>>(text)) as { readonly rows?: readonly Record<string, unknown>[] }
      return result.rows ?? []
    } finally {
      await client.end()
    }
  }
  return {
    server,
    database: own.pathname.slice(1),
    wire,
    storeWire,
    place: store === 'file' ? folder : storeWire.url,
    ask,
    look: async (work) => {
      if (store === 'file') return work(fileStore(folder))
      const pool = new Pool({ connectionString: state, application_name: JUDGE, max: 1 })
      pool.on('error', () => undefined)
      const kept = postgresStore({ pool })
      try {
        return await work(kept)
      } finally {
        await kept.close()
        await pool.end()
      }
    },
    quiet: async () => {
      for (const deadlineMs = performance.now() + PATIENCE_MS; performance.now() < deadlineMs; await sleep(5)) {
        const [row] = await ask(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'convergent'`)
        if (row?.['n'] === 0) return
      }
      throw new Error(`hosts that are gone still have sessions after ${PATIENCE_MS} ms`)
    },
    end: async () => {
      await Promise.all([wire.close(), storeWire.close()])
      await server.stop()
    },
  }
}
