import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { labelled, labels } from '../kind-parts.ts'

const texts = z.array(z.string())
const configs = z.union([
  z.strictObject({ 'key-auth': z.strictObject({ key_names: texts.max(10).optional(), ttl: z.looseObject({}).optional() }) }),
  z.strictObject({ 'openid-connect': z.looseObject({ issuer: z.string(), credential_claim: texts.optional(), scopes: texts.optional(), auth_methods: texts.optional() }) }),
])

/** A way for applications to get a credential: `/v2/application-auth-strategies`. */
export const kind = defineKind({
  type: 'application_auth_strategy',
  input: { list: 'application_auth_strategies' },
  schema: z.strictObject({
    name: z.string().min(1).max(256),
    display_name: z.string().max(256),
    strategy_type: z.enum(['key_auth', 'openid_connect']),
    configs,
    dcr_provider_id: z.string().optional(),
    labels: labels.optional(),
  }),
  ...labelled,
  collection: () => '/v2/application-auth-strategies',
  references: { dcr_provider_id: 'dcr_provider' },
  immutable: ['strategy_type'],
  // Written as an id, shown as what it is of.
  grouped: { dcr_provider: 'dcr_provider_' },
  // The wire insists on these lists for OpenID Connect, also when there is nothing in them.
  toWire: (body) => {
    const oidc = (body['configs'] as { 'openid-connect'?: object } | undefined)?.['openid-connect']
    return oidc === undefined ? body : { ...body, configs: { 'openid-connect': { credential_claim: [], scopes: [], auth_methods: [], ...oidc } } }
  },
})
