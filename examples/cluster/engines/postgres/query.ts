import { Client } from 'pg'
import type { Instance } from '../../cluster.ts'
import type { Access } from '../engine.ts'

const CONNECT_MS = 3_000

/** A connection of the superuser, for as long as `work` takes. What it writes waits for no replica: the first ones come later. */
export async function withConnection<T>({ host, port }: Instance, { password, signal }: Access, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ host: host.address, port, user: 'postgres', database: 'postgres', password, connectionTimeoutMillis: CONNECT_MS, application_name: 'cluster' })
  // A server that goes away ends the query; an idle connection that breaks is nobody's fault.
  client.on('error', () => undefined)
  const abort = (): void => void client.end().catch(() => undefined)
  signal.throwIfAborted()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await client.connect()
    await client.query('SET synchronous_commit = local')
    return await work(client)
  } finally {
    signal.removeEventListener('abort', abort)
    await client.end().catch(() => undefined)
  }
}

/** The rows of one query. */
export async function askOnce(instance: Instance, access: Access, sql: string, values: readonly unknown[] = []): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return withConnection(instance, access, async (client) => (await client.query(sql, [...values])).rows as readonly Readonly<Record<string, unknown>>[])
}
