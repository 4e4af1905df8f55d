import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectRefused, openStory, type Story } from './openapi-judge.ts'

const PNG = 'data:image/png;base64,AAAA'

let story: Story
let portal: string
const call: Story['call'] = (...request) => story.call(...request)
const make: Story['make'] = (...request) => story.make(...request)
const show = async (path: string): Promise<Record<string, unknown>> => (await call('GET', path)).body
beforeEach(async () => {
  story = openStory()
  portal = `/v3/portals/${await make('/v3/portals', { name: 'p', default_page_visibility: 'public' })}`
})
afterEach(() => expect(story.judge.faults).toEqual([]))

/** The names in a list that has pages, all of them. */
async function listed(path: string, field = 'name'): Promise<unknown[]> {
  const names: unknown[] = []
  for (let number = 1; ; number++) {
    const { data, meta } = (await call('GET', `${path}?page[size]=100&page[number]=${number}`)).body as { data: Record<string, unknown>[]; meta: { page: { total: number; size: number } } }
    expect(meta.page.size).toBe(2)
    names.push(...data.map((each) => each[field]))
    if (number * 2 >= meta.page.total) return names
  }
}

describe('what a portal has once', () => {
  it('customization: a PATCH merges, a PUT resets what it leaves out', async () => {
    const path = `${portal}/customization`
    const initial = await show(path)
    await call('PATCH', path, { theme: { colors: { primary: '#112233' } }, css: 'a {}', menu: { main: [{ path: '/a', title: 'A', visibility: 'public', external: false }] } })
    const patched = await show(path)
    expect(patched).toEqual({
      ...initial,
      theme: { ...(initial['theme'] as object), colors: { primary: '#112233' } },
      css: 'a {}',
      menu: { ...(initial['menu'] as object), main: [{ path: '/a', title: 'A', visibility: 'public', external: false }] },
    })
    await call('PATCH', path, { menu: { main: [] }, css: null })
    expect(await show(path)).toEqual({ ...patched, css: null, menu: initial['menu'] })
    await call('PUT', path, { layout: 'sidebar', menu: { footer_sections: [{ title: 'S', items: [] }] }, robots: 'User-agent: *' })
    expect(await show(path)).toMatchObject({ layout: 'sidebar', css: null, theme: initial['theme'], robots: 'User-agent: *' })
    await call('PUT', path, {})
    expect(await show(path)).toEqual(initial)
    expectRefused([
      [400, await call('PUT', path, { theme: { colors: { primary: 'red' } } })],
      [400, await call('PATCH', path, { menu: { main: [{ path: '/a', title: 'A' }] } })],
      [400, await call('PATCH', path, { layuot: 'x' })],
      [404, await call('GET', `/v3/portals/${crypto.randomUUID()}/customization`)],
      [404, await call('POST', path, {})],
      [404, await call('DELETE', path)],
    ])
  })

  it('authentication settings: sent flat, shown in an object, the secret never', async () => {
    const path = `${portal}/authentication-settings`
    const initial = await show(path)
    expect(initial).not.toHaveProperty('oidc_config')
    const changed = await call('PATCH', path, { konnect_mapping_enabled: true, oidc_issuer: 'https://a.example', oidc_client_id: 'x', oidc_client_secret: 'hidden', oidc_scopes: ['email'] })
    expect(changed.body).toEqual({ ...initial, konnect_mapping_enabled: true, oidc_config: { issuer: 'https://a.example', client_id: 'x', scopes: ['email'], claim_mappings: { name: 'name', email: 'email', groups: 'groups' } } })
    await call('PATCH', path, { oidc_claim_mappings: { groups: 'g' } })
    expect(await show(path)).toMatchObject({ konnect_mapping_enabled: true, oidc_config: { scopes: ['email'], claim_mappings: { name: 'name', groups: 'g' } } })
    expectRefused([
      [400, await call('PATCH', path, { basic_auth_enabled: 'yes' })],
      [405, await call('PUT', path, {})],
    ])
  })

  it('integrations: an update names a part, and what comes out is whole', async () => {
    const path = `${portal}/integrations`
    expect(await show(path)).toEqual({})
    const analytics = { enabled: true, type: 'analytics', config_data: { id: 'G-12345' } }
    await call('PUT', path, { google_analytics_4: analytics, google_tag_manager: { enabled: true, type: 'tracking', config_data: { id: 'GTM-12345', debug: true } } })
    await call('PATCH', path, { google_tag_manager: { enabled: false, config_data: { l: 'layer' } } })
    expect(await show(path)).toEqual({ google_analytics_4: analytics, google_tag_manager: { enabled: false, type: 'tracking', config_data: { id: 'GTM-12345', debug: true, l: 'layer' } } })
    await call('PATCH', path, { google_tag_manager: null })
    expect(await show(path)).toEqual({ google_analytics_4: analytics, google_tag_manager: null })
    expectRefused([
      [400, await call('PATCH', path, { equal_web: { enabled: true } })],
      [400, await call('PUT', path, { google_analytics_4: { enabled: true } })],
      [400, await call('PUT', path, { google_analytics_4: { ...analytics, config_data: { id: 'UA-1' } } })],
    ])
    await call('PUT', path, {})
    expect(await show(path)).toEqual({})
  })

  it.each(['logo', 'favicon'])('%s: one picture as a data URL', async (name) => {
    const path = `${portal}/assets/${name}`
    const initial = await show(path)
    expect(await call('PUT', path, { data: PNG })).toEqual({ status: 200, body: { data: PNG } })
    expect(await show(path)).toEqual({ data: PNG })
    expectRefused([
      [400, await call('PUT', path, { data: 'data:text/plain;base64,AAAA' })],
      [400, await call('PUT', path, { data: 'AAAA' })],
      [400, await call('PUT', path, {})],
      [405, await call('PATCH', path, { data: PNG })],
    ])
    await call('PUT', path, null)
    expect(await show(path)).toEqual(initial)
  })
})

