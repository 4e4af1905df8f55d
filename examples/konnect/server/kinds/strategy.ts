import * as z from 'zod'
import { changeRow, mergeDeep } from '../change.ts'
import type { Kind } from '../kind.ts'
import { labelChanges, labels } from '../labels.ts'

const keyAuth = z.strictObject({ key_names: z.array(z.string().max(256)).max(10).optional(), ttl: z.looseObject({}).optional() })
const openIdConnect = z.looseObject({
  issuer: z.url().max(256),
  credential_claim: z.array(z.string().max(128)).max(10),
  scopes: z.array(z.string().max(128)).max(50),
  auth_methods: z.array(z.string().max(64)).max(10),
})
const shared = { name: z.string().min(1).max(256), display_name: z.string().max(256), labels: labels.optional(), principals: z.strictObject({ enabled: z.boolean() }).optional() }

export const strategy: Kind = {
  name: 'strategy',
  path: '/v2/application-auth-strategies',
  create: z.discriminatedUnion('strategy_type', [
    z.strictObject({ ...shared, strategy_type: z.literal('key_auth'), configs: z.strictObject({ 'key-auth': keyAuth }) }),
    z.strictObject({ ...shared, strategy_type: z.literal('openid_connect'), configs: z.strictObject({ 'openid-connect': openIdConnect }), dcr_provider_id: z.uuid().nullable().optional() }),
  ]),
  update: z.strictObject({
    name: shared.name.optional(),
    display_name: shared.display_name.optional(),
    labels: labelChanges.optional(),
    dcr_provider_id: z.uuid().nullable().optional(),
    configs: z.union([z.strictObject({ 'key-auth': keyAuth }), z.strictObject({ 'openid-connect': openIdConnect.partial() })]).optional(),
    principals: shared.principals,
  }),
  change: (before, body) => ({ ...changeRow(before, body), configs: mergeDeep(before['configs'], body['configs'] ?? {}) }),
  defaults: () => ({ labels: {}, active: false }),
  show: (row, database) => {
    const isUsed = database.all('publication').some((publication) => (publication['auth_strategy_ids'] as string[] | null)?.includes(String(row['id'])) === true)
    const { dcr_provider_id: id, ...rest } = row
    const found = typeof id === 'string' ? database.get('dcr_provider', id) : undefined
    const provider = found === undefined ? null : { id, name: found['name'], display_name: found['display_name'], provider_type: found['provider_type'] }
    return { ...rest, active: isUsed, dcr_provider: provider, supports_multiple_credentials: true }
  },
  filters: ['name', 'display_name', 'strategy_type'],
  conflict: (row, database) => (database.all('strategy').some((other) => other['id'] !== row['id'] && other['name'] === row['name']) ? `a strategy is called ${String(row['name'])}` : undefined),
  invalid: ({ strategy_type, configs, dcr_provider_id: id }, database) => {
    const wanted = strategy_type === 'key_auth' ? 'key-auth' : 'openid-connect'
    if (Object.keys(configs as object).join() !== wanted) return { configs: `must be of ${wanted}` }
    if (typeof id !== 'string') return {}
    if (strategy_type === 'key_auth') return { dcr_provider_id: 'goes with openid_connect only' }
    return database.get('dcr_provider', id) === undefined ? { dcr_provider_id: `${id} does not exist` } : {}
  },
  inUse: (row, database) => {
    const users = database.all('publication').filter((publication) => (publication['auth_strategy_ids'] as string[] | null)?.includes(String(row['id'])) === true).length
    const portals = database.all('portal').filter((portal) => portal['default_application_auth_strategy_id'] === row['id']).length
    return users + portals === 0 ? undefined : `the strategy is used by ${users} publications and ${portals} portals`
  },
}
