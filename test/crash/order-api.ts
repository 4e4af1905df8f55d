import * as z from 'zod'
import type { Clock } from '../../src/engine/clock.ts'
import { defineProvider } from '../../src/provider/define.ts'
import { createHttpClient, restType, type RestDescription } from '../../src/provider/rest/index.ts'

type Row = Readonly<Record<string, unknown>>

/** What becomes of a write. `lost`: its reply; the others: its order, which `late` ones carry out after everybody has given up, and whose page is gone where it is `forgotten`. */
export type OrderFault = 'lost' | 'late' | 'fail' | 'late-fail' | 'forgotten' | 'lost-late'

interface Order {
  readonly dueMs: number
  readonly fault: OrderFault | undefined
  readonly carryOut: () => string | undefined
  end?: { readonly error: string | undefined }
}

const ORDER_MS = 2_000
const LAG_MS = 3_000
const LATE_MS = 25_000

/** An API in which every write is an order to be polled, names are unique, what is named cannot go, and lists lag. */
export function createOrderApi(clock: Pick<Clock, 'monotonic'>) {
  const tables = { repos: new Map<string, Row>(), policies: new Map<string, Row>() }
  const orders = new Map<string, Order>()
  const faults = new Map<number, OrderFault>()
  /** Every effect, in order. */
  const effects: string[] = []
  const history: { readonly atMs: number; readonly lists: Readonly<Record<string, readonly Row[]>> }[] = []
  let writes = 0
  let ids = 0

  const listAll = (): Readonly<Record<string, readonly Row[]>> => Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, [...rows].map(([id, row]) => ({ id, ...row }))]))
  const settle = (): void => {
    const due = [...orders.values()].filter((order) => order.end === undefined && order.dueMs <= clock.monotonic()).sort((one, other) => one.dueMs - other.dueMs)
    for (const order of due) {
      order.end = { error: order.fault === 'fail' || order.fault === 'late-fail' ? 'the node was busy' : order.carryOut() }
      history.push({ atMs: order.dueMs, lists: listAll() })
    }
  }
  const shown = (table: string): readonly Row[] => history.findLast(({ atMs }) => atMs <= clock.monotonic() - LAG_MS)?.lists[table] ?? []

  const write = (method: string, table: keyof typeof tables, id: string, body: Row): (() => string | undefined) => {
    const rows = tables[table]
    return () => {
      const name = method === 'POST' ? body['name'] : rows.get(id)?.['name']
      if (method === 'POST' && [...rows.values()].some((row) => row['name'] === name)) return `${String(name)} exists already`
      if (method !== 'POST' && !rows.has(id)) return `${id} is not there`
      if (method !== 'DELETE' && table === 'policies' && ![...tables.repos.values()].some((repo) => repo['name'] === body['repo'])) return `there is no repo ${String(body['repo'])}`
      if (method === 'DELETE' && table === 'repos' && [...tables.policies.values()].some(({ repo }) => repo === name)) return `${String(name)} is in use`
      effects.push(`${method} ${String(name)}`)
      if (method === 'DELETE') rows.delete(id)
      else rows.set(method === 'POST' ? `id${++ids}` : id, { ...rows.get(id), ...body })
      return undefined
    }
  }

  const answer = (method: string, path: string, body: Row): Response | undefined => {
    settle()
    const [, first = '', id = ''] = path.split('/')
    if (first === 'orders') {
      const order = orders.get(id)
      if (order === undefined || (order.fault === 'forgotten' && order.end !== undefined)) return Response.json({}, { status: 404 })
      return Response.json(order.end === undefined ? {} : { success: order.end.error === undefined, error: order.end.error })
    }
    if (method === 'GET') return Response.json(shown(first))
    const fault = faults.get(++writes)
    faults.delete(writes)
    const key = String(orders.size + 1)
    const isLate = fault === 'late' || fault === 'late-fail' || fault === 'lost-late'
    orders.set(key, { dueMs: clock.monotonic() + (isLate ? LATE_MS : ORDER_MS), fault, carryOut: write(method, first as keyof typeof tables, id, body) })
    return fault === 'lost' || fault === 'lost-late' ? undefined : Response.json({ order: key })
  }

  const client = createHttpClient({
    baseUrl: 'https://orders.example',
    fetch: async (url, init) => {
      const reply = answer(String(init?.method), new URL(String(url)).pathname, typeof init?.body === 'string' ? (JSON.parse(init.body) as Row) : {})
      if (reply === undefined) throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
      return reply
    },
  })
  const common = {
    client,
    pagination: { style: 'none' },
    readBy: 'list',
    replies: 'none',
    update: 'declared',
    key: ['name'],
    immutable: ['name'],
    replaceOrder: 'create-first',
    // As long as a late order may take to show.
    visibleWithinMs: LATE_MS + LAG_MS + 2_000,
    lagMs: LAG_MS + 1_000,
    endpoints: { update: ({ id }: { readonly id: string }) => ({ method: 'PUT', path: `/policies/${id}` }) },
    tasks: {
      handleOf: (reply: unknown) => (reply as { order: string }).order,
      poll: (order: string) => ({ method: 'GET', path: `/orders/${order}` }),
      readState: (reply: unknown) => {
        const { success, error = '' } = reply as { success?: boolean; error?: string }
        if (success === undefined) return 'running'
        if (success) return 'succeeded'
        // Gone already is as good.
        return { failed: error, kind: error.includes('exists') ? 'conflict' : error.includes('not there') ? 'not-found' : 'fatal' }
      },
      timeoutMs: 10_000,
    },
  } as const satisfies Partial<RestDescription<z.ZodObject>>
  const repo = z.strictObject({ name: z.string(), days: z.number() })
  const policy = z.strictObject({ name: z.string(), repo: z.string() })
  const provider = defineProvider({
    name: 'orders',
    types: {
      repo: restType({ ...common, schema: repo, collection: () => '/repos', endpoints: { update: ({ id }) => ({ method: 'PUT', path: `/repos/${id}` }) } }),
      policy: restType({ ...common, schema: policy, collection: () => '/policies', references: { repo: { type: 'repo', by: 'name' } } }),
    },
  })
  return {
    provider,
    effects,
    /** The n-th write from now meets it. */
    fault: (nth: number, fault: OrderFault) => void faults.set(writes + nth, fault),
    /** All that is there once every order is carried out, by name. */
    finish: (): readonly string[] => {
      for (const order of orders.values()) if (order.end === undefined) order.end = { error: order.fault === 'late-fail' || order.fault === 'fail' ? 'the node was busy' : order.carryOut() }
      return [...tables.repos.values(), ...tables.policies.values()].map((row) => Object.values(row).join(' ')).sort()
    },
    isIdle: () => [...orders.values()].every(({ end }) => end !== undefined),
  }
}
