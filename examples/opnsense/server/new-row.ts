import type { Config, Row } from './config.ts'
import type { Model } from './models.ts'

/** A new object before anything is set: defaults, and numbers that the firewall chooses itself. */
export function createRow({ kind, fields }: Model, config: Config, newId: () => string): Row {
  const row: Record<string, string> = {}
  for (const [name, { type, fallback = '' }] of Object.entries(fields)) {
    if (type === 'id') row[name] = newId().replaceAll('-', '').slice(0, 13)
    else if (type === 'sequence') row[name] = String(Math.max(1, ...[...config[kind].values()].map((other) => Number(other[name]))) + 1)
    else row[name] = fallback
  }
  return row
}

/** What a VLAN's device is called: a free number, or what it was called before. */
export function nameVlan(row: Row, current: Row | undefined, config: Config): string {
  const prefix = row['if']?.includes('vlan') === true ? 'qinq' : 'vlan'
  if (current?.['vlanif'] !== undefined && current['vlanif'].startsWith(prefix)) return current['vlanif']
  const numbers = [...config.vlan.values()].map(({ vlanif = '' }) => (vlanif.startsWith(prefix) ? Number(vlanif.slice(prefix.length)) : 0))
  return `${prefix}0${Math.max(0, ...numbers) + 1}`
}
