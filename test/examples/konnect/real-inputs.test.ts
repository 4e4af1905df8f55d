import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasShared, inputs, setUpBench, type Bench } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await setUpBench()))
afterEach(() => bench.close())

/** Syncs a file or folder, and sees that a second plan has nothing to do and writes nothing. */
async function syncTwice(path: string): Promise<void> {
  const first = await bench.run('sync', '-f', path, '--auto-approve')
  expect(first.err).toBe('')
  expect(first.code).toBe(0)
  bench.writes()
  const before = bench.stateBytes()
  const second = await bench.run('plan', '-f', path, '--mode', 'sync')
  expect(second.out).toContain('Nothing to do')
  expect(second.code).toBe(0)
  expect(bench.writes()).toEqual([])
  expect(bench.stateBytes()).toBe(before)
}

function copy(name: string): string {
  const target = join(bench.folder, 'input')
  cpSync(join(inputs, name), target, { recursive: true })
  return target
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(from)
  writeFileSync(file, text.replace(from, to))
}

describe.skipIf(!hasShared)('the comprehensive example', () => {
  it('is made with every field', async () => {
    await syncTwice(join(inputs, 'comprehensive/main.yaml'))
    const { portal, strategy, api, version, document, publication } = bench.server.objects()
    const text = (name: string): string => readFileSync(join(inputs, 'comprehensive', name), 'utf8')
    const labels = { 'KONGCTL-namespace': 'default' }
    expect(portal).toMatchObject([
      { name: 'securebank-developer-portal', display_name: 'SecureBank Developer Portal', description: 'Official developer portal for SecureBank API integration', authentication_enabled: true, rbac_enabled: true, auto_approve_developers: true, auto_approve_applications: false, labels: { industry: 'financial-services', compliance: 'pci-dss', environment: 'production', team: 'platform-engineering', ...labels } },
    ])
    expect(strategy?.map(({ name, display_name, strategy_type, configs, labels: own }) => ({ name, display_name, strategy_type, configs, labels: own }))).toEqual(
      expect.arrayContaining([
        { name: 'securebank-oauth2', display_name: 'OAuth 2.0 Authentication', strategy_type: 'openid_connect', labels: { auth_type: 'oauth2', use_case: 'p2b', ...labels }, configs: { 'openid-connect': { issuer: 'https://auth.securebank.com/', credential_claim: [], scopes: ['openid', 'profile', 'email', 'read', 'write'], auth_methods: ['client_credentials', 'authorization_code', 'refresh_token'] } } },
        { name: 'securebank-api-key', display_name: 'API Key Authentication', strategy_type: 'key_auth', labels: { auth_type: 'api-key', use_case: 'b2b', ...labels }, configs: { 'key-auth': { key_names: ['X-API-Key', 'Api-Key'] } } },
      ]),
    )
    expect(api).toMatchObject([{ name: 'SecureBank API', version: '2.0.0', description: 'Secure banking API for account management, transactions, and financial services', labels: { team: 'platform-api-foo', product: 'core-banking', criticality: 'high', license: 'Commercial', ...labels } }])
    expect(version).toMatchObject([{ version: '1.0.0', spec: { content: text('specs/openapi-v1.yaml') }, api_id: api?.[0]?.['id'] }])
    const oauth = strategy?.find(({ name }) => name === 'securebank-oauth2')
    expect(publication).toMatchObject([{ api_id: api?.[0]?.['id'], portal_id: portal?.[0]?.['id'], visibility: 'public', auth_strategy_ids: [oauth?.['id']], auto_approve_registrations: false }])
    const byTitle = new Map(document?.map((each) => [each['slug'], each]))
    expect([...byTitle.keys()].sort()).toEqual(['authentication', 'changelog', 'migration-v1-v2', 'quickstart', 'rate-limits'])
    for (const [slug, file] of [['authentication', 'docs/authentication.md'], ['rate-limits', 'docs/rate-limits.md'], ['migration-v1-v2', 'docs/migration-v1-v2.md']] as const)
      expect(byTitle.get(slug)).toMatchObject({ status: 'published', content: text(file) })
    expect(byTitle.get('migration-v1-v2')).toMatchObject({ title: 'Migration Guide: v1 to v2' })
  })

  it('changes what was edited and nothing else; a removed document goes with sync and stays with apply', async () => {
    const folder = copy('comprehensive')
    const main = join(folder, 'main.yaml')
    await syncTwice(main)
    edit(main, 'criticality: high', 'criticality: low')
    edit(main, 'title: Quick Start Guide', 'title: Quick Start')
    bench.writes()
    expect((await bench.run('sync', '-f', main, '--auto-approve')).code).toBe(0)
    const { api, document } = bench.server.objects()
    const quickstart = document?.find(({ slug }) => slug === 'quickstart')
    expect(bench.writes().sort()).toEqual([`PATCH /v3/apis/${api?.[0]?.['id']}`, `PATCH /v3/apis/${api?.[0]?.['id']}/documents/${quickstart?.['id']}`].sort())
    expect(api?.[0]?.['labels']).toMatchObject({ criticality: 'low', team: 'platform-api-foo' })

    const text = readFileSync(main, 'utf8')
    writeFileSync(main, text.slice(0, text.indexOf('      - ref: quickstart')))
    expect((await bench.run('apply', '-f', main, '--auto-approve')).code).toBe(0)
    expect(bench.server.objects()['document']).toHaveLength(5)
    bench.writes()
    expect((await bench.run('sync', '-f', main, '--auto-approve')).code).toBe(0)
    expect(bench.writes()).toEqual([`DELETE /v3/apis/${api?.[0]?.['id']}/documents/${quickstart?.['id']}`])
    expect(bench.server.objects()['document']?.map(({ slug }) => slug)).not.toContain('quickstart')
  })
})

