import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addressOf, env, ref, validate } from 'convergent'
import { loadKonnect } from '../../../examples/konnect/input/load.ts'
import { konnect } from '../../../examples/konnect/konnect.ts'
import { findFaults, loadText, makeFolder, pick } from './loading.ts'

const DEFAULT_LABELS = { 'KONGCTL-namespace': 'default', 'KONGCTL-protected': null }

describe('an entry becomes a resource', () => {
  it('keeps its fields under the names of the wire, with its place', () => {
    const { desired } = loadText('portals:\n  - ref: quay\n    name: Quay\n    rbac_enabled: true\n    labels: {team: docks}\n')
    expect(desired).toEqual([
      {
        type: 'portal',
        name: 'quay',
        inputs: { name: 'Quay', rbac_enabled: true, labels: { team: 'docks', ...DEFAULT_LABELS } },
        protected: false,
        source: { file: '-', line: 2, column: 5 },
      },
    ])
  })

  it('renames the configurations of a strategy', () => {
    const { desired } = loadText('application_auth_strategies:\n  - {ref: k, name: k, display_name: K, strategy_type: key_auth, configs: {key_auth: {key_names: [X-Key]}}}\n  - {ref: o, name: o, display_name: O, strategy_type: openid_connect, configs: {openid-connect: {issuer: "https://id.example"}}}\n')
    expect(desired.map(({ inputs }) => inputs['configs'])).toEqual([{ 'key-auth': { key_names: ['X-Key'] } }, { 'openid-connect': { issuer: 'https://id.example' } }])
  })

  it('says the parent of what is nested, and of what is flat', () => {
    const { desired } = loadText('apis:\n  - ref: tides\n    name: Tides\n    versions: [{ref: v1, version: "1", spec: text}]\napi_versions:\n  - {ref: v2, api: tides, version: "2", spec: text}\n  - {ref: v3, api_id: !ref tides#id, version: "3", spec: text}\n')
    for (const name of ['v1', 'v2', 'v3']) expect(pick(desired, `api_version/${name}`).inputs['api_id']).toEqual(ref('api/tides'))
    expect(pick(desired, 'api_version/v1')).not.toHaveProperty('protected')
  })

  it('puts documents below documents, nested and flat', () => {
    const { desired } = loadText('apis:\n  - ref: tides\n    name: Tides\n    documents: [{ref: top, content: a, children: [{ref: mid, content: b, children: [{ref: leaf, content: c}]}]}]\napi_documents:\n  - {ref: other, api: tides, content: d, children: [{ref: under, content: e}]}\n')
    const links = desired.filter(({ type }) => type === 'api_document').map(({ name, inputs }) => [name, inputs['api_id'], inputs['parent_document_id']])
    const api = ref('api/tides')
    expect(links).toEqual([
      ['top', api, undefined],
      ['mid', api, ref('api_document/top')],
      ['leaf', api, ref('api_document/mid')],
      ['other', api, undefined],
      ['under', api, ref('api_document/other')],
    ])
  })

  it('refers by plain ref, by !ref, and leaves ids of the backend', () => {
    const id = '7d1c3f52-0c3e-4b39-9d6a-0f8b2b1a9c11'
    const { desired } = loadText(`portals: [{ref: quay, name: Quay}]\napis:\n  - ref: tides\n    name: Tides\n    description: !ref quay#name\n    publications:\n      - {ref: a, portal_id: quay, auth_strategy_ids: [keys, ${id}]}\n      - {ref: b, portal_id: !ref quay}\n      - {ref: c, portal_id: ${id}, auth_strategy_ids: []}\n`)
    const publications = desired.filter(({ type }) => type === 'api_publication').map(({ inputs }) => [inputs['portal_id'], inputs['auth_strategy_ids']])
    expect(publications).toEqual([
      [ref('portal/quay'), [ref('application_auth_strategy/keys'), id]],
      [ref('portal/quay'), undefined],
      [id, []],
    ])
    expect(pick(desired, 'api/tides').inputs['description']).toEqual(ref('portal/quay', 'name'))
  })

  it('takes the ref of the type that a field wants, where two kinds share one', () => {
    const { desired } = loadText('portals: [{ref: tides, name: P}]\napis: [{ref: tides, name: A, publications: [{ref: p, portal_id: !ref tides}]}]\n')
    expect(pick(desired, 'api_publication/p').inputs).toEqual({ portal_id: ref('portal/tides'), api_id: ref('api/tides') })
  })

  it('sends a specification as text: as it is, or as JSON', () => {
    const { desired } = loadText('apis:\n  - ref: tides\n    name: Tides\n    versions:\n      - {ref: a, version: "1", spec: {openapi: 3.1.0, info: {title: T}}}\n      - {ref: b, version: "2", spec: {content: "openapi: 3.1.0"}}\n      - {ref: c, version: "3", spec: {content: {openapi: 3.1.0}}}\n')
    expect(desired.slice(1).map(({ inputs }) => inputs['spec'])).toEqual([{ content: '{"openapi":"3.1.0","info":{"title":"T"}}' }, { content: 'openapi: 3.1.0' }, { content: '{"openapi":"3.1.0"}' }])
  })

  it('leaves the environment to the process that applies, in lists and maps too', () => {
    const { desired } = loadText('portals: [{ref: p, name: !env NAME, labels: {a: !env NAME}}]\napis: [{ref: a, name: A, attributes: {x: [!env NAME]}}]\n', { env: { NAME: 'hidden' } })
    expect(pick(desired, 'portal/p').inputs).toEqual({ name: env('NAME'), labels: { a: env('NAME'), ...DEFAULT_LABELS } })
    expect(pick(desired, 'api/a').inputs['attributes']).toEqual({ x: [env('NAME')] })
    expect(JSON.stringify(desired)).not.toContain('hidden')
  })

  it('follows anchors', () => {
    const { desired } = loadText('portals:\n  - &p {ref: p, name: &n Quay, labels: &l {team: docks}}\napis:\n  - {ref: a, name: *n, labels: *l}\n')
    expect(pick(desired, 'api/a').inputs).toEqual({ name: 'Quay', labels: { team: 'docks', ...DEFAULT_LABELS } })
  })

  it('reads several documents, files and folders', () => {
    const folder = makeFolder({ 'b.yml': 'apis: [{ref: b, name: B}]\n---\napis: [{ref: c, name: C}]\n', 'a.yaml': 'apis: [{ref: a, name: A}]\n', 'notes.txt': 'no input', 'deep/x.yaml': 'nonsense' })
    const { desired } = loadKonnect([folder, '-'], { stdin: 'apis: [{ref: d, name: D}]' })
    expect(desired.map((resource) => `${addressOf(resource)} ${resource.source?.file.replace(folder, '.')}:${resource.source?.line}`)).toEqual(['api/a ./a.yaml:1', 'api/b ./b.yml:1', 'api/c ./b.yml:3', 'api/d -:1'])
  })

  it('declares nothing where nothing stands', () => {
    for (const text of ['', '# only a remark\n', '---\n---\n']) expect(loadText(text)).toMatchObject({ desired: [], scope: { types: [] } })
  })
})

