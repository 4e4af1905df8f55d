import type { DirectorOptions } from '../../../../examples/director/server/director-app.ts'
import type { KindName } from '../../../../examples/director/server/kind.ts'
import { startDirector, type DirectorServer } from '../../../../examples/director/server/start.ts'

/** JSON as it came. */
export type Json = Readonly<Record<string, unknown>>

/** A reply. */
export interface Answer {
  readonly status: number
  readonly body: Json
}

/** Two LogPoints of one pool. */
export const NODE = 'pool-1/logpoint-1'
export const OTHER_NODE = 'pool-1/logpoint-2'

/** A Director over real HTTP whose time stands still, and what one says to it. Paths begin behind the node. */
export interface Bench {
  readonly server: DirectorServer
  readonly send: (method: string, url: string, body?: unknown, token?: string) => Promise<Answer>
  readonly get: (path: string) => Promise<Answer>
  readonly list: (path: string) => Promise<readonly Json[]>
  readonly write: (method: string, path: string, data?: Json) => Promise<Answer>
  /** Gives an order, lets it be carried out and gives the `response` of its page. */
  readonly order: (method: string, path: string, data?: Json) => Promise<Json>
  /** Makes an object and gives its id; throws where the order fails. */
  readonly make: (kind: KindName, data: Json) => Promise<string>
  /** The `response` of the page that a reply to a write points to. */
  readonly page: (answer: Answer) => Promise<Json>
  /** The id of what has a name. */
  readonly idOf: (table: Parameters<DirectorServer['objects']>[1], name: string) => string
  readonly pass: (ms: number) => void
}

/** Starts a Director that nobody has used yet. */
export async function openBench(options: DirectorOptions = {}): Promise<Bench> {
  let nowMs = 1_700_000_000_000
  const server = await startDirector({ nodes: [NODE, OTHER_NODE], clock: { now: () => nowMs }, ...options })
  const send = async (method: string, url: string, body?: unknown, token = server.credentials().token): Promise<Answer> => {
    const response = await fetch(`${server.url}${url}`, { method, headers: { authorization: `Bearer ${token}` }, ...(body !== undefined && { body: JSON.stringify(body) }) })
    return { status: response.status, body: (await response.json()) as Json }
  }
  const get = (path: string): Promise<Answer> => send('GET', `/configapi/${NODE}/${path}`)
  const write = (method: string, path: string, data?: Json): Promise<Answer> => send(method, `/configapi/${NODE}/${path}`, data && { data })
  const page = async ({ body }: Answer): Promise<Json> => (await send('GET', String(body['message']))).body['response'] as Json
  const order = async (method: string, path: string, data?: Json): Promise<Json> => {
    const answer = await write(method, path, data)
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
    nowMs += options.orderMs ?? 0
    return page(answer)
  }
  const idOf: Bench['idOf'] = (table, name) => {
    const found = server.objects(NODE, table).find((each) => [each['name'], each['policy_name'], each['source_name']].includes(name))
    if (found === undefined) throw new Error(`no ${table} "${name}"`)
    return found.id
  }
  return {
    server,
    send,
    get,
    write,
    order,
    page,
    idOf,
    list: async (path) => (await get(path)).body as unknown as readonly Json[],
    make: async (kind, data) => {
      const response = await order('POST', kind, data)
      if (response['success'] !== true) throw new Error(`${kind}: ${JSON.stringify(response)}`)
      return idOf(kind, String(data['name'] ?? data['policy_name']))
    },
    pass: (ms) => void (nowMs += ms),
  }
}

/** A repo with one path. */
export function repo(name: string, fields: Json = {}): Json {
  return { name, hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 90 }], ...fields }
}

/** A routing policy that sends everything to one repo. */
export function routing(name: string, fields: Json = {}): Json {
  return { policy_name: name, catch_all: 'default', routing_criteria: [], ...fields }
}

/** An enrichment policy with one specification. */
export function enrichment(name: string, specification: Json = {}): Json {
  return { name, specifications: [{ source: 'test_odbc', criteria: [{ type: 'KeyPresents', key: 'id' }], ...specification }] }
}
