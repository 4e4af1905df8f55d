import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { text, texts } from '../kind-parts.ts'

/** A filter rule: `/firewall/filter`. It has no name there; its description is what it is known by. */
export const kind = defineKind({
  type: 'rule',
  controller: '/firewall/filter',
  noun: 'Rule',
  schema: z.strictObject({
    description: z.string().optional(),
    enabled: z.boolean().default(true),
    sequence: z.number().int().min(1).max(999_999).default(1),
    action: z.enum(['pass', 'block', 'reject']).default('pass'),
    quick: z.boolean().default(true),
    interface: texts.optional(),
    interfacenot: z.boolean().default(false),
    direction: z.enum(['in', 'out', 'any']).default('in'),
    ipprotocol: z.enum(['inet', 'inet6', 'inet46']).default('inet'),
    protocol: z.string().default('any'),
    icmptype: z.array(z.string()).optional(),
    source_net: texts.default('any'),
    source_not: z.boolean().default(false),
    source_port: text.optional(),
    destination_net: texts.default('any'),
    destination_not: z.boolean().default(false),
    destination_port: text.optional(),
    gateway: z.string().optional(),
    statetype: z.enum(['keep', 'sloppy', 'modulate', 'synproxy', 'none']).default('keep'),
    log: z.boolean().default(false),
    allowopts: z.boolean().default(false),
    nosync: z.boolean().default(false),
    tag: z.string().optional(),
    tagged: z.string().optional(),
  }),
  names: Object.fromEntries(['source_net', 'source_port', 'destination_net', 'destination_port'].map((field) => [field, { type: 'alias', by: 'name' }])),
  key: ['description'],
  // The firewall looks for the words of a phrase, and strips it of what could be markup.
  findQuery: ({ description = '' }) => ({ searchPhrase: /^[\w .:-]+$/.test(description) ? description : undefined }),
  settleGroup: 'filter',
})
