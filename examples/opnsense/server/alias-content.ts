import { isAddress, isAddressRange, isAliasPort, isDomain, isSubnet, isWildcard } from './addresses.ts'
import type { Config, Row } from './config.ts'

/** By type of alias: what an entry may be besides the name of an alias, and what is said of one that is not. */
const ENTRIES: Readonly<Record<string, { readonly isFit: (entry: string) => boolean; readonly what: string; readonly takesAliases: boolean }>> = {
  port: { isFit: isAliasPort, what: 'a valid port number', takesAliases: true },
  host: { isFit: (entry) => isAddress(withoutNot(entry)) || isDomain(entry), what: 'a valid hostname or IP address', takesAliases: true },
  network: { isFit: (entry) => isNetworkEntry(withoutNot(entry)), what: 'a network', takesAliases: true },
  networkgroup: { isFit: () => false, what: 'a valid alias', takesAliases: true },
  geoip: { isFit: (entry) => /^[A-Z]{2}$/.test(entry), what: 'a valid country code', takesAliases: false },
  mac: { isFit: (entry) => /^[\da-f]{2}(?::[\da-f]{2}){1,5}$/i.test(entry), what: 'a valid (partial) MAC address', takesAliases: false },
  asn: { isFit: (entry) => /^\d{1,10}$/.test(entry) && Number(entry) >= 1 && Number(entry) < 2 ** 32, what: 'a valid AS number', takesAliases: false },
  dynipv6host: { isFit: (entry) => isSubnet(`0000${entry}`), what: 'a valid partial ipv6 net definition (e.g. ::1000/64)', takesAliases: false },
}

/** What is wrong with the content of an alias, which depends on its type. */
export function checkAliasContent(alias: Row, config: Config): string[] {
  const rule = ENTRIES[alias['type'] ?? '']
  const content = alias['content'] ?? ''
  if (rule === undefined || content === '') return []
  const names = new Set([...config.alias.values()].map(({ name }) => name))
  const unfit = content.split('\n').filter((entry) => !rule.isFit(entry) && !(rule.takesAliases && names.has(entry)))
  return unfit.map((entry) => `Entry "${entry}" is not ${rule.what}.`)
}

/** A leading exclamation mark excludes the address behind it. */
function withoutNot(entry: string): string {
  return entry.startsWith('!') ? entry.slice(1) : entry
}

function isNetworkEntry(entry: string): boolean {
  return isAddress(entry) || isSubnet(entry) || isWildcard(entry) || isAddressRange(entry)
}
