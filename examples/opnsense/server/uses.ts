import type { Config, Row } from './config.ts'
import { userError } from './reply.ts'

const ALIAS_FIELDS = ['source_net', 'source_port', 'destination_net', 'destination_port']

/** Refuses to go on where an object is in use; says by whom. */
export function refuseInUse(kind: string, uuid: string, config: Config): void {
  if (kind === 'alias') refuseAlias(uuid, config)
  if (kind === 'server') refuseServer(uuid, config)
  if (kind === 'vlan') refuseVlan(uuid, config)
}

/** Renames an alias wherever it is named. */
export function renameAlias(from: string, to: string, config: Config): void {
  const replace = (list: string, separator: string): string => list.split(separator).map((item) => (item === from ? to : item)).join(separator)
  for (const [uuid, rule] of config.rule) {
    const renamed = ALIAS_FIELDS.map((field) => [field, replace(rule[field] ?? '', ',')] as const)
    if (namesAlias(rule, from)) config.rule.set(uuid, { ...rule, ...Object.fromEntries(renamed) })
  }
  for (const [uuid, alias] of config.alias) if (holdsAlias(alias, from)) config.alias.set(uuid, { ...alias, content: replace(alias['content'] ?? '', '\n') })
}

function refuseAlias(uuid: string, config: Config): void {
  const name = config.alias.get(uuid)?.['name']
  if (name === undefined) return
  const byRules = [...config.rule.values()].flatMap((rule, at) => {
    const fields = [...ALIAS_FIELDS.filter((field) => rule[field]?.split(',').includes(name)), ...(rule['overload'] === uuid ? ['overload'] : [])]
    return fields.map((field) => `[OPNsense.Firewall.Filter.rules.rule.${at}/${field}] ${rule['description'] ?? ''}`)
  })
  const holders = [...config.alias].filter(([, alias]) => holdsAlias(alias, name))
  const users = [...byRules, ...holders.map(([other, alias]) => `[aliases.alias.${other}] ${alias['description'] || alias['name']}`)]
  if (users.length > 0) throw userError(`Cannot delete alias. Currently in use by ${users.map((user) => `\n${user}`).join('')}`, 'Alias in use')
}

function refuseServer(uuid: string, config: Config): void {
  const users = [...config.backend].filter(([, { linkedServers = '' }]) => linkedServers.split(',').includes(uuid))
  if (users.length === 0) return
  const server = config.server.get(uuid)
  const lines = users.map(([backend, row]) => `HAProxy - ${row['description'] || row['name']} {HAProxy.backends.backend.${backend}}\n`)
  throw userError(lines.join(''), `Item servers.server {${server?.['description'] || server?.['name'] || uuid}} in use by:`)
}

function refuseVlan(uuid: string, config: Config): void {
  const device = config.vlan.get(uuid)?.['vlanif']
  const isParent = [...config.vlan.values()].some((vlan) => vlan['if'] === device)
  if (device !== undefined && isParent) throw userError('This VLAN cannot be deleted because it is used in QinQ interfaces.', 'VLAN in use')
}

function namesAlias(rule: Row, name: string): boolean {
  return ALIAS_FIELDS.some((field) => rule[field]?.split(',').includes(name))
}

function holdsAlias(alias: Row, name: string): boolean {
  return !['geoip', 'urltable'].includes(alias['type'] ?? '') && (alias['content'] ?? '').split('\n').includes(name)
}
