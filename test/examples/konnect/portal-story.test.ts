import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { setUpBench, type Bench } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await setUpBench()))
afterEach(() => bench.close())

/** A 1 × 1 PNG. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

const story = ({ page = 'Welcome', role = 'API Viewer', strategy = 'key', extra = '' } = {}): string => `
control_planes:
  - { ref: cp, name: gateways, cluster_type: CLUSTER_TYPE_CONTROL_PLANE, labels: { region: eu } }
catalog_services:
  - { ref: billing-service, name: billing, display_name: Billing }
organization:
  teams:
    - { ref: owners, name: Owners, description: They own it }
dcr_providers:
  - ref: dcr
    name: dcr
    provider_type: auth0
    issuer: https://issuer.example/
    dcr_config: { initial_client_id: abc, initial_client_secret: !env DCR_SECRET }
application_auth_strategies:
  - { ref: key, name: key, display_name: Key, strategy_type: key_auth, configs: { key_auth: { key_names: [apikey] } } }
  - { ref: oidc, name: oidc, display_name: OIDC, strategy_type: openid_connect, dcr_provider_id: dcr, configs: { openid_connect: { issuer: "https://issuer.example/", scopes: [openid] } } }
portals:
  - ref: dev
    name: dev
    display_name: Developers
    default_application_auth_strategy_id: ${strategy}
    assets: { logo: !file logo.png, favicon: !file logo.png }
    customization:
      theme: { mode: dark, colors: { primary: "#0055A4" } }
      menu: { main: [{ path: /docs, title: Docs, visibility: public, external: false }] }
    auth_settings: { basic_auth_enabled: true, konnect_mapping_enabled: false }
    integrations:
      google_analytics_4: { enabled: true, type: analytics, config_data: { id: G-12345 } }
    pages:
      - ref: welcome
        slug: welcome
        title: ${page}
        content: "# ${page}"
        status: published
        children:
          - { ref: start, slug: start, content: "# Start", children: [{ ref: deep, slug: deep, content: "# Deep" }] }
      - { ref: legal, slug: legal, content: "# Legal" }
    snippets:
      - { ref: hello, name: hello, content: Hello, visibility: public }
    teams:
      - ref: readers
        name: Readers
        description: They read
        roles:
          - { ref: may-view, role_name: ${role}, entity_id: billing, entity_type_name: APIs, entity_region: eu }
          - { ref: may-consume, role_name: API Consumer, entity_id: shipping, entity_type_name: APIs, entity_region: eu }
      - { ref: writers, name: Writers }
apis:
  - ref: billing
    name: Billing
    versions: [{ ref: billing-1, version: "1", spec: { content: "openapi: 3.0.0" } }]
    implementations: [{ ref: billing-runs, control_plane: { control_plane_id: cp } }]
    publications: [{ ref: billing-shown, portal_id: dev, visibility: public, auth_strategy_ids: [${strategy}] }]
  - ref: shipping
    name: Shipping
    documents: [{ ref: shipping-guide, slug: guide, title: Guide, content: "# Guide" }]
    publications: [{ ref: shipping-shown, portal_id: dev, auth_strategy_ids: [${strategy}] }]
${extra}`

const EMPTY = `
control_planes: []
catalog_services: []
organization: { teams: [] }
dcr_providers: []
application_auth_strategies: []
portals: []
apis: []
`

/** How many there are of each kind. */
function count(): Record<string, number> {
  return Object.fromEntries(Object.entries(bench.server.objects()).map(([kind, rows]) => [kind, rows.length]).filter(([, number]) => number !== 0))
}

async function run(command: string, text: string): Promise<{ readonly code: number; readonly out: string; readonly err: string; readonly writes: readonly string[] }> {
  const file = join(bench.folder, 'story.yaml')
  writeFileSync(file, text)
  writeFileSync(join(bench.folder, 'logo.png'), PNG)
  bench.writes()
  const outcome = await bench.runWith({ DCR_SECRET: 'very-secret-secret' }, ...command.split(' '), '-f', file)
  return { ...outcome, writes: bench.writes() }
}

it('a portal with all that it can hold is made, edited and emptied in an order that the server accepts', async () => {
  const made = await run('sync --auto-approve', story())
  expect(`${made.code}\n${made.out}${made.err}`).toMatch(/^0\n/)
  const whole = { control_plane: 1, catalog_service: 1, team: expect.any(Number) as number, dcr_provider: 1, strategy: 2, portal: 1, customization: 1, auth_settings: 1, integrations: 1, logo: 1, favicon: 1, page: 4, snippet: 1, portal_team: 2, portal_team_role: 2, api: 2, version: 1, document: 1, publication: 2, implementation: 1 }
  expect(count()).toMatchObject(whole)
  const [page] = bench.server.objects()['page']?.filter(({ slug }) => slug === 'deep') ?? []
  expect(bench.server.objects()['page']?.find(({ id }) => id === page?.['parent_page_id'])).toMatchObject({ slug: 'start' })
  expect(made.out + made.err).not.toContain('very-secret-secret')
  expect(bench.stateBytes()).not.toContain('very-secret-secret')

  const again = await run('plan --mode sync', story())
  expect([again.code, again.writes]).toEqual([0, []])

  // A page, a role, and the strategy that both publications and the portal use.
  const edited = await run('sync --auto-approve', story({ page: 'Hello', role: 'API Publisher', strategy: 'oidc' }).replace(/  - \{ ref: key, name: key.*\n/, ''))
  expect(`${edited.code}\n${edited.out}${edited.err}`).toMatch(/^0\n/)
  expect(edited.writes.map((write) => write.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')).sort()).toEqual([
    'DELETE /v2/application-auth-strategies/…',
    'DELETE /v3/portals/…/teams/…/assigned-roles/…',
    'PATCH /v3/portals/…',
    'PATCH /v3/portals/…/pages/…',
    'POST /v3/portals/…/teams/…/assigned-roles',
    'PUT /v3/apis/…/publications/…',
    'PUT /v3/apis/…/publications/…',
  ])
  expect(edited.writes.at(-1)).toMatch(/^DELETE \/v2\/application-auth-strategies/)
  expect(count()).toMatchObject({ ...whole, strategy: 1 })
  expect(bench.server.objects()['portal_team_role']?.map(({ role_name }) => role_name).sort()).toEqual(['API Consumer', 'API Publisher'])

  const emptied = await run('sync --auto-approve --allow-empty', EMPTY)
  expect(`${emptied.code}\n${emptied.out}${emptied.err}`).toMatch(/^0\n/)
  const systemTeams = bench.server.objects()['team']?.length
  expect(count()).toEqual(systemTeams === undefined || systemTeams === 0 ? {} : { team: systemTeams })
  expect((await run('plan --mode sync --allow-empty', EMPTY)).code).toBe(0)
})
