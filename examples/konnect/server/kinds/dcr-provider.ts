import * as z from 'zod'
import { changeRow, mergeDeep } from '../change.ts'
import { clashes } from '../clash.ts'
import type { Database, Row } from '../database.ts'
import type { Kind } from '../kind.ts'
import { labelChanges, labels } from '../labels.ts'

const text = z.string().max(256)
const client = { initial_client_id: text, initial_client_secret: text }
const configs = {
  auth0: z.strictObject({ ...client, initial_client_audience: text.nullable().optional(), use_developer_managed_scopes: z.boolean().optional() }),
  azureAd: z.strictObject(client),
  curity: z.strictObject(client),
  okta: z.strictObject({ dcr_token: text }),
  http: z.strictObject({
    dcr_base_url: z.url().max(256),
    api_key: z.string().min(12).max(256).regex(/^[a-zA-Z0-9_]+$/, 'must be of letters, digits and _'),
    disable_event_hooks: z.boolean().optional(),
    disable_refresh_secret: z.boolean().optional(),
    allow_multiple_credentials: z.boolean().optional(),
  }),
  kongIdentity: z.strictObject({}),
}
const name = text.min(1)
const shared = { display_name: text.min(1).optional() }
const issuer = z.url().max(256)
const make = <Type extends string, Config extends z.ZodType>(type: Type, config: Config) => z.strictObject({ ...shared, name, issuer, labels: labels.optional(), provider_type: z.literal(type), dcr_config: config })

const users = (row: Row, database: Database): number => database.all('strategy').filter((strategy) => strategy['dcr_provider_id'] === row['id']).length

export const dcrProvider: Kind = {
  name: 'dcr_provider',
  path: '/v2/dcr-providers',
  create: z.discriminatedUnion('provider_type', [
    make('auth0', configs.auth0),
    make('azureAd', configs.azureAd),
    make('curity', configs.curity),
    make('okta', configs.okta),
    make('http', configs.http),
    make('kongIdentity', configs.kongIdentity.optional()),
  ]),
  update: z.strictObject({ ...shared, name: name.optional(), issuer: issuer.optional(), labels: labelChanges.optional(), dcr_config: z.looseObject({}).optional() }),
  change: (before, body) => ({ ...changeRow(before, body), dcr_config: mergeDeep(before['dcr_config'], body['dcr_config'] ?? {}) }),
  defaults: (body) => ({ display_name: body['name'], dcr_config: {}, labels: {} }),
  // Secrets go in and never come out.
  show: (row, database) => {
    const { initial_client_secret: _, dcr_token: __, api_key: ___, ...config } = row['dcr_config'] as Row
    const settings = row['provider_type'] === 'auth0' ? { initial_client_audience: null, use_developer_managed_scopes: false, ...config } : config
    return { ...row, dcr_config: settings, active: users(row, database) > 0 }
  },
  filters: ['id', 'name', 'issuer', 'provider_type'],
  conflict: (row, database) => (clashes('dcr_provider', row, database, 'name') ? `a provider is called ${String(row['name'])}` : undefined),
  invalid: ({ provider_type: type, dcr_config }) => {
    const result = configs[type as keyof typeof configs].safeParse(dcr_config)
    return result.success ? {} : Object.fromEntries(result.error.issues.map(({ path, message }) => [['dcr_config', ...path].join('.'), message]))
  },
  inUse: (row, database) => {
    const count = users(row, database)
    return count === 0 ? undefined : `${count} strategies use the provider`
  },
}
