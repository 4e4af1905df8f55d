import { Hono, type Context } from 'hono'
import { RequestFaults } from '../../parts/request-faults.ts'
import { machineClock, waitFor, type ServerClock } from '../../parts/server-clock.ts'
import { changeRow } from './change.ts'
import { Database, type Row } from './database.ts'
import { isLost, resetError, statusOf, sufferFaults, type ServerFault } from './faults.ts'
import type { Kind } from './kind.ts'
import { kinds } from './kinds.ts'
import { pageOf, treeOf } from './listing.ts'
import { Problem, invalidBody } from './problem.ts'
import { limitRate, type ServerRate } from './rate.ts'
import { registerPublications } from './publications.ts'
import { registerSingletons, singletons } from './singletons.ts'

/** How the local Konnect behaves. */
export interface KonnectServerOptions {
  readonly token: string
  /** Most objects on a page, whatever is asked for. Default: 10. */
  readonly pageSize?: number
  /** ISO 8601. Default: the time. */
  readonly now?: () => string
  /** Default: a random UUID. */
  readonly newId?: () => string
  /** What it takes of everybody together. Default: anything. */
  readonly rate?: ServerRate
  /** New objects stay out of lists for this long. Default: 0. */
  readonly listLagMs?: number
  /** Each request takes at least this long. Default: 0. */
  readonly latencyMs?: number
  /** For rate, lag and latency. Default: the time of the machine. */
  readonly clock?: ServerClock
}

/** One request that was answered. */
export interface ServedRequest {
  readonly method: string
  readonly path: string
  /** 0: no reply arrived. */
  readonly status: number
  /** When it came, in milliseconds of the server's clock. */
  readonly atMs: number
}

/** A local Konnect without a socket. */
export interface KonnectApp {
  readonly fetch: (request: Request) => Response | Promise<Response>
  /** Every request so far. */
  readonly requests: readonly ServedRequest[]
  /** Every object by kind. */
  readonly objects: () => Record<string, Row[]>
  /** Changes an object behind everybody's back. */
  readonly edit: (kind: string, id: string, changes: Row) => void
  /** Removes an object, with what lives in it, behind everybody's back. */
  readonly drop: (kind: string, id: string) => void
  /** Asks for a fault. */
  readonly fault: (fault: ServerFault) => void
  /** Forgets every fault that has not happened yet. */
  readonly heal: () => void
}

/** What handlers share. */
export interface Desk {
  readonly database: Database
  readonly pageSize: number
  readonly now: () => string
  readonly newId: () => string
}

/** Makes a Konnect that keeps its objects in memory and refuses what the real one refuses. */
export function createKonnect(options: KonnectServerOptions): KonnectApp {
  const { token, pageSize = 10, now = () => new Date().toISOString(), newId = () => crypto.randomUUID(), rate, listLagMs = 0, latencyMs = 0, clock = machineClock } = options
  const desk: Desk = { database: new Database(clock.monotonic, listLagMs), pageSize, now, newId }
  const faults = new RequestFaults<ServerFault>(clock.monotonic)
  const requests: ServedRequest[] = []
  const app = new Hono()
  app.use(async (context, next) => {
    const atMs = clock.monotonic()
    await next()
    requests.push({ method: context.req.method, path: context.req.path, status: statusOf(context), atMs })
  })
  if (latencyMs > 0)
    app.use(async (_, next) => {
      await waitFor(clock, latencyMs)
      return next()
    })
  if (rate !== undefined) app.use(limitRate(rate, clock.monotonic, newId))
  app.use(sufferFaults(faults, newId))
  app.use(async (context, next) => {
    if (context.req.header('authorization') !== `Bearer ${token}`) return new Problem(401, 'Invalid credentials').toResponse(newId())
    return next()
  })
  app.onError((error) => (error instanceof Problem ? error : new Problem(500, String(error))).toResponse(newId()))
  app.notFound(() => new Problem(404, 'Not found').toResponse(newId()))
  registerPublications(app, desk)
  registerSingletons(app, desk)
  for (const kind of kinds) registerKind(app, kind, desk)
  return {
    fetch: async (request) => {
      const reply = await app.fetch(request)
      if (isLost(reply)) throw resetError()
      return reply
    },
    requests,
    objects: () => desk.database.snapshot(),
    edit: (kind, id, changes) => desk.database.put(kind, id, { ...desk.database.get(kind, id), ...changes }),
    drop: (kind, id) => removeRow(kind, id, desk.database),
    fault: (fault) => faults.add(fault),
    heal: () => faults.clear(),
  }
}

