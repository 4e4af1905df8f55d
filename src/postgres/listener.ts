import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './database.ts'
import { keyOf } from './name.ts'
import { loadPostgres, type PostgresClient } from './pool.ts'

/** Where a store says that a stack is free. */
export const CHANNEL = 'convergent'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 500

/** What is said when a stack is free: schema and stack. */
export function describeStack(schema: string, stack: string): string {
  return `${schema} ${keyOf(stack)}`
}

/**
 * Hears when a stack is given back, on a connection of its own, which is there as long as somebody waits. When that connection is
 * lost it is made again, and everybody is woken: something may have been missed.
 */
export class Listener {
  readonly #database: Database
  readonly #watchers = new Set<{ readonly stack: string; readonly onChange: () => void }>()
  #client: Promise<PostgresClient> | undefined

  constructor(database: Database) {
    this.#database = database
  }

  /** Resolves when it listens; what it gives ends it. */
  async watch(stack: string, onChange: () => void): Promise<() => Promise<void>> {
    const watcher = { stack: describeStack(this.#database.schema, stack), onChange }
    this.#watchers.add(watcher)
    try {
      await this.#connect()
    } catch (error) {
      await this.#leave(watcher)
      throw error
    }
    return () => this.#leave(watcher)
  }

  async close(): Promise<void> {
    this.#watchers.clear()
    await this.#disconnect()
  }

  async #leave(watcher: { readonly stack: string; readonly onChange: () => void }): Promise<void> {
    this.#watchers.delete(watcher)
    if (this.#watchers.size === 0) await this.#disconnect()
  }

  async #disconnect(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    await client?.then((connected) => connected.end()).catch(() => undefined)
  }

  #connect(): Promise<PostgresClient> {
    if (this.#client !== undefined) return this.#client
    const connecting = this.#open()
    this.#client = connecting
    connecting.catch(() => {
      if (this.#client === connecting) this.#client = undefined
    })
    return connecting
  }

  async #open(): Promise<PostgresClient> {
    const [{ Client }, { options }] = await Promise.all([loadPostgres(), this.#database.pool()])
    // Keep-alive tells of a peer that is gone without a word.
    const client = new Client({ ...options, keepAlive: true, keepAliveInitialDelayMillis: 10_000 })
    client.on('error', () => undefined)
    client.on('notification', ({ channel, payload }: { readonly channel: string; readonly payload?: string }) => {
      if (channel === CHANNEL) for (const { stack, onChange } of this.#watchers) if (stack === payload) onChange()
    })
    let isUp = false
    client.on('end', () => void (isUp && this.#reconnect(client)))
    try {
      await client.connect()
      await client.query({ text: `LISTEN ${CHANNEL}`, values: [] })
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
    isUp = true
    return client
  }

  async #reconnect(lost: PostgresClient): Promise<void> {
    if (this.#client === undefined || (await this.#client) !== lost) return
    this.#client = undefined
    for (let pauseMs = FIRST_PAUSE_MS; this.#watchers.size > 0 && !this.#database.isClosed; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      const isBack = await this.#connect().then(
        () => true,
        () => false,
      )
      if (isBack) break
      await sleep(pauseMs)
    }
    for (const { onChange } of this.#watchers) onChange()
  }
}
