import type { CliOptions } from 'convergent/cli'
import { loadPostgres } from './input/load.ts'
import { postgres } from './postgres.ts'

/** Databases that the files of this process name: there, what exists is looked at too. */
const named = new Set<string>()

/** The host's command line: a PostgreSQL server as the backend, YAML as the input. */
export const cliOptions: CliOptions = {
  name: 'postgres',
  description: 'Plans and applies roles, databases, schemas, tables and what belongs to them on a PostgreSQL server.',
  provider: ({ env, offline }) => {
    const { DATABASE_URL: url } = env
    if (url === undefined && !offline) throw new Error('DATABASE_URL is not set; set it to postgres://user:password@host:port/database')
    return postgres({ url: url ?? 'postgres://offline.invalid/offline', databases: named })
  },
  load: async (paths, { readStdin }) => {
    const desired = loadPostgres(paths, paths.includes('-') ? await readStdin() : undefined)
    for (const { type, inputs } of desired) if (type === 'database' && typeof inputs['name'] === 'string') named.add(inputs['name'])
    return { desired }
  },
}
