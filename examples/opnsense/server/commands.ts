import { backupCommands } from './backup-commands.ts'
import { kindNames } from './config.ts'
import type { Command, Commands, Desk } from './desk.ts'
import { liveCommands } from './live-commands.ts'
import { models } from './models.ts'
import { objectCommands } from './object-commands.ts'
import { settleCommands } from './settle-commands.ts'

/** A command that was found, and what it is called in the log. */
export interface Route {
  readonly name: string
  readonly command: Command
  readonly params: readonly string[]
}

/** Finds commands by path. Snake case and camel case are the same. */
export function createRouter(desk: Desk): (path: string) => Route | undefined {
  const commands: Commands = {
    ...Object.assign({}, ...kindNames.map((kind) => objectCommands(models[kind], desk))),
    'firewall/alias/getAliasUUID': {
      paramCount: 1,
      run: ({ params: [name] }) => {
        const found = [...desk.file.read().alias].find(([, alias]) => alias['name'] === name)
        return found === undefined ? [] : { uuid: found[0] }
      },
    },
    ...settleCommands(desk),
    ...liveCommands(desk),
    ...backupCommands(desk),
  }
  const byKey = new Map(Object.entries(commands).map(([name, command]) => [normalize(name), { name, command }]))
  return (path) => {
    const [api, module = '', controller = '', command = '', ...params] = path.split('/').filter((part) => part !== '')
    const found = api === 'api' ? byKey.get(normalize(`${module}/${controller}/${command}`)) : undefined
    return found === undefined ? undefined : { ...found, params: params.map(decodeURIComponent) }
  }
}

/** `get_alias_u_u_i_d` is `getAliasUUID`. */
function normalize(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}