function registerKind(app: Hono, kind: Kind, desk: Desk): void {
  const { database } = desk
  const builtIn = kind.builtIn ?? []
  const parentOf = (context: Context): Row => {
    if (kind.parent === undefined) return {}
    const id = context.req.param(kind.parent) as string
    const row = database.get(kind.parent, id)
    const above = kinds.find(({ name }) => name === kind.parent)?.parent
    if (row === undefined || (above !== undefined && row[`${above}_id`] !== context.req.param(above))) throw new Problem(404, `${kind.parent} ${id} not found`)
    return { [`${kind.parent}_id`]: id }
  }
  const isIn = (row: Row, parent: Row): boolean => Object.entries(parent).every(([field, id]) => row[field] === id)
  const find = (context: Context): Row => {
    const parent = parentOf(context)
    const id = context.req.param('id') as string
    const row = builtIn.find((each) => each['id'] === id) ?? database.get(kind.name, id)
    if (row === undefined || !isIn(row, parent)) throw new Problem(404, 'Not found')
    return row
  }
  const findToChange = (context: Context): Row => {
    const row = find(context)
    if (builtIn.includes(row)) throw new Problem(403, `${String(row['name'])} is built in and cannot be changed`)
    return row
  }
  const show = (row: Row): Row => kind.show?.(row, database) ?? row

  app.get(kind.listPath ?? kind.path, (context) => {
    const parent = kind.listPath === undefined ? parentOf(context) : {}
    const rows = [...builtIn, ...database.shown(kind.name)].filter((row) => isIn(row, parent))
    const summarize = (row: Row): Row => kind.summarize?.(show(row), row) ?? show(row)
    const [query, filters] = [context.req.query(), kind.filters ?? []]
    return context.json(kind.tree === undefined ? pageOf(rows, summarize, query, filters, desk.pageSize) : treeOf(rows, summarize, query, filters, kind.tree))
  })
  app.post(kind.path, async (context) => {
    const parent = parentOf(context)
    const body = check(kind.create, await bodyOf(context))
    const at = desk.now()
    const row = { id: desk.newId(), ...parent, ...kind.defaults({ ...body, ...parent }, database), ...body, created_at: at, updated_at: at }
    refuse(kind, row, database)
    database.put(kind.name, row.id, row)
    return context.json(show(row), 201)
  })
  if (kind.isReadable !== false) app.get(`${kind.path}/:id`, (context) => context.json(show(find(context))))
  app.patch(`${kind.path}/:id`, async (context) => {
    if (kind.update === undefined) throw new Problem(405, 'Method not allowed')
    const before = findToChange(context)
    const body = check(kind.update, await bodyOf(context))
    const row: Row = { ...(kind.change ?? changeRow)(before, body), updated_at: desk.now() }
    refuse(kind, row, database)
    database.put(kind.name, String(row['id']), row)
    return context.json(show(row))
  })
  app.delete(`${kind.path}/:id`, (context) => {
    const row = findToChange(context)
    const user = kind.canForce === true && context.req.query('force') === 'true' ? undefined : kind.inUse?.(row, database)
    if (user !== undefined) throw new Problem(409, user)
    removeRow(kind.name, String(row['id']), database)
    return context.body(null, 204)
  })
}

/** Reads a JSON body, or refuses it. */
export async function bodyOf(context: Context): Promise<unknown> {
  if (!/^application\/json\b/.test(context.req.header('content-type') ?? '')) throw new Problem(415, 'expected application/json')
  try {
    return await context.req.json()
  } catch {
    throw new Problem(400, 'the body is no JSON', [{ field: 'body', reason: 'must be JSON' }])
  }
}

/** Checks a body with a schema, or refuses it. */
export function check(schema: Kind['create'], body: unknown): Row {
  const result = schema.safeParse(body)
  if (!result.success) throw invalidBody(result.error)
  return result.data as Row
}

function refuse(kind: Kind, row: Row, database: Database): void {
  const invalid = Object.entries(kind.invalid?.(row, database) ?? {}).map(([field, reason]) => ({ field, reason }))
  if (invalid.length > 0) throw new Problem(400, 'Invalid Parameters', invalid)
  const conflict = kind.conflict?.(row, database)
  if (conflict !== undefined) throw new Problem(409, conflict)
}

/** What lives in an object goes with it. */
function removeRow(kind: string, id: string, database: Database): void {
  database.remove(kind, id)
  const children = [...kinds, ...singletons].filter(({ parent }) => parent === kind).map(({ name }) => ({ name, field: `${kind}_id` }))
  const tree = kinds.find(({ name }) => name === kind)?.tree
  for (const { name, field } of [...children, { name: 'publication', field: `${kind}_id` }, ...(tree === undefined ? [] : [{ name: kind, field: tree }])])
    for (const row of database.all(name)) if (row[field] === id) removeRow(name, String(row['id']), database)
}
