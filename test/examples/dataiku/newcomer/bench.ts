import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cliOptions } from '../../../../examples/dataiku/cli.ts'
import type { DataikuOptions } from '../../../../examples/dataiku/server/dataiku-app.ts'
import { startDataiku, type DataikuServer } from '../../../../examples/dataiku/server/start.ts'
import { openDesk, type Desk } from '../../newcomer-desk.ts'

/** A person at a command line, in a folder of their own, with a Dataiku that nobody has used yet. */
export interface Newcomer extends Desk {
  readonly server: DataikuServer
  readonly read: (name: string) => string
  /** What is in a folder of the folder. */
  readonly list: (name: string) => readonly string[]
  /** Everything that the server and its tables hold. */
  readonly look: () => unknown
  /** What is there, as `FLEET` and `FLEET.trips`. */
  readonly names: () => readonly string[]
  /** Requests since the last time that were no reads, by `PUT projects/FLEET`. */
  readonly writes: () => readonly string[]
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

/** A newcomer; close it. */
export async function openNewcomer(options: DataikuOptions = {}): Promise<Newcomer> {
  const server = await startDataiku({ apiKey: KEY, ...options })
  const desk = openDesk({
    cliOptions,
    server,
    env: { DATAIKU_DSS_URL: server.url, DATAIKU_API_KEY: options.apiKey ?? KEY },
    fileWord: /^[\w.][\w./-]*\.(ya?ml|json|txt)$|^[\w-]+\/$/,
    stateFlag: '--checkpoint-dir',
    added: { '--poll-every': '0.01' },
  })
  const place = (name: string): string => join(desk.folder, name)
  let seen = 0
  return {
    ...desk,
    server,
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
  }
}
