import { Hono, type Context } from 'hono'
import { RequestFaults } from '../../parts/request-faults.ts'
import { checkToken, refreshToken } from './access.ts'
import { answer } from './answer.ts'
import { machineClock } from './clock.ts'
import type { DirectorApp, DirectorOptions, DirectorState, Edit, KeptObject, ServedRequest } from './director-app.ts'
import { isOrderFault, type ServerFault } from './faults.ts'
import { catalogueNames, kindNames, type TableName } from './kind.ts'
import { showOrder } from './order.ts'
import { ReplyError, toReply } from './reply.ts'
import { readErrand, readResource } from './resources.ts'
import type { NodeTables } from './state.ts'
import { Store } from './store.ts'
import { registerTestDoor } from './test-door.ts'

const HOUR_MS = 3_600_000

/** Makes a Director that has the traps of the real one. */
export function createDirector(options: DirectorOptions = {}): DirectorApp {
  const { tokenTtlMs = 8 * HOUR_MS, secretTtlMs = 72 * HOUR_MS, clock = machineClock } = options
  const [store, requests] = [new Store(options, clock.now()), [] as ServedRequest[]]
  const [requestFaults, orderFaults] = [new RequestFaults<ServerFault>(clock.now), new RequestFaults<ServerFault>(clock.now)]
  const { data, newId } = store
  const lifetimes = { tokenTtlMs, secretTtlMs }
  /** Does what is due, then the work, and keeps both. */
  const act = <T>(work: (nowMs: number) => T): T => {
    const nowMs = clock.now()
    store.settle(nowMs)
    const result = work(nowMs)
    store.settle(nowMs)
    store.save()
    return result
  }
  const expire = (): void => act(() => void (data.credentials = { ...data.credentials, isExpired: true }))
  const director = {
    requests,
    state: () => act((): DirectorState => ({ nodes: listNodes(store), credentials: data.credentials, counts: countRequests(requests) })),
    orders: () => act(() => data.orders),
    objects: (node: string, table: TableName) => act(() => store.objects(node, table)),
    credentials: () => data.credentials,
    expire,
    edit: (edit: Edit) => act((nowMs) => store.edit(edit, nowMs)),
    fault: (fault: ServerFault) => (isOrderFault(fault) ? orderFaults : requestFaults).add(fault),
    heal: () => [requestFaults, orderFaults].forEach((faults) => faults.clear()),
  }

  /** Finds the node of a path for one who may come in. */
  const enter = ({ req }: Context, nowMs: number): { name: string; tables: NodeTables } => {
    checkToken(req.header('authorization') ?? null, data.credentials, lifetimes, nowMs)
    const [, , pool = '', logpoint = ''] = req.path.split('/')
    const name = `${pool}/${logpoint}`
    const tables = data.nodes[name]
    if (tables !== undefined) return { name, tables }
    const isPool = Object.keys(data.nodes).some((node) => node.startsWith(`${pool}/`))
    throw isPool ? new ReplyError(404, `LogPoint "${logpoint}" not found in the pool`) : new ReplyError(403, `No access to the pool "${pool}"`)
  }
  /** Registers a handler, which gets the body that came. */
  const serve = (method: string, path: string, handle: (context: Context, nowMs: number, body: unknown) => unknown): void => {
    app.on(method, path, async (context) => {
      const { raw, path: asked, method: by } = context.req
      const fault = requestFaults.take(by, asked)
      if (fault?.fault === 'expire') expire()
      const [atMs, at] = [clock.now(), requests.length]
      requests.push({ method: by, path: asked, status: 0, atMs })
      const reply = await answer(raw, fault, async () => {
        const body = await readBody(raw)
        return act((nowMs) => handle(context, nowMs, body))
      })
      requests[at] = { method: by, path: asked, status: reply.status, atMs }
      return reply
    })
  }

  const app = new Hono()
  registerTestDoor(app, director)
  serve('POST', '/refreshToken', (_, nowMs, body) => {
    data.credentials = refreshToken(body, data.credentials, lifetimes, nowMs, newId)
    const { token, secret } = data.credentials
    return { status: 'Success', tokenDetails: { secretKey: secret, token } }
  })
  serve('GET', '/configapi/:pool/:logpoint/*', (context, nowMs) => {
    const { tables } = enter(context, nowMs)
    return readResource(resourceOf(context), tables, nowMs, requests.length, options)
  })
  for (const method of ['POST', 'PUT', 'DELETE']) {
    serve(method, '/configapi/:pool/:logpoint/*', (context, nowMs, body) => {
      const { name } = enter(context, nowMs)
      const errand = readErrand(method, resourceOf(context), body)
      const order = store.accept(name, errand, nowMs, orderFaults.take(method, context.req.path))
      return { status: 'Success', message: `/monitorapi/${name}/orders/${order.id}` }
    })
  }
  serve('GET', '/monitorapi/:pool/:logpoint/orders/:order', (context, nowMs) => {
    const { name } = enter(context, nowMs)
    const order = data.orders.find(({ id, node }) => id === context.req.param('order') && node === name)
    if (order === undefined || order.isForgotten) throw new ReplyError(404, 'Order not found')
    return showOrder(order, nowMs)
  })
  app.notFound(() => toReply(new ReplyError(404, 'Not found')))
  // A connection that is cut is no reply of any kind.
  app.onError((error) => {
    throw error
  })
  return { ...director, fetch: async (request) => app.fetch(request) }
}

function resourceOf({ req }: Context): string[] {
  return req.path.split('/').slice(4).map(decodeURIComponent)
}

async function readBody(request: Request): Promise<unknown> {
  const text = await request.text()
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    throw new ReplyError(400, 'The body is no JSON')
  }
}

function listNodes(store: Store): DirectorState['nodes'] {
  const list = (node: string): DirectorState['nodes'][string] =>
    Object.fromEntries([...kindNames, ...catalogueNames].map((table) => [table, store.objects(node, table)] as const)) as Record<TableName, KeptObject[]>
  return Object.fromEntries(Object.keys(store.data.nodes).map((node) => [node, list(node)]))
}

function countRequests(requests: readonly ServedRequest[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { method, path } of requests) {
    const name = `${method} ${path === '/refreshToken' ? 'refreshToken' : path.split('/')[4]}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
