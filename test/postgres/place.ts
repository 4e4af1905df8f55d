import { Client, Pool } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { startPostgres, type PostgresServer } from '../../examples/postgres/server.ts'
import { postgresStore, type PostgresStore, type PostgresStoreOptions } from '../../src/postgres/postgres-store.ts'
import { createFlakyPool, type FlakyPool } from './flaky-pool.ts'

/** A server for the tests of a file, and a database for each of them. */
export interface Place {
  readonly server: () => PostgresServer
  readonly url: () => string
  /** A store in the database of this test, closed after it. */
  readonly open: (options?: PostgresStoreOptions) => PostgresStore
  /** Connections to it that break when they are told to. */
  readonly openPool: () => FlakyPool
  /** Asks the database of this test, always on the same connection. */
  readonly ask: (text: string, values?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>
}

/** To be called at the top of a test file. `each: false`: its tests share one database. */
export function usePostgres({ each = true }: { readonly each?: boolean } = {}): Place {
  let server: PostgresServer
  let url = ''
  let client: Client | undefined
  const opened: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server.stop(), 60_000)
  beforeEach(async () => {
    if (each || url === '') url = await server.createDatabase()
  }, 60_000)
  afterEach(async () => {
    for (const close of opened.splice(0)) await close()
    client = undefined
  }, 60_000)
  const connect = async (): Promise<Client> => {
    if (client !== undefined) return client
    const made = new Client({ connectionString: url })
    // It ends with the server.
    made.on('error', () => client === made && (client = undefined))
    await made.connect()
    opened.push(() => made.end())
    return (client = made)
  }
  return {
    server: () => server,
    url: () => url,
    open: (options = { connectionString: url }) => {
      const store = postgresStore(options)
      opened.push(() => store.close())
      return store
    },
    openPool: () => {
      const pool = new Pool({ connectionString: url })
      pool.on('error', () => undefined)
      opened.push(() => pool.end())
      return createFlakyPool(pool)
    },
    ask: async (text, values = []) => (await (await connect()).query<Record<string, unknown>>(text, [...values])).rows,
  }
}
