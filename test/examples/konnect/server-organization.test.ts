import { afterEach, beforeEach, expect, it } from 'vitest'
import { expectRefused, hasOpenApi, openStory, type Story } from './openapi-judge.ts'

let story: Story
const call: Story['call'] = (...request) => story.call(...request)
const make: Story['make'] = (...request) => story.make(...request)
const show = async (path: string): Promise<Record<string, unknown>> => (await call('GET', path)).body
const total = async (path: string): Promise<number> => ((await show(path)) as { meta: { page: { total: number } } }).meta.page.total
beforeEach(() => {
  story = openStory()
})
afterEach(() => {
  expect(story.judge.faults).toEqual([])
  if (hasOpenApi) expect(story.judge.checked).toBeGreaterThan(10)
})

it('control planes: sent flat, shown in an object; labels are replaced, the type stays', async () => {
  const planes = '/v2/control-planes'
  const plane = `${planes}/${await make(planes, { name: 'one', labels: { a: 'x', b: 'y' }, cluster_type: 'CLUSTER_TYPE_SERVERLESS', proxy_urls: [{ host: 'a.example', port: 443, protocol: 'https' }] })}`
  await make(planes, { name: 'two' })
  await make(planes, { name: 'three', cloud_gateway: true, auth_type: 'pki_client_certs', description: 'd' })
  expect(await show(plane)).toMatchObject({ name: 'one', description: '', config: { cluster_type: 'CLUSTER_TYPE_SERVERLESS', auth_type: 'pinned_client_certs', cloud_gateway: false, proxy_urls: [{ port: 443 }] } })
  expect(await show(plane)).not.toHaveProperty('cluster_type')
  expect(await show(planes)).toMatchObject({ meta: { page: { total: 3, size: 2 } }, data: [{ name: 'one' }, { name: 'two' }] })
  expect((await show(`${planes}?filter[name][eq]=three`))['data']).toMatchObject([{ name: 'three', config: { cloud_gateway: true } }])
  const changed = await call('PATCH', plane, { auth_type: 'pki_client_certs', labels: { b: 'z' }, proxy_urls: [] })
  expect(changed.body).toMatchObject({ labels: { b: 'z' }, config: { auth_type: 'pki_client_certs', proxy_urls: [], cluster_type: 'CLUSTER_TYPE_SERVERLESS' } })
  expect(changed.body['labels']).not.toHaveProperty('a')
  expectRefused([
    [409, await call('POST', planes, { name: 'one' })],
    [409, await call('PATCH', plane, { name: 'two' })],
    [400, await call('POST', planes, { name: 'x' })],
    [400, await call('POST', planes, { name: 'four', cluster_type: 'CLUSTER' })],
    [400, await call('PATCH', plane, { cluster_type: 'CLUSTER_TYPE_CONTROL_PLANE' })],
    [400, await call('PATCH', plane, { cloud_gateway: true })],
    [400, await call('PATCH', plane, { labels: { b: null } })],
    [400, await call('PATCH', plane, { description: null })],
  ])
  expect((await call('DELETE', plane)).status).toBe(204)
  expectRefused([[404, await call('DELETE', plane)]])
})

it('implementations: one list for all APIs, one for an API, and the control plane stays while they do', async () => {
  const plane = await make('/v2/control-planes', { name: 'plane' })
  const service = crypto.randomUUID()
  const [a, b, c] = [await make('/v3/apis', { name: 'A' }), await make('/v3/apis', { name: 'B' }), await make('/v3/apis', { name: 'C' })]
  const ofA = await make(`/v3/apis/${a}/implementations`, { service: { id: service, control_plane_id: plane } })
  const ofB = await make(`/v3/apis/${b}/implementations`, { control_plane: { control_plane_id: plane } })
  expect(await show(`/v3/apis/${a}/implementations/${ofA}`)).toEqual({ id: ofA, service: { id: service, control_plane_id: plane }, created_at: expect.any(String), updated_at: expect.any(String) })
  const list = '/v3/api-implementations'
  expect((await show(list))['data']).toMatchObject([{ id: ofA, api_id: a, service: { id: service } }, { id: ofB, api_id: b, control_plane: { control_plane_id: plane } }])
  expect(await total(`${list}?filter[api_id][eq]=${b}`)).toBe(1)
  expect(await total(`${list}?filter[service_id][eq]=${service}`)).toBe(1)
  expect(await total(`${list}?filter[control_plane_id][eq]=${plane}`)).toBe(2)
  const ofC = `/v3/apis/${c}/implementations`
  expectRefused([
    [409, await call('POST', ofC, { service: { id: service, control_plane_id: plane } })],
    [409, await call('POST', `/v3/apis/${a}/implementations`, { service: { id: crypto.randomUUID(), control_plane_id: plane } })],
    [400, await call('POST', ofC, { service: { id: crypto.randomUUID(), control_plane_id: crypto.randomUUID() } })],
    [400, await call('POST', ofC, { control_plane: { control_plane_id: crypto.randomUUID() } })],
    [400, await call('POST', ofC, {})],
    [400, await call('POST', ofC, { service: { id: service } })],
    [404, await call('GET', `/v3/apis/${b}/implementations/${ofA}`)],
    [409, await call('DELETE', `/v2/control-planes/${plane}`)],
  ])
  expect((await call('DELETE', `/v3/apis/${a}/implementations/${ofA}`)).status).toBe(204)
  expect((await call('DELETE', `/v3/apis/${b}`)).status).toBe(204)
  expect(story.app.objects()['implementation']).toEqual([])
  expect((await call('DELETE', `/v2/control-planes/${plane}`)).status).toBe(204)
})

