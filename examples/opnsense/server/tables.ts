import { isAddress, isDomain, isSubnet } from './addresses.ts'
import type { Config } from './config.ts'
import type { Site } from './site.ts'

/** The tables that the packet filter has: of every live alias, and an empty one for what a live rule names and nobody loaded. */
export function listTables(live: Config, { interfaces }: Site): string[] {
  const builtIn = new Set(['', 'any', '(self)', ...interfaces, ...interfaces.map((name) => `${name}ip`)])
  const aliases = [...live.alias.values()].filter(({ enabled, type }) => enabled === '1' && type !== 'port').map(({ name }) => String(name))
  const rules = [...live.rule.values()].filter(({ enabled }) => enabled === '1')
  const named = rules.flatMap(({ source_net = '', destination_net = '' }) => [...source_net.split(','), ...destination_net.split(',')])
  const missing = named.filter((name) => !builtIn.has(name) && !isAddress(name) && !isSubnet(name))
  return [...new Set([...aliases, ...missing])].sort((a, b) => a.localeCompare(b, 'en', { numeric: true, sensitivity: 'base' }))
}

/** What a table holds: addresses and networks, nested aliases followed. */
export function tableOf(name: string, live: Config, above: readonly string[] = []): string[] {
  const alias = [...live.alias.values()].find((each) => each['name'] === name && each['enabled'] === '1')
  if (alias === undefined || above.includes(name) || alias['type'] === 'port') return []
  const names = new Set([...live.alias.values()].map((each) => each['name']))
  const entries = (alias['content'] ?? '').split('\n').filter(Boolean)
  const loaded = entries.flatMap((entry) => {
    if (names.has(entry)) return tableOf(entry, live, [...above, name])
    if (alias['type'] === 'host' && isDomain(entry)) return ['198.18.0.1']
    return ['host', 'network', 'networkgroup'].includes(alias['type'] ?? '') ? [entry] : []
  })
  return [...new Set(loaded)].sort()
}
