import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { duration, proxyName } from '../kind-parts.ts'

/** A server that HAProxy sends requests to: `/haproxy/settings`. */
export const kind = defineKind({
  type: 'server',
  controller: '/haproxy/settings',
  noun: 'Server',
  search: 'searchServers',
  schema: z.strictObject({
    name: proxyName,
    enabled: z.boolean().default(true),
    description: z.string().max(255).optional(),
    address: z.string().optional(),
    port: z.number().int().min(1).max(65_535).optional(),
    checkport: z.number().int().min(1).max(65_535).optional(),
    mode: z.enum(['active', 'backup', 'disabled']).optional(),
    multiplexer_protocol: z.enum(['unspecified', 'fcgi', 'h2', 'h1']).optional(),
    ssl: z.boolean().default(false),
    sslSNI: z.string().optional(),
    sslVerify: z.boolean().default(true),
    maxConnections: z.number().int().min(0).max(10_000_000).optional(),
    weight: z.number().int().min(0).max(256).optional(),
    checkInterval: duration.optional(),
    checkDownInterval: duration.optional(),
    source: z.string().optional(),
    advanced: z.string().optional(),
  }),
  key: ['name'],
  findQuery: ({ name }) => ({ searchPhrase: name }),
  listed: 'summary',
  settleGroup: 'haproxy',
})