it('catalog services: a null removes a label, fields of the catalog are replaced', async () => {
  const services = '/v1/catalog-services'
  const made = `${services}/${await make(services, { name: 'a.b-1', display_name: 'A', labels: { a: 'x', b: 'y' }, custom_fields: { cost: 3, owner: 'X', is_live: true, board: { name: 'B', link: 'https://a.example/' } } })}`
  await make(services, { name: 'b', display_name: 'B' })
  expect((await show(`${services}?filter[name][eq]=b`))['data']).toMatchObject([{ name: 'b', description: null, custom_fields: {}, labels: {} }])
  expect((await show(`${services}?filter[display_name][contains]=A`))['data']).toMatchObject([{ name: 'a.b-1' }])
  const changed = await call('PATCH', made, { description: 'd', labels: { a: null, c: 'z' }, custom_fields: { cost: 4 } })
  expect(changed.body).toMatchObject({ description: 'd' })
  expect(changed.body['labels']).toEqual({ b: 'y', c: 'z' })
  expect(changed.body['custom_fields']).toEqual({ cost: 4 })
  expect((await call('PATCH', made, { description: null })).body['description']).toBeNull()
  expectRefused([
    [409, await call('POST', services, { name: 'b', display_name: 'C' })],
    [409, await call('PATCH', made, { name: 'b' })],
    [400, await call('POST', services, { name: 'Capital', display_name: 'C' })],
    [400, await call('POST', services, { name: 'c' })],
    [400, await call('POST', services, { name: 'c', display_name: 'C', labels: { kong: 'x' } })],
    [404, await call('PATCH', `${services}/${crypto.randomUUID()}`, {})],
  ])
  expect((await call('DELETE', made)).status).toBe(204)
})

it('teams of the organization: some are built in, shown and never changed', async () => {
  const teams = '/v3/teams'
  const initial = (await show(teams))['data'] as { id: string; name: string }[]
  expect(initial.length).toBeGreaterThan(0)
  expect(initial).toEqual(initial.map((each) => expect.objectContaining({ ...each, system_team: true })))
  expect(Object.values(story.app.objects()).flat()).toEqual([])
  const made = `${teams}/${await make(teams, { name: 'red', labels: { a: 'x' } })}`
  await make(teams, { name: 'blue', description: 'd' })
  expect(await total(teams)).toBe(initial.length + 2)
  expect((await show(`${teams}?filter[name][eq]=red`))['data']).toMatchObject([{ name: 'red', description: null, system_team: false, labels: { a: 'x' } }])
  expect((await call('PATCH', made, { description: 'e', labels: { a: null } })).body).toMatchObject({ description: 'e', labels: {} })
  const [{ id, name }] = initial as [{ id: string; name: string }]
  expect((await call('GET', `${teams}/${id}`)).body).toMatchObject({ name })
  expectRefused([
    [403, await call('PATCH', `${teams}/${id}`, { description: 'mine' })],
    [403, await call('DELETE', `${teams}/${id}`)],
    [409, await call('POST', teams, { name })],
    [409, await call('POST', teams, { name: 'red' })],
    [409, await call('PATCH', made, { name: 'blue' })],
    [400, await call('POST', teams, {})],
    [400, await call('PATCH', made, { system_team: true })],
  ])
  expect((await call('DELETE', made)).status).toBe(204)
  expect(await total(teams)).toBe(initial.length + 1)
})

