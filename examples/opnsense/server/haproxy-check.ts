import type { Config } from './config.ts'

/** What makes HAProxy refuse its configuration. The models let all of it pass. */
export function listAlerts({ server, backend }: Config): string[] {
  const alerts: string[] = []
  const pools = [...backend.values()].filter(({ enabled }) => enabled === '1')
  const names = pools.map(({ name }) => String(name))
  const doubled = names.filter((name, at) => names.indexOf(name) !== at)
  for (const name of new Set(doubled)) alerts.push(`proxy '${name}' has the same name as another proxy.`)
  for (const { name, linkedServers = '' } of pools)
    for (const uuid of linkedServers.split(',')) {
      const row = server.get(uuid)
      if (row?.['type'] === 'static' && row['enabled'] === '1' && (row['address'] ?? '') === '') alerts.push(`backend '${name}': server '${row['name']}' has no address.`)
    }
  return alerts
}
