import { defineProvider, type Provider } from 'convergent'
import { Connections, type ConnectionOptions } from './connections.ts'
import type { Kind } from './kind.ts'
import { kinds } from './kinds.ts'

/** How to reach a PostgreSQL server, and where to look. */
export interface PostgresOptions extends ConnectionOptions {
  /** Databases to look into beside the one of the address. What is recorded in another one is looked at all the same. Default: none. */
  readonly databases?: Iterable<string>
  /** Default: every file of `kinds`. */
  readonly kinds?: readonly Kind[]
}

/** The provider, with the connections that it holds. */
export interface PostgresProvider extends Provider {
  /** Gives up every connection; they end by themselves when nobody uses them for a second. */
  readonly close: () => Promise<void>
}

/** A PostgreSQL server as a provider. What is ours is recorded in the state; objects are known by their names. */
export function postgres(options: PostgresOptions): PostgresProvider {
  const connections = new Connections(options)
  const { databases = [], kinds: known = kinds } = options
  const listed = (): readonly string[] => [...new Set([connections.database, ...databases])]
  const provider = defineProvider({ name: 'postgres', types: Object.fromEntries(known.map(({ type, define }) => [type, define(connections, listed)])) })
  return { ...provider, close: () => connections.close() }
}