describe('pages', () => {
  it('are a tree: a list shows it at once, without content', async () => {
    const pages = `${portal}/pages`
    const home = await make(pages, { slug: '/', content: '# Home\n' })
    const guide = await make(pages, { slug: 'guide', title: 'Guide', content: 'x', parent_page_id: home, status: 'published', description: 'd', visibility: 'private' })
    const deep = await make(pages, { slug: 'guide', content: 'y', parent_page_id: guide })
    expect(await show(`${pages}/${home}`)).toMatchObject({ title: 'Home', visibility: 'public', status: 'unpublished', parent_page_id: null, content: '# Home\n' })
    const { data } = (await show(pages)) as unknown as { data: { children: { children: object[] }[] }[] }
    expect(data).toMatchObject([{ id: home, children: [{ id: guide, children: [{ id: deep, children: [] }] }] }])
    expect(JSON.stringify(data)).not.toContain('"content"')
    expect(await show(`${pages}?filter[slug][eq]=guide`)).toMatchObject({ data: [{ id: guide, children: [{ id: deep }] }] })
    expect((await call('PATCH', `${pages}/${deep}`, { parent_page_id: null, content: 'z', description: 'new' })).body).toMatchObject({ content: 'z', parent_page_id: null, description: 'new' })
    expectRefused([
      [409, await call('POST', pages, { slug: '/', content: '' })],
      [409, await call('PATCH', `${pages}/${deep}`, { slug: '/' })],
      [400, await call('POST', pages, { slug: 'x' })],
      [400, await call('POST', pages, { slug: 'x', content: '', parent_page_id: crypto.randomUUID() })],
      [400, await call('PATCH', `${pages}/${home}`, { parent_page_id: guide })],
      [400, await call('PATCH', `${pages}/${home}`, { parent_page_id: home })],
      [400, await call('PATCH', `${pages}/${home}`, { description: null })],
      [404, await call('GET', `${portal.slice(0, -36)}${await make('/v3/portals', { name: 'other' })}/pages/${home}`)],
    ])
    expect((await call('DELETE', `${pages}/${home}`)).status).toBe(204)
    expect(await show(pages)).toMatchObject({ data: [{ id: deep }] })
    expect(story.app.objects()['page']).toHaveLength(1)
  })

  it('of another portal are no parents', async () => {
    const other = `/v3/portals/${await make('/v3/portals', { name: 'other' })}/pages`
    const home = await make(other, { slug: '/', content: '' })
    expectRefused([[400, await call('POST', `${portal}/pages`, { slug: 'a', content: '', parent_page_id: home })]])
  })
})

it('snippets have pages and names of their own; a list leaves the content out', async () => {
  const snippets = `${portal}/snippets`
  const [first] = [await make(snippets, { name: 'a', content: 'A', description: 'd' }), await make(snippets, { name: 'b', content: 'B', title: 'T' }), await make(snippets, { name: 'c', content: 'C' })]
  expect(await listed(snippets)).toEqual(['a', 'b', 'c'])
  expect(await listed(snippets, 'content')).toEqual([undefined, undefined, undefined])
  expect((await show(`${snippets}?filter[name][eq]=b`))['data']).toMatchObject([{ name: 'b', title: 'T', visibility: 'public' }])
  expect((await show(`${snippets}?filter[name][oeq]=a,c`))['data']).toMatchObject([{ name: 'a' }, { name: 'c' }])
  expect((await call('PATCH', `${snippets}/${first}`, { content: 'Z', status: 'published' })).body).toMatchObject({ name: 'a', title: 'a', content: 'Z', status: 'published' })
  expectRefused([
    [409, await call('POST', snippets, { name: 'a', content: '' })],
    [409, await call('PATCH', `${snippets}/${first}`, { name: 'b' })],
    [400, await call('POST', snippets, { name: 'd' })],
  ])
  await make(`/v3/portals/${await make('/v3/portals', { name: 'other' })}/snippets`, { name: 'a', content: '' })
  expect((await call('DELETE', `${snippets}/${first}`)).status).toBe(204)
  expect(await listed(snippets)).toEqual(['b', 'c'])
})

