import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { createKonnect } from '../../../examples/konnect/server/app.ts'
import { openApiPath } from './bench.ts'

const has = existsSync(openApiPath)
if (!has) console.log(`skipped: the vendor's document is not at ${openApiPath}`)

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
interface Operation {
  readonly requestBody?: Reference & { readonly content?: Content }
  readonly responses: Readonly<Record<string, Reference & { readonly content?: Content }>>
}
type Content = Readonly<Record<string, { readonly schema: unknown }>>
interface Reference {
  readonly $ref?: string
}

/** Checks every request that was accepted, and every reply, with the vendor's own document. */
class Judge {
  readonly faults: string[] = []
  checked = 0
  readonly #document: OpenApi
  readonly #ajv: Ajv2020
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor() {
    this.#document = JSON.parse(readFileSync(openApiPath, 'utf8')) as OpenApi
    this.#ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false })
    ;(formats as unknown as (ajv: Ajv2020) => void)(this.#ajv)
    this.#ajv.addSchema(allowNulls(this.#document) as object, 'konnect')
  }

  judge(method: string, path: string, status: number, sent: unknown, reply: unknown): void {
    const template = Object.keys(this.#document.paths).find((each) => new RegExp(`^${each.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path)) as string
    const place = ['paths', template, method.toLowerCase()]
    const operation = this.#document.paths[template]?.[method.toLowerCase()]
    if (operation === undefined) return void this.faults.push(`${method} ${path} is not in the document`)
    if (sent !== undefined && status < 300) this.#check(`${method} ${path} request`, [...place, 'requestBody'], operation.requestBody, sent)
    const response = operation.responses[String(status)]
    if (response === undefined) {
      // 4xx that the document does not name for the operation are of its general kinds.
      if (status < 400) this.faults.push(`${method} ${path}: ${status} is not in the document`)
    } else if (status !== 204) this.#check(`${method} ${path} ${status}`, [...place, 'responses', String(status)], response, reply)
  }

  #check(what: string, place: readonly string[], part: (Reference & { readonly content?: Content }) | undefined, value: unknown): void {
    const target = part?.$ref === undefined ? place : part.$ref.slice(2).split('/')
    const content = target.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], this.#document) as { readonly content: Content }
    const [type] = Object.keys(content.content)
    const pointer = [...target, 'content', type as string, 'schema'].map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
    const validate = this.#compiled.get(pointer) ?? this.#ajv.compile({ $ref: `konnect#/${pointer}` })
    this.#compiled.set(pointer, validate)
    this.checked++
    if (!validate(value)) this.faults.push(`${what}: ${this.#ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`)
  }
}

/** The document says `nullable` as OpenAPI 3.0 did; JSON Schema wants the type. */
function allowNulls(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(allowNulls)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === 'example' || key === 'examples' ? value : allowNulls(value)]))
  return copy['nullable'] === true ? { anyOf: [{ type: 'null' }, copy] } : copy
}

describe.skipIf(!has)("the local server and the vendor's document", () => {
  it('agree on every request and reply of a whole story', async () => {
    const judge = new Judge()
    const app = createKonnect({ token: 't', pageSize: 2 })
    const call = async (method: string, path: string, body?: unknown, token = 't'): Promise<{ status: number; body: Record<string, unknown> }> => {
      const reply = await app.fetch(new Request(`http://konnect${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(body !== undefined && { body: JSON.stringify(body) }) }))
      const text = await reply.text()
      const parsed = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
      judge.judge(method, path.split('?')[0] as string, reply.status, body, parsed)
      return { status: reply.status, body: parsed }
    }
    const make = async (path: string, body: unknown): Promise<string> => {
      const made = await call('POST', path, body)
      expect(made).toMatchObject({ status: 201 })
      return String(made.body['id'])
    }
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
    for (const [status, reply] of refused) {
      expect(reply.status).toBe(status)
      expect(reply.body).toMatchObject({ status, title: expect.any(String), instance: expect.stringContaining('kong:trace:') })
      if (status === 400) expect(reply.body['invalid_parameters']).toEqual(expect.arrayContaining([{ field: expect.any(String), reason: expect.any(String), source: 'body' }]))
    }
    await call('PUT', publication, {})
    expect((await call('GET', publication)).body).toMatchObject({ auth_strategy_ids: null, visibility: 'private' })
    expect((await call('DELETE', `/v3/portals/${portal}`)).status).toBe(409)
    for (const path of [`/v3/apis/${api}/documents/${document}`, publication, `/v3/apis/${api}`, `/v3/portals/${portal}`, `/v2/application-auth-strategies/${oidc}`]) expect((await call('DELETE', path)).status).toBe(204)

    expect(judge.faults).toEqual([])
    expect(judge.checked).toBeGreaterThan(40)
  })
})
