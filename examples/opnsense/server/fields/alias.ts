import type { Fields } from '../field.ts'

const ALIAS_TYPES = [
  'host', 'network', 'port', 'url', 'urltable', 'urljson', 'geoip', 'networkgroup', 'mac', 'asn', 'dynipv6host', 'authgroup',
  'internal', 'external',
]

/** An alias: a name for hosts, networks, ports or other aliases. */
export const aliasFields: Fields = {
  enabled: { type: 'boolean', isRequired: true, fallback: '1' },
  name: { type: 'aliasName', isRequired: true },
  // The model's own default is none of its options: an alias without a type is refused.
  type: { type: 'option', isRequired: true, fallback: 'alert', options: ALIAS_TYPES },
  path_expression: { type: 'text' },
  proto: { type: 'option', isMultiple: true, options: ['IPv4', 'IPv6'] },
  interface: { type: 'interface' },
  counters: { type: 'boolean' },
  updatefreq: { type: 'integer' },
  content: { type: 'aliasContent' },
  password: { type: 'text' },
  username: { type: 'text' },
  authtype: { type: 'option', options: ['Basic', 'Bearer', 'Header'] },
  expire: { type: 'integer', min: 60, max: 999_999_999 },
  categories: { type: 'relation', isMultiple: true },
  description: { type: 'description' },
}
