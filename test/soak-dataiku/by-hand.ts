import { createDataiku } from '../../examples/dataiku/server/app.ts'
import type { DataikuState } from '../../examples/dataiku/server/dataiku-app.ts'
import type { Fields } from '../../src/core/json.ts'
import type { Resource } from '../../src/core/resource.ts'
import { API_KEY, BASE } from './messages.ts'
import { THEIRS, THEIR_DATASET } from './declaration.ts'

type Send = (method: string, path: string, body?: unknown) => Promise<unknown>

/** The parts of a project, by its declared fields. */
const PARTS: readonly (readonly [path: string, fields: readonly string[]])[] = [
  ['metadata', ['label', 'description', 'shortDesc', 'tags']],
  ['permissions', ['owner', 'permissions']],
]
/** What no object of the API has. */
const OURS = ['projectKey', 'name', 'dropData', 'connectionId', 'formatOptionId', 'managed', 'payload']

/** Brings about on a server of its own what is declared, as a person would without the library: what has to be there, with all that the server makes of it. */
export async function makeByHand(desired: readonly Resource[]): Promise<DataikuState> {
  const app = createDataiku({ apiKey: API_KEY })
  const send: Send = async (method, path, body) => {
    const reply = await app.fetch(new Request(`http://127.0.0.1${BASE}${path}`, { method, headers: { 'content-type': 'application/json', 'x-dku-apiticket': API_KEY }, ...(body !== undefined && { body: JSON.stringify(body) }) }))
    const text = await reply.text()
    if (!reply.ok) throw new Error(`by hand, ${method} ${path} came to ${text}`)
    return text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as unknown) : undefined
  }
  for (const { method, path, body } of makeTheirs()) await send(method, path, body)
  for (const [type, make] of [['Project', makeProject], ['Dataset', makeDataset], ['Recipe', makeRecipe]] as const)
    for (const each of desired) if (each.type === type && each.external !== true) await make(send, each.inputs)
  return app.state()
}

/** The requests that make somebody else's project. */
export function makeTheirs(): readonly { readonly method: string; readonly path: string; readonly body: unknown }[] {
  return [
    { method: 'POST', path: '/projects/', body: { projectKey: THEIRS, name: 'Somebody else', owner: 'somebody', settings: {}, description: '', permissions: [], tags: [] } },
    ...[THEIR_DATASET, 'derived'].map((name) => ({ method: 'POST', path: `/projects/${THEIRS}/datasets/`, body: { name, projectKey: THEIRS, type: 'Filesystem', params: { connection: 'root', path: `/${THEIRS}/${name}` } } })),
    { method: 'POST', path: `/projects/${THEIRS}/recipes/`, body: { recipePrototype: { type: 'python', name: 'derive', projectKey: THEIRS, inputs: { main: { items: [{ ref: THEIR_DATASET }] } }, outputs: { main: { items: [{ ref: 'derived' }] } } }, creationSettings: { script: 'pass' } } },
  ]
}

async function makeProject(send: Send, inputs: Fields): Promise<void> {
  const key = String(inputs['projectKey'])
  await send('POST', '/projects/', { projectKey: key, name: key, owner: 'admin', settings: {}, description: '', permissions: [], tags: [] })
  for (const [part, fields] of PARTS) await change(send, `/projects/${key}/${part}`, Object.fromEntries(fields.filter((field) => inputs[field] !== undefined).map((field) => [field, inputs[field]])))
  await change(send, `/projects/${key}/settings`, inputs['settings'] as Fields | undefined)
  await change(send, `/projects/${key}/variables`, inputs['variables'] as Fields | undefined)
}

async function makeDataset(send: Send, inputs: Fields): Promise<void> {
  const { projectKey, name, type, params = {}, connectionId, formatOptionId } = inputs
  const all = `/projects/${String(projectKey)}/datasets/`
  if (inputs['managed'] === true) await send('POST', `${all}managed`, { name, creationSettings: { connectionId, specificSettings: { formatOptionId } } })
  else await send('POST', all, { name, projectKey, type, params })
  await change(send, `${all}${String(name)}`, withoutOurs(inputs))
}

async function makeRecipe(send: Send, inputs: Fields): Promise<void> {
  const { projectKey, name, type, inputs: read = {}, outputs, payload } = inputs
  const all = `/projects/${String(projectKey)}/recipes/`
  await send('POST', all, { recipePrototype: { type, name, projectKey, inputs: read, outputs }, creationSettings: {} })
  await change(send, `${all}${String(name)}`, { recipe: withoutOurs(inputs), ...(payload !== undefined && { payload }) })
}

function withoutOurs(inputs: Fields): Fields {
  return Object.fromEntries(Object.entries(inputs).filter(([field]) => !OURS.includes(field)))
}

async function change(send: Send, path: string, fields: Fields = {}): Promise<void> {
  if (Object.keys(fields).length > 0) await send('PUT', path, merge(await send('GET', path), fields))
}

function merge(into: unknown, fields: unknown): unknown {
  if (!isObject(into) || !isObject(fields)) return fields
  return { ...into, ...Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, merge(into[field], value)])) }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
