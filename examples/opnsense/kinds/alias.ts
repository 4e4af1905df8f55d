import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { texts } from '../kind-parts.ts'

/** A name for addresses, networks, ports or other aliases: `/firewall/alias`. */
export const kind = defineKind({
  type: 'alias',
  controller: '/firewall/alias',
  noun: 'Item',
  schema: z.strictObject({
    name: z.string().regex(/^([a-z]|[a-z_][a-z\d]\w{0,29})$/i, 'expected a letter, or a letter or "_" with a letter or digit behind it, then up to 29 letters, digits and "_"'),
    alias_type: z.enum(['host', 'network', 'port', 'url', 'urltable', 'urljson', 'geoip', 'networkgroup', 'mac', 'asn', 'dynipv6host', 'authgroup', 'internal', 'external']),
    enabled: z.boolean().default(true),
    proto: z.array(z.enum(['IPv4', 'IPv6'])).optional(),
    interface: z.string().optional(),
    content: texts.optional(),
    path_expression: z.string().optional(),
    counters: z.boolean().optional(),
    updatefreq: z.number().nonnegative().optional(),
    expire: z.number().int().min(60).max(999_999_999).optional(),
    description: z.string().optional(),
  }),
  renamed: { alias_type: 'type' },
  separators: { content: '\n' },
  names: { content: { type: 'alias', by: 'name' } },
  key: ['name'],
  findQuery: ({ name }) => ({ searchPhrase: name }),
  immutable: ['name'],
  stable: ['name'],
  settleGroup: 'alias',
})
