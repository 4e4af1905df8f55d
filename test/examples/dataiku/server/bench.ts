import { expect } from 'vitest'
import type { ServerClock } from '../../../../examples/dataiku/server/clock.ts'
import type { DataikuOptions, ProjectState } from '../../../../examples/dataiku/server/dataiku-app.ts'
import { startDataiku, type DataikuServer } from '../../../../examples/dataiku/server/start.ts'

/** JSON as it came. */
export type Json = Readonly<Record<string, unknown>>

/** A reply. `body`: its JSON, or nothing where it is none. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly body: Json
}

/** A Dataiku over real HTTP whose time stands still, and what one says to it. Paths begin behind `/dip/publicapi`. */
export interface Bench {
  readonly server: DataikuServer
  readonly send: (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>
  readonly get: (path: string) => Promise<Json>
  /** Sends what must succeed. */
  readonly make: (method: string, path: string, body?: unknown) => Promise<Answer>
  /** A GET, changed, and a PUT of the whole. */
  readonly change: (path: string, changes: Json) => Promise<void>
  readonly project: (key?: string) => ProjectState
  /** Lets time pass, and whoever sleeps wake up. */
  readonly pass: (ms: number) => void
  /** Comes back once the server sleeps. */
  readonly asleep: () => Promise<void>
}

/** The header of a key. */
export function basic(key: string, password = ''): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${key}:${password}`).toString('base64')}` }
}

/** Starts a Dataiku with one project, `FLEET`, unless it is told to have none. */
export async function openBench({ isEmpty = false, ...options }: DataikuOptions & { readonly isEmpty?: boolean } = {}): Promise<Bench> {
  let nowMs = 1_700_000_000_000
  let sleepers: { readonly untilMs: number; readonly wake: () => void }[] = []
  let listeners: (() => void)[] = []
  const clock: ServerClock = {
    now: () => nowMs,
    sleep: async (ms) =>
      new Promise((wake) => {
        if (ms === 0) return wake()
        sleepers.push({ untilMs: nowMs + ms, wake })
        for (const listener of listeners.splice(0)) listener()
      }),
  }
  const server = await startDataiku({ clock, ...options })
  const send: Bench['send'] = async (method, path, body, headers = basic(options.apiKey ?? 'local')) => {
    const json = typeof body === 'object' && !(body instanceof FormData)
    const response = await fetch(`${server.url}/dip/publicapi${path}`, { method, headers, ...(body !== undefined && { body: json ? JSON.stringify(body) : (body as string | FormData) }) })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
    return { status: response.status, text, body: isJson ? (JSON.parse(text) as Json) : {} }
  }
  const make: Bench['make'] = async (method, path, body) => {
    const answer = await send(method, path, body)
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer
  }
  const get: Bench['get'] = async (path) => (await make('GET', path)).body
  const bench: Bench = {
    server,
    send,
    get,
    make,
    change: async (path, changes) => void (await make('PUT', path, { ...(await get(path)), ...changes })),
    project: (key = 'FLEET') => {
      const found = server.state().projects[key]
      if (found === undefined) throw new Error(`no project "${key}"`)
      return found
    },
    pass: (ms) => {
      nowMs += ms
      const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs)
      sleepers = sleepers.filter((sleeper) => !due.includes(sleeper))
      for (const { wake } of due) wake()
    },
    asleep: async () => (sleepers.length > 0 ? undefined : new Promise((resolve) => void listeners.push(resolve))),
  }
  if (!isEmpty) await make('POST', '/projects/', project('FLEET'))
  return bench
}

/** A project. */
export function project(projectKey: string, fields: Json = {}): Json {
  return { projectKey, name: 'Vehicle fleet', owner: 'mobility', ...fields }
}

/** A table that somebody else fills. */
export function table(name: string, fields: Json = {}): Json {
  return { name, projectKey: 'FLEET', type: 'PostgreSQL', params: { connection: 'pg_fleet', mode: 'table', schema: 'public', table: name }, ...fields }
}

/** A managed dataset. */
export function managed(name: string, connectionId = 'filesystem_managed', formatOptionId = 'PARQUET_HIVE'): Json {
  return { name, creationSettings: { connectionId, specificSettings: { formatOptionId } } }
}

/** A recipe. */
export function recipe(name: string | undefined, inputs: readonly string[], outputs: readonly string[], fields: Json = {}, creationSettings: Json = {}): Json {
  const main = (refs: readonly string[]): Json => ({ main: { items: refs.map((ref) => ({ ref })) } })
  return { recipePrototype: { type: 'python', ...(name !== undefined && { name }), projectKey: 'FLEET', inputs: main(inputs), outputs: main(outputs), ...fields }, creationSettings }
}

/** A refusal. */
export function refusal(errorType: string, words: string): Json {
  return { errorType, message: expect.stringContaining(words), detailedMessage: expect.stringContaining(words) }
}