const SHARED = fileURLToPath(new URL('../../../../shared/inputs/konnect/', import.meta.url))
if (!existsSync(SHARED)) console.log('skipped: the sample inputs of Konnect are not here')

describe.skipIf(!existsSync(SHARED))('the sample inputs', () => {
  const load = (...names: readonly string[]) => loadKonnect(names.map((name) => join(SHARED, name)))
  const addresses = (...names: readonly string[]) => load(...names).desired.map(addressOf)

  it('are what the schemas of the provider want', async () => {
    for (const name of ['basic/api.yaml', 'basic/portal.yaml', 'basic/app_auth_strategy.yaml', 'protected/protected.yaml', 'namespace', 'comprehensive/main.yaml'])
      await expect(validate(load(name).desired, konnect({ url: 'http://offline.invalid', token: '' })), name).resolves.toBeUndefined()
  })

  it('basic', () => {
    expect([...addresses('basic/api.yaml'), ...addresses('basic/portal.yaml'), ...addresses('basic/app_auth_strategy.yaml')]).toEqual(['api/simple-api', 'portal/simple-portal', 'application_auth_strategy/simple-auth'])
    expect(findFaults(() => load('basic/ai-gateway.yaml'))).toEqual([expect.stringMatching(/^unsupported 1:1 the kind "ai_gateways" is not supported yet; known are apis, /)])
    expect(findFaults(() => load('basic/api-with-portal-pub.yaml'))).toEqual([expect.stringMatching(/^invalid-file 18:19 !file \.\.\/portal\/assets\/logo\.png: it lies outside of /), expect.stringMatching(/^invalid-file 19:22 /)])
  })

  it('namespace', () => {
    const { desired } = load('namespace')
    const namespaces = desired.filter(({ type }) => type === 'api').map(({ name, inputs }) => [name, (inputs['labels'] as Record<string, string>)['KONGCTL-namespace']])
    expect(namespaces).toEqual([['user-service', 'team-alpha'], ['profile-service', 'team-alpha'], ['payment-service', 'team-beta'], ['billing-service', 'team-beta']])
    expect(desired).toHaveLength(8)
  })

  it('protected', () => {
    expect(load('protected/protected.yaml').desired.map(({ name, protected: isProtected }) => [name, isProtected])).toEqual([['customer-api', true], ['order-api', false], ['test-api', false]])
  })

  it('comprehensive', () => {
    const { desired, scope } = load('comprehensive/main.yaml')
    expect(desired.map(({ type }) => type).join(' ')).toMatch(/^portal application_auth_strategy application_auth_strategy api api_document( api_document)+ api_publication api_version/)
    expect(scope.types).toEqual(expect.arrayContaining(['portal', 'application_auth_strategy', 'api', 'api_version', 'api_publication', 'api_document']))
    expect(pick(desired, 'api_publication/securebank-public-publication').inputs).toEqual({
      api_id: ref('api/securebank-api'),
      portal_id: ref('portal/securebank-portal'),
      visibility: 'public',
      auth_strategy_ids: [ref('application_auth_strategy/securebank-oauth2-strategy')],
      auto_approve_registrations: false,
    })
    expect(pick(desired, 'api_version/securebank-version-v1').inputs['spec']).toEqual({ content: expect.stringContaining('openapi') })
    expect(pick(desired, 'api/securebank-api').inputs['name']).toMatch(/\w/)
  })
})
