import { expect, it } from 'vitest'
import { ref, type Fields, type Resource } from 'convergent'
import { createFaultyFetch, manualClock, type OpenedProvider, type ProviderSubject } from 'convergent/testing'
import { kinds } from '../../../examples/konnect/kinds.ts'
import { konnect } from '../../../examples/konnect/konnect.ts'
import { createKonnect, type KonnectApp } from '../../../examples/konnect/server/app.ts'
import { describeKinds } from '../provider-suite.ts'

const labels = { 'KONGCTL-namespace': 'default' }
const resource = (type: string, name: string, inputs: Fields): Resource => ({ type, name, inputs })
const portal = resource('portal', 'p', { name: 'p', labels })
const api = resource('api', 'a', { name: 'a', labels })
const controlPlane = resource('control_plane', 'cp', { name: 'cp', labels })
const team = resource('portal_team', 't', { portal_id: ref('portal/p'), name: 't' })
const inPortal = { portal_id: ref('portal/p') }
const inApi = { api_id: ref('api/a') }
const image = (letter: string): string => `data:image/png;base64,${Buffer.from(letter).toString('base64')}`
const keyAuth = (key: string): Fields => ({ configs: { 'key-auth': { key_names: [key] } } })

/** How each kind is declared; the table of the server that holds it, where the server knows fields that the kind does not. */
const subjects: Readonly<Record<string, ProviderSubject & { readonly table?: string }>> = {
  control_plane: { declare: (name) => [resource('control_plane', name, { name: `cp-${name}`, labels })], change: { description: 'changed' }, table: 'control_plane' },
  catalog_service: { declare: (name) => [resource('catalog_service', name, { name: name.toLowerCase(), display_name: name, labels })], change: { display_name: 'changed' }, table: 'catalog_service' },
  organization_team: { declare: (name) => [resource('organization_team', name, { name, labels })], change: { description: 'changed' }, table: 'team' },
  dcr_provider: {
    declare: (name) => [resource('dcr_provider', name, { name, provider_type: 'auth0', issuer: 'https://issuer.example/', dcr_config: { initial_client_id: 'id', initial_client_secret: 'secret' }, labels })],
    change: { display_name: 'changed' },
    table: 'dcr_provider',
  },
  application_auth_strategy: { declare: (name) => [resource('application_auth_strategy', name, { name, display_name: name, strategy_type: 'key_auth', ...keyAuth('a'), labels })], change: keyAuth('b'), table: 'strategy' },
  portal: { declare: (name) => [resource('portal', name, { name, labels })], change: { description: 'changed' }, table: 'portal' },
  portal_customization: { declare: () => [portal, resource('portal_customization', 'p', { ...inPortal, theme: { mode: 'dark' } })], change: { theme: { mode: 'light' } } },
  portal_auth_settings: { declare: () => [portal, resource('portal_auth_settings', 'p', { ...inPortal, basic_auth_enabled: true })], change: { basic_auth_enabled: false } },
  portal_integrations: {
    declare: () => [portal, resource('portal_integrations', 'p', { ...inPortal, google_analytics_4: { enabled: true, type: 'analytics', config_data: { id: 'G-12345' } } })],
    change: { google_analytics_4: { enabled: false, type: 'analytics', config_data: { id: 'G-12345' } } },
  },
  portal_asset_logo: { declare: () => [portal, resource('portal_asset_logo', 'p', { ...inPortal, data: image('a') })], change: { data: image('b') } },
  portal_asset_favicon: { declare: () => [portal, resource('portal_asset_favicon', 'p', { ...inPortal, data: image('a') })], change: { data: image('b') } },
  portal_page: { declare: (slug) => [portal, resource('portal_page', slug, { ...inPortal, slug, content: '# A' })], change: { content: '# B' }, table: 'page' },
  portal_snippet: { declare: (name) => [portal, resource('portal_snippet', name, { ...inPortal, name, content: 'A' })], change: { content: 'B' }, table: 'snippet' },
  portal_team: { declare: (name) => [portal, resource('portal_team', name, { ...inPortal, name })], change: { description: 'changed' } },
  portal_team_role: {
    declare: (role_name) => [portal, team, api, resource('portal_team_role', role_name, { team_id: ref('portal_team/t'), role_name, entity_id: ref('api/a'), entity_type_name: 'APIs', entity_region: 'eu' })],
  },
  api: { declare: (name) => [resource('api', name, { name, labels })], change: { description: 'changed' }, table: 'api' },
  api_version: { declare: (version) => [api, resource('api_version', version, { ...inApi, version, spec: { content: 'openapi: 3.0.0' } })], change: { spec: { content: 'openapi: 3.1.0' } }, table: 'version' },
  api_document: { declare: (slug) => [api, resource('api_document', slug, { ...inApi, slug, title: slug, content: '# A' })], change: { content: '# B' }, table: 'document' },
  api_publication: {
    declare: (name) => [api, resource('portal', name, { name, labels }), resource('api_publication', name, { ...inApi, portal_id: ref(`portal/${name}`), visibility: 'public' })],
    change: { visibility: 'private' },
  },
  api_implementation: { declare: (name) => [controlPlane, resource('api', name, { name, labels }), resource('api_implementation', name, { api_id: ref(`api/${name}`), control_plane: { control_plane_id: ref('control_plane/cp') } })] },
}

/** A field that the server keeps and the kind knows nothing of. */
function withUnknown({ table, ...subject }: (typeof subjects)[string], app: KonnectApp): ProviderSubject {
  if (table === undefined) return subject
  return {
    ...subject,
    addUnknown: async (id) => app.edit(table, id, { kept_by_somebody: 'else' }),
    showUnknown: async (id) => app.objects()[table]?.find((row) => row['id'] === id)?.['kept_by_somebody'],
  }
}

async function open(type: string): Promise<OpenedProvider> {
  const clock = manualClock({ auto: true })
  const app = createKonnect({ token: 'local', pageSize: 3, clock })
  const { fetch, faults } = createFaultyFetch({ fetch: (request) => app.fetch(request), clock })
  return { provider: konnect({ url: 'http://konnect', token: 'local', fetch, rateLimit: { perSecond: 10_000 } }), subjects: { [type]: withUnknown(subjects[type] as (typeof subjects)[string], app) }, faults, clock, patienceMs: 200 }
}

it('every kind is tried', () => expect(Object.keys(subjects).sort()).toEqual(kinds.map(({ type }) => type).sort()))

describeKinds(Object.keys(subjects), { open, passedAbove: 12 })
