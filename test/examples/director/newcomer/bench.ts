import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createCli } from 'convergent/cli'
import { cliOptions } from '../../../../examples/director/cli.ts'
import { loadDirector } from '../../../../examples/director/input/load.ts'
import type { DirectorOptions } from '../../../../examples/director/server/director-app.ts'
import { startDirector, type DirectorServer } from '../../../../examples/director/server/start.ts'
import { root } from '../../../architecture/sources.ts'
import { memoryIo } from '../../../cli/memory-io.ts'

/** What a command printed, with folder, address, ids and times by what they are. */
export interface Told {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** How a command is run besides its words. */
export interface Surroundings {
  /** A variable that is undefined is not set. Default: access to the Director. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Default: nothing. */
  readonly stdin?: string
}

/** A person at a command line, in a folder of their own, with a Director that nobody has used yet. */
export interface Newcomer {
  readonly server: DirectorServer
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** Runs a command in the folder; a word that is a file of it stands for that. */
  readonly run: (command: readonly string[], surroundings?: Surroundings) => Promise<Told>
  readonly write: (name: string, content: string | Uint8Array) => void
  /** Everything that the LogPoints hold, and how many orders were ever given. */
  readonly look: () => unknown
  /** The objects that no LogPoint has of its own, as `node kind name`. */
  readonly names: () => readonly string[]
  readonly close: () => Promise<void>
}

/** The folder with the declarations of both banks, and their LogPoints with the names that they have there. */
export const banks = join(root, 'examples/director/demo')
export const bankNodes: Readonly<Record<string, string>> = Object.fromEntries(
  loadDirector([banks]).filter(({ type }) => type === 'Node').map(({ name, inputs }) => [name, String(inputs['id'])]),
)
export const SECRET = 'a-secret-that-nobody-says'

/** A declaration for Stockholm, an entry a line. */
export function declare(...entries: readonly string[]): string {
  const [pool, logpoint] = (bankNodes['stockholm'] ?? '').split('/')
  return [`pool: ${pool}`, `logpoint: ${logpoint}`, 'node: stockholm', 'resources:', ...(entries.length === 0 ? ['  []'] : entries.map((entry) => `  - { ${entry} }`))].join('\n')
}

/** The same text for every run: ids, times and the banks' nodes by what they are. */
export function blur(text: string): string {
  return Object.entries(bankNodes)
    .reduce((told, [name, id]) => told.replaceAll(id, `<${name}>`), text)
    .replace(/\b([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24})\b/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/ in [\d.]+ m?s\b/g, ' in <while>')
    .trim()
}

/** A newcomer; close it. */
export async function openNewcomer(options: DirectorOptions = {}): Promise<Newcomer> {
  const server = await startDirector({ nodes: Object.values(bankNodes), token: 'a-token', secret: SECRET, ...options })
  const folder = mkdtempSync(join(tmpdir(), 'director-newcomer-'))
  const state = join(folder, '.convergent')
  const env = { DIRECTOR_URL: server.url, DIRECTOR_TOKEN: 'a-token', DIRECTOR_SECRET: SECRET }
  const tidy = (text: string): string => blur(text.replaceAll(server.url, '<url>').replaceAll(` --state-dir ${state}`, '').replaceAll(`${folder}/`, ''))
  return {
    server,
    folder,
    env,
    write: (name, content) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    },
    look: () => ({ nodes: server.state().nodes, orders: server.orders().length }),
    names: () =>
      Object.entries(bankNodes).flatMap(([node, id]) =>
        Object.entries(server.state().nodes[id] ?? {})
          .filter(([table]) => !['RepoPaths', 'NormalizationPackage', 'CompiledNormalizers', 'EnrichmentSource'].includes(table))
          .flatMap(([table, rows]) => rows.map((row) => `${node} ${table} ${String(row['policy_name'] ?? row['name'])}`))
          .filter((each) => !/ (_\w+|default)$/.test(each)),
      ),
    close: async () => {
      await server.close()
      rmSync(folder, { recursive: true })
    },
    run: async (command, { env: changes = {}, stdin = '' } = {}) => {
      const given = Object.entries({ ...env, ...changes }).filter(([, value]) => value !== undefined)
      const io = memoryIo({ env: Object.fromEntries(given) as Record<string, string>, stdin })
      const words = command.map((word) => (/^\w[\w/-]*(\.[a-z]+|\/)$/.test(word) ? join(folder, word) : word))
      const often = command.includes('--poll-every') ? [] : ['--poll-every', '0.01']
      const code = await createCli(cliOptions).run([...words, ...often, '--state-dir', state], io)
      return { code, out: tidy(io.out()), err: tidy(io.err()) }
    },
  }
}
