import { Client, Pool, type PoolClient, type QueryConfig } from 'pg'
import { ProviderError, type ReadContext } from 'convergent'
import { explainFault, type Stage } from './fault.ts'
import type { Sql } from './sql.ts'

/** One connection, while a call has it. */
export interface Session {
  /** Runs one command and gives its rows. */
  query<R = Record<string, unknown>>(command: Sql, values?: readonly unknown[]): Promise<readonly R[]>
}

/** How to connect. */
export interface ConnectionOptions {
  /** Where, as whom and to which database: `postgres://user:password@host:port/database`. */
  readonly url: string
  /** To each database. Default: 10. */
  readonly maxConnections?: number
  /** A command gives up waiting for a lock after this, and is tried again. Default: 10 000. */
  readonly lockTimeoutMs?: number
}

/** What a call is about, for messages and for `--verbose`. */
export interface CallSubject {
  readonly database: string
  readonly verb: string
  readonly what: string
}

/** Connections to the databases of one server, made when they are needed and given up soon after. */
export class Connections {
  /** The database that the address names. */
  readonly database: string
  readonly #options: ConnectionOptions
  readonly #address: Client
  readonly #pools = new Map<string, Pool>()

  constructor(options: ConnectionOptions) {
    this.#options = options
    if (!URL.canParse(options.url)) throw new Error('the address of the server is no URL; expected postgres://user:password@host:port/database')
    // The driver knows what an address leaves out.
    this.#address = new Client({ connectionString: options.url })
    this.database = this.#address.database ?? 'postgres'
  }

  /** Reads: nothing is changed. */
  async read<T>(subject: CallSubject, context: ReadContext, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#use(subject, context, async (session) => work(session))
  }

  /** Changes something in one transaction: all of it happens, or nothing. */
  async change<T>(subject: CallSubject, context: ReadContext, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#use(subject, context, async (session, reach) => {
      const { lockTimeoutMs = 10_000 } = this.#options
      // What is lost on the way does not hold its locks for ever.
      await session.query({ text: `BEGIN; SET LOCAL lock_timeout = ${lockTimeoutMs}; SET LOCAL idle_in_transaction_session_timeout = ${lockTimeoutMs}` })
      const result = await work(session)
      reach('commit')
      await session.query({ text: 'COMMIT' })
      return result
    })
  }

  /** Changes something that the database does outside of transactions: a lost connection leaves it unknown. */
  async changeAtOnce<T>(subject: CallSubject, context: ReadContext, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#use(subject, context, async (session, reach) => {
      reach('commit')
      return work(session)
    })
  }

  /** Leaves a database, so that it can be dropped. */
  async leave(database: string): Promise<void> {
    const pool = this.#pools.get(database)
    this.#pools.delete(database)
    await pool?.end()
  }

  /** Leaves all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.keys()].map((database) => this.leave(database)))
  }

  async #use<T>({ database, verb, what }: CallSubject, context: ReadContext, work: (session: Session, reach: (stage: Stage) => void) => Promise<T>): Promise<T> {
    const { signal } = context
    await context.admit()
    const startedMs = performance.now()
    let stage: Stage = 'connect'
    let client: PoolClient | undefined
    let fault: ProviderError | undefined
    // A connection that waits for its reply hears nothing else: it is cut.
    const cut = (): void => (client as unknown as { connection: { stream: { destroy(): void } } } | undefined)?.connection.stream.destroy()
    try {
      client = await connect(this.#poolOf(database), signal)
      signal.addEventListener('abort', cut)
      stage = 'work'
      return await work(toSession(client), (reached) => (stage = reached))
    } catch (error) {
      fault = this.#refuseNowhere(database, explainFault(error, stage, `${verb} ${what}`))
      throw fault
    } finally {
      signal.removeEventListener('abort', cut)
      await this.#giveBack(client, fault)
      context.trace({ method: verb, url: `${database} ${what}`, durationMs: performance.now() - startedMs, ...(fault && { error: fault.message }) })
    }
  }

  /** Nothing is in a database that is not there; but when that is the one of the address, the address is wrong. */
  #refuseNowhere(database: string, fault: ProviderError): ProviderError {
    if (fault.status !== '3D000' || database !== this.database) return fault
    return new ProviderError('fatal', `${fault.message}: the address of the connection names it; create it, or name another one`, { status: '3D000' })
  }

  /** After a fault nobody knows what a connection is in the middle of. */
  async #giveBack(client: PoolClient | undefined, fault: ProviderError | undefined): Promise<void> {
    if (client === undefined) return
    if (fault === undefined) return client.release()
    await client.query('ROLLBACK').then(() => client.release(), () => client.release(true))
  }

  #poolOf(database: string): Pool {
    const known = this.#pools.get(database)
    if (known !== undefined) return known
    const { maxConnections = 10 } = this.#options
    const { host, port, user, password, ssl } = this.#address
    // By itself and not in an address, where `..` or `a/b` would be another one.
    const pool = new Pool({ host, port, user, password, ssl, database, max: maxConnections, idleTimeoutMillis: 1_000, allowExitOnIdle: true, connectionTimeoutMillis: 30_000, application_name: 'convergent' })
    // One that is lost while nobody uses it is simply no longer there; one that is in use tells its command too.
    pool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined))
    this.#pools.set(database, pool)
    return pool
  }
}

/** Waits for a connection no longer than somebody wants it. */
async function connect(pool: Pool, signal: AbortSignal): Promise<PoolClient> {
  const connecting = pool.connect()
  let giveUp: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => (giveUp = () => reject(new ProviderError('retryable', 'given up before it began'))))
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  try {
    return await Promise.race([connecting, aborted])
  } catch (error) {
    if (signal.aborted) connecting.then((late) => late.release(), () => undefined)
    throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** Commands go one by one by the extended protocol, which takes no second command behind a semicolon; ours may be several. */
function toSession(client: PoolClient): Session {
  return {
    async query<R>({ text }: Sql, values: readonly unknown[] = []) {
      const isOurs = text.startsWith('BEGIN;')
      const result = await client.query({ text, values: [...values], ...(!isOurs && { queryMode: 'extended' }) } as QueryConfig)
      return result.rows as readonly R[]
    },
  }
}
