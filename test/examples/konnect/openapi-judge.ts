import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { expect } from 'vitest'
import { createKonnect, type KonnectApp } from '../../../examples/konnect/server/app.ts'
import { openApiPath } from './bench.ts'

/** False: a test that needs the vendor's document says that it skips. */
export const hasOpenApi = existsSync(openApiPath)
if (!hasOpenApi) console.log(`skipped: the vendor's document is not at ${openApiPath}`)

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
export class Judge {
  readonly faults: string[] = []
  checked = 0
  readonly #document: OpenApi
  readonly #ajv: Ajv2020
  readonly #compiled: Map<string, ValidateFunction>

  constructor({ document, ajv, compiled }: Rules) {
    this.#document = document
    this.#ajv = ajv
    this.#compiled = compiled
  }

  judge(method: string, path: string, status: number, sent: unknown, reply: unknown): void {
    const template = Object.keys(this.#document.paths).find((each) => new RegExp(`^${each.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path)) as string
    const place = ['paths', template, method.toLowerCase()]
    const operation = this.#document.paths[template]?.[method.toLowerCase()]
    if (operation === undefined) {
      // What is not in the document must not be there.
      if (status !== 404 && status !== 405) this.faults.push(`${method} ${path} is not in the document and came to ${status}`)
      return
    }
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

/** The document, read once for all stories of a file. */
interface Rules {
  readonly document: OpenApi
  readonly ajv: Ajv2020
  readonly compiled: Map<string, ValidateFunction>
}

let rules: Rules | undefined

function readRules(): Rules {
  const document = JSON.parse(readFileSync(openApiPath, 'utf8')) as OpenApi
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, formats: { set: true } })
  ;(formats as unknown as (ajv: Ajv2020) => void)(ajv)
  ajv.addSchema(allowNulls(document) as object, 'konnect')
  return { document, ajv, compiled: new Map() }
}

/** The document says `nullable` as OpenAPI 3.0 did; JSON Schema wants the type. */
function allowNulls(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(allowNulls)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === 'example' || key === 'examples' ? value : allowNulls(value)]))
  return copy['nullable'] === true ? { anyOf: [{ type: 'null' }, copy] } : copy
}

/** What a request came to. */
export interface Reply {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** A local Konnect whose every request and reply is judged, where the vendor's document is. */
export interface Story {
  readonly judge: Pick<Judge, 'faults' | 'checked' | 'judge'>
  readonly app: KonnectApp
  /** Sends a request. */
  readonly call: (method: string, path: string, body?: unknown, token?: string) => Promise<Reply>
  /** Creates an object; its id. */
  readonly make: (path: string, body: unknown) => Promise<string>
}

/** Starts a story. Pages are of two objects. */
export function openStory(): Story {
  if (hasOpenApi) rules ??= readRules()
  const judge = rules !== undefined ? new Judge(rules) : { faults: [], checked: 0, judge: () => undefined }
  const app = createKonnect({ token: 't', pageSize: 2 })
  const call: Story['call'] = async (method, path, body, token = 't') => {
    const reply = await app.fetch(new Request(`http://konnect${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(body !== undefined && { body: JSON.stringify(body) }) }))
    const text = await reply.text()
    const parsed = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
    judge.judge(method, path.split('?')[0] as string, reply.status, body, parsed)
    return { status: reply.status, body: parsed }
  }
  const make: Story['make'] = async (path, body) => {
    const made = await call('POST', path, body)
    expect(made).toMatchObject({ status: 201 })
    return String(made.body['id'])
  }
  return { judge, app, call, make }
}

/** Every refusal has its status, and says what was wrong as the API says it. */
export function expectRefused(refused: readonly (readonly [number, Reply])[]): void {
  for (const [status, reply] of refused) {
    expect(reply).toMatchObject({ status })
    expect(reply.body).toMatchObject({ status, title: expect.any(String), instance: expect.stringContaining('kong:trace:') })
    if (status === 400) expect(reply.body['invalid_parameters']).toEqual(expect.arrayContaining([{ field: expect.any(String), reason: expect.any(String), source: 'body' }]))
  }
}
