import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { ProgressNotificationSchema, type Progress } from '@modelcontextprotocol/sdk/types.js'
import { onTestFinished } from 'vitest'
import { env, memoryStore, type Resource } from 'convergent'
import { createFakeBackend, type FakeBackend } from 'convergent/testing'
import { parse as parseYaml } from 'yaml'
import type { McpHost } from '../../../../examples/opnsense/mcp/host.ts'
import { createMcpServer } from '../../../../examples/opnsense/mcp/server.ts'

/** What a tool answered. */
export interface Reply {
  readonly text: string
  readonly structured: Record<string, unknown>
  readonly isError: boolean
  readonly progress: readonly Progress[]
}

/** Calls a tool as an agent does, and hears its progress. The client's own `onprogress` loses a note that comes in one piece with the answer. */
export async function callTool(client: Client, name: string, args: Record<string, unknown> = {}, signal?: AbortSignal): Promise<Reply> {
  const progressToken = crypto.randomUUID()
  const progress: Progress[] = []
  client.setNotificationHandler(ProgressNotificationSchema, ({ params: { progressToken: token, ...note } }) => {
    if (token !== progressToken) throw new Error(`unknown token ${token}`)
    progress.push(note)
  })
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: args, _meta: { progressToken } }, undefined, signal && { signal })
  const text = (content as readonly { readonly text: string }[]).map((part) => part.text).join('\n')
  return { text, structured: (structuredContent ?? {}) as Record<string, unknown>, isError: isError === true, progress }
}

/** Each id, hash, moment and duration by what it is: the rest is the same in every run. */
export function settle(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/\b[0-9a-f]{64}\b/g, '<hash>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/process \d+/g, 'process <pid>')
    .replace(/ in [\d.]+ m?s/g, ' in <while>')
}

/** A declaration in the format of the tests: what the fake backend takes, as YAML. */
export function declared(...resources: readonly Record<string, unknown>[]): string {
  return JSON.stringify({ resources })
}

/** A host in memory, with an agent that is connected to it. */
export async function connectAgent(changes: Partial<McpHost> = {}, backend: FakeBackend = createFakeBackend({ strict: true })): Promise<{ readonly client: Client; readonly host: McpHost; readonly backend: FakeBackend; call(name: string, args?: Record<string, unknown>): Promise<Reply> }> {
  const host: McpHost = {
    name: 'fake',
    version: '1.0.0',
    provider: () => backend.provider,
    store: memoryStore(),
    stack: 'agents',
    parse: parseDeclaration,
    format: 'resources: [{ type: named, name: a }]',
    maxDeletes: 1,
    ...changes,
  }
  const [near, far] = InMemoryTransport.createLinkedPair()
  const client = new Client({ name: 'test', version: '1.0.0' })
  const server = createMcpServer(host)
  await Promise.all([server.connect(far), client.connect(near)])
  await client.listTools()
  onTestFinished(() => client.close())
  return { client, host, backend, call: (name, args) => callTool(client, name, args) }
}

/** What has a `type` and a `name` is a resource; everything but the type is its inputs. `env:NAME` is a deferred value. */
function parseDeclaration(text: string): readonly Resource[] {
  const { resources } = parseYaml(text, (_, value: unknown) => (typeof value === 'string' && value.startsWith('env:') ? env(value.slice(4)) : value)) as { readonly resources: readonly ({ readonly type: string; readonly name: string } & Record<string, unknown>)[] }
  return resources.map(({ type, dependsOn, ...inputs }) => ({ type, name: inputs.name, inputs: inputs as Resource['inputs'], ...(Array.isArray(dependsOn) && { dependsOn: dependsOn as string[] }) }))
}
