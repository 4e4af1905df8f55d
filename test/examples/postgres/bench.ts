import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { createCli } from 'convergent/cli'
import { startPostgres, type PostgresServer } from '../../../examples/postgres/server.ts'
import { cliOptions } from '../../../examples/postgres/cli.ts'
import { memoryIo } from '../../cli/memory-io.ts'

/** A server for the tests of a file; what it writes survives its own crash, and no power cut. */
export function startServer(): Promise<PostgresServer> {
  return startPostgres({ settings: { fsync: 'off', full_page_writes: 'off', max_connections: '200' } })
}

/** Long enough on a busy machine. */
export const PATIENCE_MS = 60_000

/** What one command came to. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A folder for state, and the host's command line against one database. */
export interface Bench {
  readonly folder: string
  /** Writes the input, and runs a command on it; the state is in the bench's folder. */
  run(command: string, yaml?: string): Promise<Outcome>
  /** Every byte of the state. */
  stateBytes(): string
  close(): void
}

/** `env`: variables beside `DATABASE_URL`. `folder`: default, a new one. */
export function setUpBench(url: string, env: Readonly<Record<string, string>> = {}, folder = mkdtempSync(join(tmpdir(), 'convergent-postgres-'))): Bench {
  const file = join(folder, 'input.yaml')
  return {
    folder,
    async run(command, yaml) {
      if (yaml !== undefined) writeFileSync(file, yaml)
      const io = memoryIo({ env: { DATABASE_URL: url, ...env } })
      const code = await createCli(cliOptions).run([...command.split(' '), ...(yaml === undefined ? [] : ['-f', file]), '--state-dir', join(folder, 'state')], io)
      return { code, out: io.out(), err: io.err() }
    },
    stateBytes: () => readAll(join(folder, 'state')),
    close: () => rmSync(folder, { recursive: true }),
  }
}

/** Does by hand what somebody else would. */
export async function runSql<R = Record<string, unknown>>(url: string, text: string, values: readonly unknown[] = []): Promise<readonly R[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const result = await client.query(text, [...values]).finally(() => client.end())
  return (Array.isArray(result) ? [] : result.rows) as readonly R[]
}

function readAll(folder: string): string {
  if (!existsSync(folder)) return ''
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
}