describe.skipIf(!hasShared)('namespaces and protection', () => {
  it('two teams sync one after the other, and neither touches the other', async () => {
    await syncTwice(join(inputs, 'namespace/team-alpha.yaml'))
    const alpha = bench.server.objects()
    await syncTwice(join(inputs, 'namespace/team-beta.yaml'))
    const both = bench.server.objects()
    expect(both['api']?.slice(0, 2)).toEqual(alpha['api'])
    expect(both['api']?.map((each) => (each['labels'] as Record<string, string>)['KONGCTL-namespace'])).toEqual(['team-alpha', 'team-alpha', 'team-beta', 'team-beta'])
    await syncTwice(join(inputs, 'namespace/team-alpha.yaml'))
    expect(bench.server.objects()).toEqual(both)
    const empty = join(bench.folder, 'empty.yaml')
    writeFileSync(empty, '_defaults: {kongctl: {namespace: team-beta}}\napis: []\n')
    expect((await bench.run('sync', '-f', empty, '--auto-approve')).code).toBe(1)
    expect((await bench.run('sync', '-f', empty, '--auto-approve', '--allow-empty')).code).toBe(0)
    expect(bench.server.objects()['api']).toEqual(alpha['api'])
  })

  it('a protected API is blocked, unprotected, changed, in that order', async () => {
    const folder = copy('protected')
    const file = join(folder, 'protected.yaml')
    await syncTwice(folder)
    const customer = (): Record<string, unknown> | undefined => bench.server.objects()['api']?.find(({ name }) => name === 'Customer API')
    expect(customer()?.['labels']).toEqual({ 'KONGCTL-namespace': 'default', 'KONGCTL-protected': 'true' })

    edit(file, 'Production API for customer data and operations', 'Changed')
    bench.writes()
    const blocked = await bench.run('sync', '-f', folder, '--auto-approve')
    expect(blocked.out).toContain('blocked, protected: it is protected; declare protected: false and apply that first')
    expect(bench.writes()).toEqual([])

    edit(file, '    # Inherits protected: true from defaults', '    kongctl: {protected: false}')
    const lifted = await bench.run('sync', '-f', folder, '--auto-approve')
    expect(lifted.out).toContain('lifts protection')
    expect(customer()).toMatchObject({ description: 'Production API for customer data and operations', labels: { 'KONGCTL-namespace': 'default' } })
    expect(customer()?.['labels']).not.toHaveProperty('KONGCTL-protected')

    expect((await bench.run('sync', '-f', folder, '--auto-approve')).code).toBe(0)
    expect(customer()).toMatchObject({ description: 'Changed' })
    expect((await bench.run('plan', '-f', folder, '--mode', 'sync')).out).toContain('Nothing to do')
  })

  it.each(['basic/api.yaml', 'basic/portal.yaml', 'basic/app_auth_strategy.yaml'])('%s is made, and then there is nothing to do', async (file) => {
    await syncTwice(join(inputs, file))
    expect(Object.values(bench.server.objects()).flat()).toHaveLength(1)
  })
})
