import type { PostgresConnection, PostgresPool, PostgresQuery } from '../../src/postgres/pool.ts'

/** `before`: the statement never arrives. `after`: it happens, and its answer is lost. `silent`: it happens, and nothing is heard of the connection any more. */
export type Loss = 'before' | 'after' | 'silent'

/** A pool whose connections break when it is told to. */
export interface FlakyPool extends PostgresPool {
  /** The statements so far. */
  readonly statements: readonly string[]
  /** Decides for each statement, by its number from 0. */
  lose: (statement: number, text: string) => Loss | undefined
  /** Hears of each statement. */
  onSend: (query: PostgresQuery) => void
}

/** Lends the connections of a pool. */
export function createFlakyPool(pool: PostgresPool): FlakyPool {
  const statements: string[] = []
  const wrapped = new WeakMap<PostgresConnection, PostgresConnection>()
  const flaky: FlakyPool = {
    options: pool.options,
    statements,
    lose: () => undefined,
    onSend: () => undefined,
    async connect() {
      const connection = await pool.connect()
      const known = wrapped.get(connection)
      if (known !== undefined) return known
      const reset = (): Error => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
      const flakyConnection: PostgresConnection = {
        on: (event, listener) => connection.on(event, listener),
        release: (isBroken) => connection.release(isBroken),
        async query(query: PostgresQuery) {
          flaky.onSend(query)
          const loss = flaky.lose(statements.push(query.text) - 1, query.text)
          if (loss === 'before') throw reset()
          const result = await connection.query(query)
          if (loss === 'after') throw reset()
          return loss === 'silent' ? new Promise<never>(() => undefined) : result
        },
      }
      wrapped.set(connection, flakyConnection)
      return flakyConnection
    },
  }
  return flaky
}
