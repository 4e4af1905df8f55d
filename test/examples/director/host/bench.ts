import { apply, memoryStore, plan, type Plan, type PlanOptions, type RunResult, type Store } from 'convergent'
import { manualClock } from 'convergent/testing'
import { director, type DirectorOptions } from '../../../../examples/director/director.ts'
import { parseDirector } from '../../../../examples/director/input/load.ts'
import { createDirector } from '../../../../examples/director/server/app.ts'
import type { DirectorApp, DirectorOptions as ServerOptions } from '../../../../examples/director/server/director-app.ts'
import type { TableName } from '../../../../examples/director/server/kind.ts'

const pool = '11111111-2222-4333-8444-555555555555'
/** Two LogPoints, each in a pool of its own. */
export const nodes = { a: `${pool}/${'a'.repeat(32)}`, b: `${pool.replaceAll('1', '6')}/${'b'.repeat(32)}` } as const

/** A Director in this process, and somebody who declares what should be behind it. */
export interface Bench {
  readonly server: DirectorApp
  readonly clock: ReturnType<typeof manualClock>
  readonly provider: ReturnType<typeof director>
  readonly store: Store
  /** Plans in mode `sync` what is declared for node a; each entry is a line of YAML. */
  readonly plan: (...entries: readonly string[]) => Promise<Plan>
  /** Plans and applies it. */
  readonly sync: (...entries: readonly string[]) => Promise<RunResult>
  /** Plans whole documents. */
  readonly planText: (text: string, options?: Partial<PlanOptions>) => Promise<Plan>
  /** Plans and applies them. */
  readonly syncText: (text: string, options?: Partial<PlanOptions>) => Promise<RunResult>
  /** Names of a node's objects that are not its own from the beginning. */
  readonly namesOn: (node: keyof typeof nodes, table: TableName) => readonly string[]
  /** Requests since the last time, by `GET Repos/{id}`. */
  readonly asked: () => readonly string[]
}

/** A document about a node. */
export function documentOf(node: keyof typeof nodes, ...entries: readonly string[]): string {
  const [inPool, logpoint] = nodes[node].split('/')
  return [`pool: ${inPool}`, `logpoint: ${logpoint}`, `node: node-${node}`, 'resources:', ...entries.map((entry) => `  - { ${entry} }`), ...(entries.length === 0 ? ['  []'] : [])].join('\n')
}

/** Opens a Director that nobody has used yet. */
export function openBench(options: Partial<DirectorOptions> = {}, serving: ServerOptions = {}): Bench {
  const clock = manualClock({ auto: true })
  const server = createDirector({ nodes: Object.values(nodes), token: 't', secret: 's', orderMs: 300, lagMs: 1_000, clock, ...serving })
  const provider = director({ url: 'http://director.invalid', token: 't', secret: 's', visibleWithinMs: 20_000, fetch: (input, init) => server.fetch(new Request(input, init)), ...options })
  const store = memoryStore()
  const planText = (text: string, more: Partial<PlanOptions> = {}): Promise<Plan> => plan(parseDirector(text), { provider, store, clock, mode: 'sync', allowEmpty: true, ...more })
  let seen = 0
  return {
    server,
    clock,
    provider,
    store,
    plan: (...entries) => planText(documentOf('a', ...entries)),
    sync: async (...entries) => apply(await planText(documentOf('a', ...entries)), { provider, store, clock }).result,
    planText,
    syncText: async (text, more) => apply(await planText(text, more), { provider, store, clock, ...more }).result,
    namesOn: (node, table) => server.objects(nodes[node], table).map((each) => String(each['policy_name'] ?? each['name'])).filter((name) => name !== 'default' && !name.startsWith('_')).sort(),
    asked: () => {
      const fresh = server.requests.slice(seen)
      seen = server.requests.length
      return fresh.map(({ method, path }) => `${method} ${path.split('/').slice(path.startsWith('/configapi') || path.startsWith('/monitorapi') ? 4 : 1).join('/').replace(/[0-9a-f]{24}$/, '{id}')}`)
    },
  }
}

/** Each action that failed, with its error. */
export function failuresOf({ actions }: RunResult): readonly { readonly address: string; readonly error: unknown }[] {
  return actions.filter(({ outcome }) => outcome !== 'succeeded').map(({ address, error }) => ({ address, error }))
}
