import { MissingPeerError } from '../core/errors.ts'

/** One statement for the database. */
export interface PostgresQuery {
  /** SQL, with `$1` for the first value. */
  readonly text: string
  /** The values. */
  readonly values: unknown[]
  /** Under this name a connection keeps it prepared. */
  readonly name?: string
}

/** What a statement came to. */
export interface PostgresResult {
  /** What it gives, one record a row. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** How many rows it gave or changed. */
  readonly rowCount: number | null
}

/** A connection that a pool has lent. */
export interface PostgresConnection {
  /** Runs one statement. */
  query(query: PostgresQuery): Promise<PostgresResult>
  /** Gives it back; `true`: it is broken, and is closed. */
  release(isBroken?: boolean): void
  /** Hears of its end. */
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** A pool of connections: what `Pool` of the package `pg` is. */
export interface PostgresPool {
  /** Lends a connection. */
  connect(): Promise<PostgresConnection>
  /** How its connections are made: the one that listens is made the same way. */
  readonly options: object
}

/** A connection that is not of a pool. */
export interface PostgresClient {
  connect(): Promise<unknown>
  query(query: PostgresQuery): Promise<unknown>
  end(): Promise<void>
  on(event: 'error' | 'end' | 'notification', listener: (message: never) => void): unknown
}

interface PostgresPackage {
  readonly Pool: new (options: object) => PostgresPool & { end(): Promise<void>; on(event: 'error', listener: () => void): unknown }
  readonly Client: new (options: object) => PostgresClient
}

/** Loads the package `pg`. Throws `missing-peer`, with the install line, when it is not there. */
export async function loadPostgres(load: () => Promise<unknown> = () => import('pg')): Promise<PostgresPackage> {
  try {
    const loaded = (await load()) as PostgresPackage & { readonly default?: PostgresPackage }
    return loaded.default ?? loaded
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') throw new MissingPeerError('pg', 'convergent/postgres')
    throw error
  }
}

/** Where a pool connects to, for messages: nothing secret is in it. */
export function describeServer(options: object): string {
  const { connectionString, host, port, database } = options as Readonly<Record<string, unknown>>
  if (typeof connectionString === 'string') {
    try {
      const url = new URL(connectionString)
      return `postgres://${url.host === '' ? (url.searchParams.get('host') ?? 'localhost') : url.host}${url.pathname}`
    } catch {
      return 'postgres'
    }
  }
  const named = typeof host === 'string' || typeof database === 'string'
  return named ? `postgres://${String(host ?? 'localhost')}${port === undefined ? '' : `:${String(port)}`}/${String(database ?? '')}` : 'postgres'
}