it('providers of registration: secrets go in and never come out, and a strategy keeps one in use', async () => {
  const providers = '/v2/dcr-providers'
  const issuer = 'https://issuer.example/'
  const client = { initial_client_id: 'id', initial_client_secret: 'hidden-secret' }
  const auth0 = await make(providers, { name: 'auth0', provider_type: 'auth0', issuer, dcr_config: client, labels: { a: 'x' } })
  await make(providers, { name: 'azure', provider_type: 'azureAd', issuer, dcr_config: client })
  await make(providers, { name: 'curity', provider_type: 'curity', issuer, dcr_config: client })
  await make(providers, { name: 'okta', display_name: 'Okta', provider_type: 'okta', issuer, dcr_config: { dcr_token: 'hidden-token' } })
  const http = await make(providers, { name: 'http', provider_type: 'http', issuer, dcr_config: { dcr_base_url: 'https://dcr.example', api_key: 'hidden_key_of_it' } })
  await make(providers, { name: 'kong', provider_type: 'kongIdentity', issuer })
  expect((await show(`${providers}/${auth0}`))['dcr_config']).toEqual({ initial_client_id: 'id', initial_client_audience: null, use_developer_managed_scopes: false })
  const changed = await call('PATCH', `${providers}/${http}`, { display_name: 'H', dcr_config: { disable_event_hooks: true } })
  expect(changed.body).toMatchObject({ display_name: 'H', dcr_config: { dcr_base_url: 'https://dcr.example', disable_event_hooks: true } })
  expect(JSON.stringify([await show(providers), await show(`${providers}?page[number]=2`), await show(`${providers}?page[number]=3`), changed])).not.toContain('hidden')
  expect((await show(`${providers}?filter[name][eq]=okta`))['data']).toMatchObject([{ name: 'okta', display_name: 'Okta', dcr_config: {} }])
  expect(await total(`${providers}?filter[provider_type]=http`)).toBe(1)
  expect((await call('PATCH', `${providers}/${auth0}`, { labels: { a: null } })).body['labels']).toEqual({})

  const oidc = { name: 'oidc', display_name: 'OIDC', strategy_type: 'openid_connect', configs: { 'openid-connect': { issuer, credential_claim: ['sub'], scopes: ['openid'], auth_methods: ['bearer'] } } }
  const strategy = `/v2/application-auth-strategies/${await make('/v2/application-auth-strategies', { ...oidc, dcr_provider_id: auth0 })}`
  expect(await show(strategy)).toMatchObject({ dcr_provider: { id: auth0, name: 'auth0', display_name: 'auth0', provider_type: 'auth0' } })
  expect(await show(strategy)).not.toHaveProperty('dcr_provider_id')
  expect(await show(`${providers}/${auth0}`)).toMatchObject({ active: true })
  expect((await call('PATCH', strategy, { configs: { 'openid-connect': { scopes: [] } } })).body['configs']).toEqual({ 'openid-connect': { ...oidc.configs['openid-connect'], scopes: [] } })
  const key = `/v2/application-auth-strategies/${await make('/v2/application-auth-strategies', { name: 'key', display_name: 'Key', strategy_type: 'key_auth', configs: { 'key-auth': {} } })}`
  expectRefused([
    [409, await call('DELETE', `${providers}/${auth0}`)],
    [409, await call('POST', providers, { name: 'okta', provider_type: 'okta', issuer, dcr_config: { dcr_token: 'x' } })],
    [400, await call('POST', providers, { name: 'x', provider_type: 'okta', issuer, dcr_config: {} })],
    [400, await call('POST', providers, { name: 'x', provider_type: 'http', issuer, dcr_config: { dcr_base_url: 'https://dcr.example', api_key: 'short' } })],
    [400, await call('POST', providers, { name: 'x', provider_type: 'other', issuer, dcr_config: {} })],
    [400, await call('PATCH', `${providers}/${auth0}`, { provider_type: 'okta' })],
    [400, await call('PATCH', `${providers}/${auth0}`, { dcr_config: { dcr_token: 'x' } })],
    [400, await call('POST', '/v2/application-auth-strategies', { ...oidc, name: 'other', dcr_provider_id: crypto.randomUUID() })],
    [400, await call('PATCH', key, { dcr_provider_id: auth0 })],
    [400, await call('PATCH', key, { configs: { 'openid-connect': { scopes: [] } } })],
  ])
  await call('PATCH', strategy, { dcr_provider_id: null })
  expect(await show(strategy)).toMatchObject({ dcr_provider: null })
  expect((await call('DELETE', `${providers}/${auth0}`)).status).toBe(204)
})
