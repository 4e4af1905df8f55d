import { apply, memoryStore, plan, type ApplyOptions, type Fields, type Plan, type PlanOptions, type Resource, type RunResult, type Store } from 'convergent'
import { manualClock, type ManualClock } from 'convergent/testing'
import { dataiku, type DataikuOptions } from '../../../../examples/dataiku/dataiku.ts'
import { createDataiku } from '../../../../examples/dataiku/server/app.ts'
import type { ServerClock } from '../../../../examples/dataiku/server/clock.ts'
import type { DataikuApp, DataikuOptions as ServerOptions, ProjectState } from '../../../../examples/dataiku/server/dataiku-app.ts'

/** A Dataiku in this process, and somebody who declares what should be in it. */
export interface Bench {
  readonly server: DataikuApp
  readonly clock: ManualClock
  readonly provider: ReturnType<typeof dataiku>
  readonly store: Store
  /** Plans in mode `sync`. */
  readonly plan: (desired: readonly Resource[], options?: Partial<PlanOptions>) => Promise<Plan>
  /** Plans and applies it. */
  readonly sync: (desired: readonly Resource[], options?: Partial<ApplyOptions & PlanOptions>) => Promise<RunResult>
  /** A project that is there. */
  readonly project: (key?: string) => ProjectState
  /** Requests that were not reads since the last time, by `PUT FLEET/datasets/trips?query`. */
  readonly writes: () => readonly string[]
}

/** The same time for a server. */
export function serverClock({ now, after }: ManualClock): ServerClock {
  return {
    now,
    sleep: async (ms, signal) =>
      new Promise((resolve, reject) => {
        const cancel = after(ms, resolve)
        signal.addEventListener('abort', () => (cancel(), reject(new Error('aborted'))), { once: true })
      }),
  }
}

/** Opens a Dataiku that nobody has used yet. */
export function openBench(options: Partial<DataikuOptions> = {}, serving: ServerOptions = {}): Bench {
  const clock = manualClock({ auto: true })
  const server = createDataiku({ futureMs: 300, clock: serverClock(clock), ...serving })
  const provider = dataiku({ url: 'http://dss.invalid', apiKey: 'local', fetch: (input, init) => server.fetch(new Request(input, init)), ...options })
  const store = memoryStore()
  const planAll: Bench['plan'] = (desired, more = {}) => plan(desired, { provider, store, clock, mode: 'sync', allowEmpty: true, ...more })
  let seen = 0
  return {
    server,
    clock,
    provider,
    store,
    plan: planAll,
    sync: async (desired, more = {}) => apply(await planAll(desired, more), { provider, store, clock, ...more }).result,
    project: (key = 'FLEET') => {
      const found = server.state().projects[key]
      if (found === undefined) throw new Error(`there is no project ${key}`)
      return found
    },
    writes: () => {
      const fresh = server.requests.slice(seen).filter(({ method }) => method !== 'GET')
      seen = server.requests.length
      return fresh.map(({ method, path, query }) => `${method} ${path.replace(/^\/dip\/publicapi\/(projects\/)?/, '')}${query}`)
    },
  }
}

/** A project. */
export function project(key = 'FLEET', inputs: Fields = {}): Resource {
  return { type: 'Project', name: key, inputs: { projectKey: key, ...inputs } }
}

/** A dataset of a place that is somebody else's: a table, where nobody says otherwise. */
export function dataset(id: string, inputs: Fields = {}): Resource {
  const [key = '', name = ''] = id.split('.')
  return { type: 'Dataset', name: id, inputs: { projectKey: key, name, type: 'PostgreSQL', params: { connection: 'pg', mode: 'table', schema: 'public', table: name }, ...inputs }, dependsOn: [`Project/${key}`] }
}

/** A managed dataset. */
export function managed(id: string, inputs: Fields = {}): Resource {
  const { type: _type, params: _params, ...named } = dataset(id).inputs
  return { ...dataset(id), inputs: { ...named, managed: true, connectionId: 'filesystem_managed', formatOptionId: 'PARQUET_HIVE', ...inputs } }
}

/** A recipe that reads and writes these, by their ids. */
export function recipe(id: string, reads: readonly string[], writes: readonly string[], inputs: Fields = {}): Resource {
  const [key = '', name = ''] = id.split('.')
  const main = (ids: readonly string[]): Fields => ({ main: { items: ids.map((ref) => ({ ref })) } })
  return { type: 'Recipe', name: id, inputs: { projectKey: key, name, type: 'python', inputs: main(reads), outputs: main(writes), ...inputs }, dependsOn: [`Project/${key}`, ...[...reads, ...writes].map((each) => `Dataset/${each}` as const)] }
}

/** Each action that did not succeed, with its outcome and message. */
export function failuresOf({ actions }: RunResult): readonly unknown[] {
  return actions.filter(({ outcome }) => outcome !== 'succeeded').map(({ address, outcome, message, error }) => [address, outcome, error?.message ?? message])
}
