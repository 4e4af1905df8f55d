import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createCli } from 'convergent/cli'
import { cliOptions } from '../../../../examples/dataiku/cli.ts'
import type { DataikuOptions } from '../../../../examples/dataiku/server/dataiku-app.ts'
import { startDataiku, type DataikuServer } from '../../../../examples/dataiku/server/start.ts'
import { memoryIo } from '../../../cli/memory-io.ts'

/** What a command printed, with folder, address, ids and times by what they are. */
export interface Told {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** How a command is run besides its words. */
export interface Surroundings {
  /** A variable that is undefined is not set. Default: access to the server. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Default: nothing. */
  readonly stdin?: string
}

/** A person at a command line, in a folder of their own, with a Dataiku that nobody has used yet. */
export interface Newcomer {
  readonly server: DataikuServer
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** Runs a command in the folder; a word that is a file of it stands for that. */
  readonly run: (command: readonly string[], surroundings?: Surroundings) => Promise<Told>
  readonly write: (name: string, content: string | Uint8Array) => void
  readonly read: (name: string) => string
  /** What is in a folder of the folder. */
  readonly list: (name: string) => readonly string[]
  /** Everything that the server and its tables hold. */
  readonly look: () => unknown
  /** What is there, as `FLEET` and `FLEET.trips`. */
  readonly names: () => readonly string[]
  /** Requests since the last time that were no reads, by `PUT projects/FLEET`. */
  readonly writes: () => readonly string[]
  readonly close: () => Promise<void>
}

/** A key that nobody says. */
export const KEY = 'a-key-that-nobody-says'

/** A project with a table, a managed dataset and a recipe between them, an entry a line, in the flat format. */
export const FLEET = [
  '{ type: project, name: FLEET, label: Vehicle fleet, tags: [bronze] }',
  '{ type: dataset, name: FLEET.raw, datasetType: PostgreSQL, params: { connection: pg, mode: table, table: trips }, schema: { columns: [{ name: id, type: bigint }] } }',
  '{ type: dataset, name: FLEET.clean, managed: true, connectionId: filesystem_managed, formatOptionId: PARQUET_HIVE }',
  '{ type: recipe, name: FLEET.tidy, recipeType: python, inputs: { main: { items: [{ ref: raw }] } }, outputs: { main: { items: [{ ref: clean }] } }, payload: pass }',
] as const

/** A declaration in the flat format, an entry a line. */
export function declare(...entries: readonly string[]): string {
  return entries.length === 0 ? 'resources: []\n' : `resources:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`
}

/** The same text for every run: ids and times by what they are. */
export function blur(text: string): string {
  return text
    .replace(/\b([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24})\b/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/ in [\d.]+ m?s\b/g, ' in <while>')
    .trim()
}

/** A newcomer; close it. */
export async function openNewcomer(options: DataikuOptions = {}): Promise<Newcomer> {
  const server = await startDataiku({ apiKey: KEY, ...options })
  const folder = mkdtempSync(join(tmpdir(), 'dataiku-newcomer-'))
  const place = (name: string): string => join(folder, name)
  const state = place('.convergent')
  const env = { DATAIKU_DSS_URL: server.url, DATAIKU_API_KEY: options.apiKey ?? KEY }
  const tidy = (text: string): string => blur(text.replaceAll(server.url, '<url>').replaceAll(` --checkpoint-dir ${state}`, '').replaceAll(`${folder}/`, ''))
  let seen = 0
  return {
    server,
    folder,
    env,
    write: (name, content) => {
      mkdirSync(dirname(place(name)), { recursive: true })
      writeFileSync(place(name), content)
    },
    read: (name) => readFileSync(place(name), 'utf8'),
    list: (name) => (existsSync(place(name)) ? readdirSync(place(name)).sort() : []),
    look: () => {
      const { projects, data } = server.state()
      return { projects, data }
    },
    names: () => Object.entries(server.state().projects).flatMap(([key, { datasets, recipes }]) => [key, ...[...Object.keys(datasets), ...Object.keys(recipes)].map((name) => `${key}.${name}`)]).sort(),
    writes: () => {
      const fresh = server.requests.slice(seen).filter(({ method }) => method !== 'GET')
      seen = server.requests.length
      return fresh.map(({ method, path, query }) => `${method} ${path.replace('/dip/publicapi/', '')}${query}`)
    },
    close: async () => {
      await server.close()
      rmSync(folder, { recursive: true })
    },
    run: async (command, { env: changes = {}, stdin = '' } = {}) => {
      const given = Object.entries({ ...env, ...changes }).filter(([, value]) => value !== undefined)
      const io = memoryIo({ env: Object.fromEntries(given) as Record<string, string>, stdin })
      const words = command.map((word) => (/^[\w.][\w./-]*\.(ya?ml|json|txt)$|^[\w-]+\/$/.test(word) ? place(word) : word))
      const often = command.includes('--poll-every') ? [] : ['--poll-every', '0.01']
      const kept = command.includes('--checkpoint-dir') ? [] : ['--checkpoint-dir', state]
      const code = await createCli(cliOptions).run([...words, ...often, ...kept], io)
      return { code, out: tidy(io.out()), err: tidy(io.err()) }
    },
  }
}
