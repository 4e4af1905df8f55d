import { join } from 'node:path'
import { cliOptions } from '../../../../examples/director/cli.ts'
import { loadDirector } from '../../../../examples/director/input/load.ts'
import type { DirectorOptions } from '../../../../examples/director/server/director-app.ts'
import { startDirector, type DirectorServer } from '../../../../examples/director/server/start.ts'
import { root } from '../../../architecture/sources.ts'
import { blurTold, openDesk, type Desk } from '../../newcomer-desk.ts'

/** A person at a command line, in a folder of their own, with a Director that nobody has used yet. */
export interface Newcomer extends Desk {
  readonly server: DirectorServer
  /** Everything that the LogPoints hold, and how many orders were ever given. */
  readonly look: () => unknown
  /** The objects that no LogPoint has of its own, as `node kind name`. */
  readonly names: () => readonly string[]
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
  return blurTold(Object.entries(bankNodes).reduce((told, [name, id]) => told.replaceAll(id, `<${name}>`), text))
}

/** A newcomer; close it. */
export async function openNewcomer(options: DirectorOptions = {}): Promise<Newcomer> {
  const server = await startDirector({ nodes: Object.values(bankNodes), token: 'a-token', secret: SECRET, ...options })
  const env = { DIRECTOR_URL: server.url, DIRECTOR_TOKEN: 'a-token', DIRECTOR_SECRET: SECRET }
  const desk = openDesk({ cliOptions, server, env, fileWord: /^\w[\w/-]*(\.[a-z]+|\/)$/, added: { '--poll-every': '0.01' }, blur })
  return {
    ...desk,
    server,
    look: () => ({ nodes: server.state().nodes, orders: server.orders().length }),
    names: () =>
      Object.entries(bankNodes).flatMap(([node, id]) =>
        Object.entries(server.state().nodes[id] ?? {})
          .filter(([table]) => !['RepoPaths', 'NormalizationPackage', 'CompiledNormalizers', 'EnrichmentSource'].includes(table))
          .flatMap(([table, rows]) => rows.map((row) => `${node} ${table} ${String(row['policy_name'] ?? row['name'])}`))
          .filter((each) => !/ (_\w+|default)$/.test(each)),
      ),
  }
}
