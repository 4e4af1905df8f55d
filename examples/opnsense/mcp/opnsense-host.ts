import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Provider } from 'convergent'
import { environment, fileStore } from 'convergent/node'
import { findMissing, readEnvironment } from '../environment.ts'
import { parseOpnsense } from '../input/load.ts'
import { opnsense } from '../opnsense.ts'
import type { McpHost } from './host.ts'

const USAGE = 'usage: npm run -s opnsense:mcp -- [--state-dir <folder>] [--stack <name>] [--max-deletes <n>]; the firewall by OPNSENSE_URL, OPNSENSE_KEY and OPNSENSE_SECRET'

const FORMAT = `YAML: a list \`resources\`, each with a type (alias, rule, vlan, server or backend) and a name of its own, and beside these the fields of the firewall's own model. Values are written plainly: true, 110, [a, b].
An alias's own type is alias_type. A rule is known by its description, a VLAN by if and tag.
The name of an alias in source_net, destination_net, source_port, destination_port or the content of a group means that alias; linkedServers holds names of servers.

resources:
  - { type: alias, name: net_office, alias_type: network, content: [192.0.2.0/25] }
  - { type: rule, name: office-https, sequence: 100, action: pass, interface: [lan], protocol: TCP, source_net: [net_office], destination_port: "443", description: Office may browse }`

/** The host that stands in front of a firewall, as environment and flags say. Throws, in words, what is missing. */
export function opnsenseHost(env: NodeJS.ProcessEnv, args: readonly string[]): McpHost {
  const { stateDir, stack, maxDeletes } = readFlags(args)
  const missing = findMissing(env)
  if (missing !== undefined) throw new Error(`${missing}\n${USAGE}`)
  const access = readEnvironment(env)
  let provider: Provider | undefined
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
  return {
    name: 'opnsense',
    version,
    provider: () => (provider ??= opnsense(access)),
    store: fileStore(stateDir),
    stack,
    parse: (text) => parseOpnsense(text, 'declaration'),
    format: FORMAT,
    maxDeletes,
    resolvers: { env: environment(env) },
  }
}

function readFlags(args: readonly string[]): { readonly stateDir: string; readonly stack: string; readonly maxDeletes: number } {
  try {
    const { values } = parseArgs({ args: [...args], options: { 'state-dir': { type: 'string', default: '.convergent' }, stack: { type: 'string', default: 'default' }, 'max-deletes': { type: 'string', default: '5' } } })
    const { 'state-dir': stateDir, stack, 'max-deletes': most } = values
    if (!/^\d+$/.test(most)) throw new Error(`--max-deletes is ${JSON.stringify(most)}, expected a number`)
    return { stateDir, stack, maxDeletes: Number(most) }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`)
  }
}
