import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { StoreError } from '../core/errors.ts'
import { describeFault, describeSilence, faultCode, isConnectionFault, isPassing, Unanswered } from './fault.ts'
import { migrate } from './migrate.ts'
import { quoteIdentifier } from './name.ts'
import type { PostgresConnection, PostgresPool, PostgresResult } from './pool.ts'

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 1_000

/** How a database is used. */
export interface DatabaseOptions {
  readonly open: () => Promise<PostgresPool>
  /** For messages. */
  readonly server: string
  readonly schema: string
  readonly timeoutMs: number
  readonly retryForMs: number
}

/** The tables of a schema, quoted. */
export type Tables = Readonly<Record<'stacks' | 'runs' | 'entries' | 'documents' | 'backups', string>>

/**
 * One statement after another on whatever connection works. Each is a transaction of its own, so a host that dies or is cut off
 * leaves no lock behind. One that did not go through is made again until it has had its time: it may have happened the first
 * time, so whoever asks makes it such that it comes to the same end.
 */
export class Database {
  readonly server: string
  readonly schema: string
  /** Server and schema, for messages. */
  readonly name: string
  readonly tables: Tables
  readonly #options: DatabaseOptions
  readonly #guarded = new WeakSet<PostgresConnection>()
  readonly #closing = new AbortController()
  #pool: Promise<PostgresPool> | undefined
  #ready: Promise<void> | undefined
  #prepares = true

  constructor(options: DatabaseOptions) {
    this.#options = options
    this.server = options.server
    this.schema = options.schema
    this.name = `${options.server}, schema ${options.schema}`
    const quoted = quoteIdentifier(options.schema)
    this.tables = { stacks: `${quoted}.stacks`, runs: `${quoted}.runs`, entries: `${quoted}.entries`, documents: `${quoted}.documents`, backups: `${quoted}.backups` }
  }

  /** Makes a statement. `isRepeated` in what it gives: an earlier attempt may have happened too. `name`: it is made often, and worth preparing. */
  async query(text: string, values: readonly unknown[], name?: string): Promise<PostgresResult & { readonly isRepeated: boolean }> {
    await this.ready()
    return this.#persist(async (connection) => {
      const isPrepared = name !== undefined && this.#prepares
      try {
        return await connection.query({ text, values: [...values], ...(isPrepared && { name: nameStatement(name, text) }) })
      } catch (error) {
        // A pooler in between lends another connection to each transaction, and they do not share what is prepared.
        if (!isPrepared || !['26000', '42P05'].includes(faultCode(error) ?? '')) throw error
        this.#prepares = false
        return connection.query({ text, values: [...values] })
      }
    })
  }

  /** Makes the tables where they are missing. */
  ready(): Promise<void> {
    this.#ready ??= this.#persist(async (connection) => {
      await migrate((text, values = []) => connection.query({ text, values }), this.schema, this.server)
    }).then(
      () => undefined,
      (error: unknown) => {
        this.#ready = undefined
        throw error
      },
    )
    return this.#ready
  }

  pool(): Promise<PostgresPool> {
    this.#pool ??= this.#options.open().catch((error: unknown) => {
      this.#pool = undefined
      throw error
    })
    return this.#pool
  }

  /** Nothing is asked any more. */
  close(): void {
    this.#closing.abort()
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  async #persist<T>(work: (connection: PostgresConnection) => Promise<T>): Promise<T & { readonly isRepeated: boolean }> {
    const startedMs = performance.now()
    for (let attempt = 1; ; attempt++) {
      if (this.isClosed) throw new StoreError(`${this.server}: the store is closed; open another one`)
      try {
        return { ...(await this.#attempt(work)), isRepeated: attempt > 1 }
      } catch (error) {
        if (!isPassing(error)) throw isDatabaseError(error) ? error : describeFault(error, this.server)
        const passedMs = performance.now() - startedMs
        if (passedMs >= this.#options.retryForMs) throw describeSilence(error, this.server, passedMs, attempt)
        const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
        await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
      }
    }
  }

  async #attempt<T>(work: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    const { timeoutMs } = this.#options
    const pool = await this.pool()
    const lent = pool.connect()
    const connection = await within(timeoutMs, lent, 'a connection').catch((error: unknown) => {
      if (error instanceof Unanswered) lent.then((late) => late.release(), () => undefined)
      throw error
    })
    // Without a listener the end of a connection would be the end of the process.
    if (!this.#guarded.has(connection)) connection.on('error', () => undefined)
    this.#guarded.add(connection)
    try {
      const result = await within(timeoutMs, work(connection), 'an answer')
      connection.release()
      return result
    } catch (error) {
      connection.release(isConnectionFault(error))
      throw error
    }
  }
}

/** Prepared statements of one name have one text: stores in several schemas share a pool. */
function nameStatement(name: string, text: string): string {
  return `convergent-${name}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}

/** Errors that a statement's own caller makes something of. */
function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^23/.test(String(error.code))
}

async function within<T>(timeoutMs: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(new Unanswered(`timeout exceeded: ${what} did not come within ${timeoutMs} ms`)), timeoutMs)))
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