describe('teams', () => {
  it('have names of their own and roles that cannot be changed', async () => {
    const teams = `${portal}/teams`
    const api = await make('/v3/apis', { name: 'A' })
    const team = await make(teams, { name: 'red' })
    expect(await show(`${teams}/${team}`)).toMatchObject({ name: 'red', description: 'red', can_own_applications: false })
    for (const name of ['green', 'blue']) await make(teams, { name, description: 'x' })
    expect(await listed(teams)).toEqual(['red', 'green', 'blue'])
    expect((await show(`${teams}?filter[name][eq]=blue`))['data']).toMatchObject([{ name: 'blue' }])
    await call('PATCH', `${teams}/${team}`, { description: 'y', can_own_applications: true })
    expect(await show(`${teams}/${team}`)).toMatchObject({ description: 'y', can_own_applications: true })
    const roles = `${teams}/${team}/assigned-roles`
    const role = { role_name: 'API Viewer', entity_id: api, entity_type_name: 'APIs', entity_region: 'eu' }
    const first = await make(roles, role)
    for (const entity_region of ['us', '*']) await make(roles, { ...role, entity_region })
    expect(await listed(roles, 'entity_region')).toEqual(['eu', 'us', '*'])
    expect((await show(roles))['data']).toContainEqual({ id: first, ...role })
    expectRefused([
      [409, await call('POST', roles, role)],
      [400, await call('POST', roles, { ...role, entity_id: crypto.randomUUID() })],
      [400, await call('POST', roles, { ...role, entity_region: 'moon' })],
      [400, await call('POST', roles, { role_name: 'API Viewer' })],
      [409, await call('POST', teams, { name: 'red' })],
      [409, await call('PATCH', `${teams}/${team}`, { name: 'blue' })],
      [400, await call('POST', teams, { name: 'x', description: '' })],
      [404, await call('DELETE', `${roles}/${crypto.randomUUID()}`)],
      [404, await call('GET', `${roles}/${first}`)],
      [405, await call('PATCH', `${roles}/${first}`, role)],
    ])
    expect((await call('DELETE', `${roles}/${first}`)).status).toBe(204)
    expect(await listed(roles, 'entity_region')).toEqual(['us', '*'])
    const elsewhere = `/v3/portals/${await make('/v3/portals', { name: 'other' })}/teams/${team}`
    expectRefused([[404, await call('GET', elsewhere)], [404, await call('GET', `${elsewhere}/assigned-roles`)], [404, await call('POST', `${elsewhere}/assigned-roles`, role)]])
    expect((await call('DELETE', `${teams}/${team}`)).status).toBe(204)
    expect(story.app.objects()['portal_team_role']).toEqual([])
  })
})

it('a portal takes along all that lives in it', async () => {
  const api = await make('/v3/apis', { name: 'A' })
  const team = await make(`${portal}/teams`, { name: 'red' })
  await make(`${portal}/teams/${team}/assigned-roles`, { role_name: 'API Viewer', entity_id: api, entity_type_name: 'APIs', entity_region: 'eu' })
  const home = await make(`${portal}/pages`, { slug: '/', content: '' })
  await make(`${portal}/pages`, { slug: 'a', content: '', parent_page_id: home })
  await make(`${portal}/snippets`, { name: 'a', content: '' })
  await call('PATCH', `${portal}/customization`, { css: 'a {}' })
  await call('PATCH', `${portal}/authentication-settings`, { basic_auth_enabled: false })
  await call('PUT', `${portal}/integrations`, {})
  for (const name of ['logo', 'favicon']) await call('PUT', `${portal}/assets/${name}`, { data: PNG })
  expect((await call('DELETE', portal)).status).toBe(204)
  const left = Object.entries(story.app.objects()).filter(([, rows]) => rows.length > 0)
  expect(left.map(([kind]) => kind)).toEqual(['api'])
  for (const path of ['customization', 'authentication-settings', 'integrations', 'assets/logo', 'pages', 'snippets', 'teams']) expect((await call('GET', `${portal}/${path}`)).status).toBe(404)
})
