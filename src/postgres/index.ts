export { postgresStore, type PostgresStore, type PostgresStoreOptions } from './postgres-store.ts'
export type { PostgresConnection, PostgresPool, PostgresQuery, PostgresResult } from './pool.ts'
