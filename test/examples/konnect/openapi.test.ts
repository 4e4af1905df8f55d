import { describe, expect, it } from 'vitest'
import { expectRefused, hasOpenApi, openStory } from './openapi-judge.ts'

describe.skipIf(!hasOpenApi)("the local server and the vendor's document", () => {
  it('agree on every request and reply of a whole story', async () => {
    const { judge, call, make } = openStory()
    const key = await make('/v2/application-auth-strategies', { name: 'key', display_name: 'Key', strategy_type: 'key_auth', configs: { 'key-auth': { key_names: ['X'] } }, labels: { team: 'a' } })
    const oidc = await make('/v2/application-auth-strategies', { name: 'oidc', display_name: 'OIDC', strategy_type: 'openid_connect', configs: { 'openid-connect': { issuer: 'https://a.example/', credential_claim: [], scopes: ['openid'], auth_methods: ['bearer'] } } })
    const portal = await make('/v3/portals', { name: 'p', display_name: 'P', description: 'x', labels: { team: 'a', 'KONGCTL-namespace': 'default' }, default_application_auth_strategy_id: key })
    const api = await make('/v3/apis', { name: 'A', version: '1', description: 'x', labels: { team: 'a' }, attributes: { domains: ['x'] } })
    for (const name of ['B', 'C', 'D']) await make('/v3/apis', { name })
    const version = await make(`/v3/apis/${api}/versions`, { version: '1', spec: { content: 'openapi: 3.0.0' } })
    const document = await make(`/v3/apis/${api}/documents`, { content: '# Title', title: 'T', slug: 't', status: 'published' })
    const child = await make(`/v3/apis/${api}/documents`, { content: 'x', title: 'U', parent_document_id: document })
    const publication = `/v3/apis/${api}/publications/${portal}`
    await call('PUT', publication, { visibility: 'public', auth_strategy_ids: [oidc], auto_approve_registrations: true })
    for (const path of ['/v3/portals', '/v3/apis', '/v3/apis?page[size]=100&page[number]=2', '/v3/apis?filter[name][eq]=A', `/v3/apis/${api}/versions`, `/v3/apis/${api}/documents`, '/v3/api-publications', `/v3/api-publications?filter[api_id][eq]=${api}`, '/v2/application-auth-strategies', `/v3/portals/${portal}`, `/v3/apis/${api}`, `/v3/apis/${api}/versions/${version}`, `/v3/apis/${api}/documents/${child}`, publication, `/v2/application-auth-strategies/${key}`, `/v2/application-auth-strategies/${oidc}`])
      expect((await call('GET', path)).status).toBe(200)
    await call('PATCH', `/v3/portals/${portal}`, { display_name: 'Q', description: null, labels: { team: null, more: 'b' } })
    await call('PATCH', `/v3/apis/${api}`, { description: 'y', labels: { team: null } })
    await call('PATCH', `/v3/apis/${api}/versions/${version}`, { spec: { content: 'openapi: 3.1.0' } })
    await call('PATCH', `/v3/apis/${api}/documents/${child}`, { parent_document_id: null, content: 'y' })
    await call('PATCH', `/v2/application-auth-strategies/${key}`, { configs: { 'key-auth': { key_names: ['Y'] } } })
    expect((await call('GET', `/v3/apis/${api}`)).body['labels']).toEqual({})

    const refused = [
      [401, await call('GET', '/v3/apis', undefined, 'wrong')],
      [404, await call('GET', `/v3/apis/${crypto.randomUUID()}`)],
      [409, await call('DELETE', `/v2/application-auth-strategies/${oidc}`)],
      [409, await call('POST', '/v3/apis', { name: 'A', version: '1' })],
      [400, await call('POST', '/v3/apis', {})],
      [400, await call('POST', '/v3/apis', { name: 'E', nmae: 'x' })],
      [400, await call('POST', '/v3/apis', { name: 'E', labels: { kong: 'x' } })],
      [400, await call('POST', '/v3/apis', { name: 'E', labels: { a: 'not a label!' } })],
      [400, await call('POST', '/v3/portals', { name: 'E', rbac_enabled: 'yes' })],
      [400, await call('PATCH', `/v2/application-auth-strategies/${key}`, { strategy_type: 'openid_connect' })],
      [400, await call('POST', '/v2/application-auth-strategies', { name: 'x', display_name: 'X', strategy_type: 'key_auth', configs: { 'openid-connect': {} } })],
      [400, await call('PUT', publication, { auth_strategy_ids: [key, oidc] })],
    ] as const
    expectRefused(refused)
    await call('PUT', publication, {})
    expect((await call('GET', publication)).body).toMatchObject({ auth_strategy_ids: null, visibility: 'private' })
    expect((await call('DELETE', `/v3/portals/${portal}`)).status).toBe(409)
    for (const path of [`/v3/apis/${api}/documents/${document}`, publication, `/v3/apis/${api}`, `/v3/portals/${portal}`, `/v2/application-auth-strategies/${oidc}`]) expect((await call('DELETE', path)).status).toBe(204)

    expect(judge.faults).toEqual([])
    expect(judge.checked).toBeGreaterThan(40)
  })
})
