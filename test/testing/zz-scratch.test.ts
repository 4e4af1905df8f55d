import { test } from 'vitest'
import { declare } from '../../src/provider/declare.ts'
import { createKonnect } from '../../examples/konnect/server/app.ts'
import { konnect } from '../../examples/konnect/konnect.ts'
import { checkProvider } from '../../src/testing/provider-check.ts'
import { createFaultyFetch } from '../../src/testing/faulty-fetch.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

const all = (make: any): Record<string, any> => {
  const labels = { 'KONGCTL-namespace': 'x' }
  const portal = make.portal('p', { name: 'p', labels })
  const api = make.api('a', { name: 'a', labels })
  const cp = make.control_plane('cp', { name: 'cp', labels })
  return {
    control_plane: { declare: (v: string) => [make.control_plane(v, { name: `cp ${v}`, labels })], change: { description: 'changed' } },
    catalog_service: { declare: (v: string) => [make.catalog_service(v, { name: v, display_name: v, labels })], change: { description: 'changed' } },
    organization_team: { declare: (v: string) => [make.organization_team(v, { name: v, labels })], change: { description: 'changed' } },
    dcr_provider: { declare: (v: string) => [make.dcr_provider(v, { name: v, provider_type: 'http', issuer: 'https://i.example', dcr_config: { dcr_base_url: 'https://d.example', api_key: 'k12345678901234567890' }, labels })], change: { display_name: 'changed' } },
    application_auth_strategy: { declare: (v: string) => [make.application_auth_strategy(v, { name: v, display_name: v, strategy_type: 'key_auth', configs: { 'key-auth': { key_names: ['x'] } }, labels })], change: { display_name: 'changed' } },
    portal: { declare: (v: string) => [make.portal(v, { name: `portal ${v}`, labels })], change: { description: 'changed' } },
    portal_customization: { declare: (v: string) => [portal, make.portal_customization(v, { portal_id: portal.id, css: 'x' })], change: { css: 'y' } },
    portal_auth_settings: { declare: (v: string) => [portal, make.portal_auth_settings(v, { portal_id: portal.id, basic_auth_enabled: true })], change: { basic_auth_enabled: false } },
    portal_asset_logo: { declare: (v: string) => [portal, make.portal_asset_logo(v, { portal_id: portal.id, data: 'data:image/png;base64,AAAA' })], change: { data: 'data:image/png;base64,BBBB' } },
    portal_page: { declare: (v: string) => [portal, make.portal_page(v, { portal_id: portal.id, slug: `/${v}`, title: v, content: '# x' })], change: { title: 'changed' } },
    portal_snippet: { declare: (v: string) => [portal, make.portal_snippet(v, { portal_id: portal.id, name: v, title: v, content: '# x' })], change: { title: 'changed' } },
    portal_team: { declare: (v: string) => [portal, make.portal_team(v, { portal_id: portal.id, name: v })], change: { description: 'changed' } },
    api: { declare: (v: string) => [make.api(v, { name: `api ${v}`, labels })], change: { description: 'changed' } },
    api_version: { declare: (v: string) => [api, make.api_version(v, { api_id: api.id, version: v, spec: { content: '{"openapi":"3.0.0","info":{"title":"x","version":"1"},"paths":{}}' } })], change: { version: 'changed' } },
    api_document: { declare: (v: string) => [api, make.api_document(v, { api_id: api.id, slug: v, title: v, content: '# x' })], change: { content: 'changed' } },
    api_publication: { declare: (v: string) => { const q = make.portal(v, { name: v, labels }); return [api, q, make.api_publication(v, { api_id: api.id, portal_id: q.id })] }, change: { visibility: 'private' } },
  }
}
const open = (only: string) => async () => {
  const clock = manualClock({ auto: true })
  const app = createKonnect({ token: 't', pageSize: 1 })
  const { fetch, faults } = createFaultyFetch({ fetch: (r) => app.fetch(r), clock })
  const provider = konnect({ url: 'https://k.example', token: 't', fetch })
  return { provider, subjects: { [only]: all(declare(provider as any))[only] }, faults, clock, patienceMs: 50 }
}
test.each(Object.keys(all(declare(konnect({ url: 'https://k', token: 't' }) as any))))('%s', async (name) => {
  const report = await checkProvider(open(name) as any)
  for (const { name: n, error } of report.failed) console.log(`FAILED ${n} → ${error.message}`)
  console.log(`${name}: passed ${report.passed.length}, skipped ${report.skipped.join(' | ')}`)
}, 60000)
