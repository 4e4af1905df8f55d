import { Hono, type Context } from 'hono'
import { RequestFaults } from '../../parts/request-faults.ts'
import { findCaller, isAllowed, type Caller } from './access.ts'
import { answer, waitForAbort } from './answer.ts'
import { machineClock } from './clock.ts'
import type { DataikuApp, DataikuOptions, DataikuState, Edit, ServedRequest } from './dataiku-app.ts'
import type { Desk, Visit } from './desk.ts'
import { applyEdit } from './edit.ts'
import { sortOf, type ServerFault } from './faults.ts'
import { refuseFailed, showFuture, type Future } from './future.ts'
import { readBody, type Body } from './read-body.ts'
import { ReplyError, toRefusal } from './reply.ts'
import { registerDatasets } from './routes/datasets.ts'
import { registerFutures } from './routes/futures.ts'
import { registerProjects } from './routes/projects.ts'
import { registerRecipes } from './routes/recipes.ts'
import { Store } from './store.ts'
import { registerTestDoor } from './test-door.ts'

const CONNECTIONS = { filesystem_managed: 'Filesystem', postgres_managed: 'PostgreSQL', s3_managed: 'S3' }

/** Makes a Dataiku that has the traps of the real one. */
export function createDataiku(options: DataikuOptions = {}): DataikuApp {
  const { apiKey = 'local', keys = {}, users, connections = CONNECTIONS, clock = machineClock } = options
  const [store, requests] = [new Store(options), [] as ServedRequest[]]
  const { data, newId } = store
  const faults = { request: new RequestFaults<ServerFault>(clock.now), future: new RequestFaults<ServerFault>(clock.now), recipe: new RequestFaults<ServerFault>(clock.now) }
  /** Does what is due, then the work, and keeps both: a refusal may tell of what was due, so it is kept then as well. */
  const act = <T>(work: (nowMs: number) => T): T => {
    const nowMs = clock.now()
    store.settle(nowMs)
    try {
      return work(nowMs)
    } finally {
      store.settle(nowMs)
      store.save()
    }
  }
  const dataiku = {
    requests,
    state: () => act((): DataikuState => structuredClone({ projects: listProjects(store), data: data.data, futures: data.futures, counts: countRequests(requests) })),
    data: () => act(() => structuredClone(data.data)),
    store: (place: string, rows: readonly unknown[] | null) =>
      act(() => {
        if (rows === null) delete data.data[place]
        else data.data[place] = rows
      }),
    futures: () => act(() => data.futures),
    edit: (edit: Edit) => act((nowMs) => applyEdit(edit, data, nowMs, newId)),
    forgetFutures: () => act(() => store.forgetFutures()),
    fault: (fault: ServerFault) => faults[sortOf(fault)].add(fault),
    heal: () => Object.values(faults).forEach((each) => each.clear()),
  }

  const waitFor = async (future: Future, signal: AbortSignal): Promise<undefined> => {
    while (future.outcome === undefined) {
      if (future.endAtMs === null) await waitForAbort(signal)
      else await clock.sleep(Math.max(0, future.endAtMs - clock.now()), signal)
      act(() => undefined)
    }
    refuseFailed(future)
    if (future.outcome.ended === 'aborted') throw new ReplyError('InternalServerErrorException', 'The deletion was aborted')
    return undefined
  }
  const visit = (context: Context, caller: Caller, body: Body, nowMs: number): Visit => {
    const { req } = context
    return {
      caller,
      body,
      nowMs,
      param: (name) => req.param(name) ?? '',
      isSet: (name, otherwise = false) => (req.query(name)?.toLowerCase() ?? String(otherwise)) === 'true',
      enter: (need) => {
        const key = req.param('project') ?? ''
        const project = Object.hasOwn(data.projects, key) ? data.projects[key] : undefined
        if (project === undefined) throw new ReplyError('NotFoundException', `Project "${key}" not found`)
        if (!isAllowed(project, caller, need)) throw new ReplyError('DKUSecurityException', `"${caller.login}" may not ${need} the project "${key}"`)
        return project
      },
      start: (errand, waits) => {
        const future = store.start(errand, nowMs, faults.future.take(req.method, req.path))
        return waits ? waitFor(future, req.raw.signal) : showFuture(future, nowMs)
      },
      takeRecipeFault: () => faults.recipe.take(req.method, req.path),
    }
  }
  const serve: Desk['serve'] = (method, path, handle) => {
    app.on(method, `/dip/publicapi${path}`, async (context) => {
      const { raw, path: asked, method: by } = context.req
      const [atMs, at, query] = [clock.now(), requests.length, new URL(raw.url).search]
      const log = (status: number): void => void (requests[at] = { method: by, path: asked, query, status, atMs })
      log(0)
      const reply = await answer(raw, faults.request.take(by, asked), clock, async () => {
        const caller = findCaller(raw.headers, apiKey, keys)
        const body = await readBody(raw)
        return act((nowMs) => handle(visit(context, caller, body, nowMs)))
      })
      log(reply.status)
      return reply
    })
  }

  const app = new Hono({ strict: false })
  registerTestDoor(app, dataiku)
  for (const register of [registerProjects, registerDatasets, registerRecipes, registerFutures]) register({ store, users, connections, serve })
  app.notFound(() => toRefusal(new ReplyError('NotFoundException', 'Not found')))
  // A connection that is cut is no reply of any kind.
  app.onError((error) => {
    throw error
  })
  return { ...dataiku, fetch: async (request) => app.fetch(request) }
}

function listProjects({ data }: Store): DataikuState['projects'] {
  return Object.fromEntries(
    Object.entries(data.projects).map(([key, { parts, datasets, recipes }]) => [key, { parts, recipes, datasets: Object.fromEntries(Object.entries(datasets).map(([name, { fields }]) => [name, fields])) }]),
  )
}

/** By `{method} {resource}`, as in `PUT datasets/schema`. */
function countRequests(requests: readonly ServedRequest[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { method, path } of requests) {
    const [resource = '', , inside, name, part] = path.replace(/\/$/, '').split('/').slice(3)
    const words = inside === undefined ? [resource] : [inside, ...(part !== undefined ? [part] : inside === 'datasets' && name === 'managed' ? [name] : [])]
    const named = `${method} ${words.join('/')}`
    counts[named] = (counts[named] ?? 0) + 1
  }
  return counts
}
