import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { duration, proxyName } from '../kind-parts.ts'

/** A pool of servers behind HAProxy: `/haproxy/settings`. It names its servers by their ids. */
export const kind = defineKind({
  type: 'backend',
  controller: '/haproxy/settings',
  noun: 'Backend',
  search: 'searchBackends',
  schema: z.strictObject({
    name: proxyName,
    enabled: z.boolean().default(true),
    description: z.string().max(255).optional(),
    mode: z.enum(['http', 'tcp']).default('http'),
    algorithm: z.enum(['source', 'roundrobin', 'static-rr', 'leastconn', 'uri', 'random']).default('source'),
    random_draws: z.number().int().min(2).max(1000).default(2),
    proxyProtocol: z.enum(['v1', 'v2']).optional(),
    linkedServers: z.array(z.string()).optional(),
    source: z.string().optional(),
    healthCheckEnabled: z.boolean().default(true),
    healthCheckLogStatus: z.boolean().optional(),
    healthCheckFall: z.number().int().min(1).max(100).optional(),
    healthCheckRise: z.number().int().min(1).max(100).optional(),
    checkInterval: duration.optional(),
    checkDownInterval: duration.optional(),
    http2Enabled: z.boolean().optional(),
    forwardFor: z.boolean().optional(),
    persistence: z.enum(['sticktable', 'cookie']).optional(),
    tuning_timeoutConnect: duration.optional(),
    tuning_timeoutCheck: duration.optional(),
    tuning_timeoutServer: duration.optional(),
    tuning_retries: z.number().int().min(0).max(100).optional(),
    tuning_httpreuse: z.enum(['never', 'safe', 'aggressive', 'always']).optional(),
    customOptions: z.string().optional(),
  }),
  names: { linkedServers: { type: 'server', by: 'id' } },
  key: ['name'],
  findQuery: ({ name }) => ({ searchPhrase: name }),
  listed: 'summary',
  settleGroup: 'haproxy',
})
