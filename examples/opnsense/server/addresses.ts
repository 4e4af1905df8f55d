import { isIP, isIPv4 } from 'node:net'
import { services } from './site.ts'

/** The family of an address or a network. */
export function familyOf(text: string): 'inet' | 'inet6' {
  return text.includes(':') ? 'inet6' : 'inet'
}

/** An IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0
}

/** An address with a prefix length. */
export function isSubnet(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/')
  return rest.length === 0 && isAddress(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128)
}

/** An IPv4 address with a mask that has gaps. */
export function isWildcard(text: string): boolean {
  const [address = '', mask = '', ...rest] = text.split('/')
  return rest.length === 0 && isIPv4(address) && isIPv4(mask)
}

/** Two addresses with a hyphen between them. */
export function isAddressRange(text: string): boolean {
  const ends = text.split('-')
  return ends.length === 2 && ends.every(isAddress)
}

/** A host name; what only has digits is none. */
export function isDomain(text: string): boolean {
  return /^(?:[\p{L}\d](?:[\p{L}\d-]*[\p{L}\d])?)(?:\.[\p{L}\d](?:[\p{L}\d-]*[\p{L}\d])?)*$/iu.test(text) && !/^[\d.]+$/.test(text)
}

/** A number that a port can have. */
export function isPortNumber(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
}

/** A port of an alias: a number, a service or a range with a colon. */
export function isAliasPort(text: string): boolean {
  const ends = text.split(':')
  return ends.length <= 2 && ends.every((end) => isPortNumber(end) || services.includes(end))
}

/** A port of a rule: a number, a service, `any` or a range with a hyphen. */
export function isRulePort(text: string): boolean {
  const [from = '', to = '', ...rest] = text.split('-')
  if (isPortNumber(text) || text === 'any' || services.includes(text)) return true
  return rest.length === 0 && isPortNumber(from) && isPortNumber(to) && Number(from) < Number(to)
}
