import type { FirewallOptions } from '../../../../examples/opnsense/server/firewall.ts'
import { startFirewall, type FirewallServer } from '../../../../examples/opnsense/server/start.ts'

/** JSON as it came. */
export type Json = Readonly<Record<string, unknown>>

/** A reply. */
export interface Answer {
  readonly status: number
  readonly body: Json
}

/** A firewall over real HTTP, and what one says to it. */
export interface Bench {
  readonly server: FirewallServer
  readonly get: (path: string) => Promise<Answer>
  readonly post: (path: string, body?: unknown) => Promise<Answer>
  /** Adds an object and gives its UUID; throws where it was not saved. */
  readonly add: (path: string, body: Json) => Promise<string>
  readonly send: (path: string, init: RequestInit) => Promise<Response>
}

/** Starts a firewall that nobody has used yet. */
export async function openBench(options: Partial<FirewallOptions> = {}): Promise<Bench> {
  const server = await startFirewall(options)
  const authorization = `Basic ${Buffer.from(`${server.key}:${server.secret}`).toString('base64')}`
  const send = (path: string, { headers, ...init }: RequestInit): Promise<Response> => fetch(`${server.url}${path}`, { ...init, headers: { authorization, ...(headers as Record<string, string>) } })
  const read = async (response: Response): Promise<Answer> => ({ status: response.status, body: (await response.json()) as Json })
  const post = async (path: string, body: unknown = {}): Promise<Answer> => read(await send(`/api/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }))
  return {
    server,
    send,
    post,
    get: async (path) => read(await send(`/api/${path}`, {})),
    add: async (path, body) => {
      const answer = await post(path, body)
      if (answer.body['result'] !== 'saved') throw new Error(`${path}: ${JSON.stringify(answer)}`)
      return String(answer.body['uuid'])
    },
  }
}

/** A network alias. */
export function network(name: string, content = '192.0.2.0/25'): Json {
  return { alias: { name, type: 'network', content } }
}

/** A rule that lets TCP in from a network. */
export function rule(fields: Json = {}): Json {
  return { rule: { interface: 'lan', protocol: 'TCP', source_net: 'any', destination_port: '22', description: 'ssh', ...fields } }
}
