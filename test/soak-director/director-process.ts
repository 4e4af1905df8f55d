import { serve, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createDirector } from '../../examples/director/server/app.ts'
import type { DirectorApp } from '../../examples/director/server/director-app.ts'
import type { Order } from '../../examples/director/server/order.ts'
import type { DirectorAsk, DirectorWord, Repeated, Traffic } from './messages.ts'
import { kindOf, type RequestKind, type RequestMoment } from './request-kind.ts'

/** The local Director in a process of its own, with everything in a file: it says when a moment has come. */
const sockets = new Set<Socket>()
const held = new Set<ServerResponse>()
const waiting: (() => void)[] = []
const never = new Promise<Response>(() => undefined)
const LOOK_EVERY_MS = 10
const polled = new Set<string>()
const repeated: Repeated[] = []
let director: DirectorApp | undefined
let armed: Extract<DirectorAsk, { readonly ask: 'arm' }> | undefined
let counts: Record<RequestKind, number> = { write: 0, poll: 0, read: 0, refresh: 0 }
let lagMs = 0
let sinceRefresh = 0
let underWay = 0
let isDead = false

const say = (word: DirectorWord): void => void process.send?.(word)

/** Who is to be hit by this request, if anybody. */
function take(kind: RequestKind): { readonly who: 'host' | 'server'; readonly moment: RequestMoment } | undefined {
  for (const who of ['host', 'server'] as const) {
    const moment = armed?.[who]
    if (armed === undefined || moment === undefined || moment.on !== kind || counts[kind] < moment.nth) continue
    const { [who]: _, ...rest } = armed
    armed = rest
    return { who, moment }
  }
  return undefined
}

async function handle(request: Request, outgoing: ServerResponse, app: DirectorApp): Promise<Response> {
  underWay++
  const hold = (): Promise<Response> => {
    held.add(outgoing)
    leave()
    return never
  }
  if (isDead) return hold()
  const { pathname } = new URL(request.url)
  const kind = kindOf(request.method, pathname)
  counts[kind]++
  sinceRefresh = kind === 'refresh' ? 0 : sinceRefresh + 1
  if (kind === 'poll') polled.add(pathname.split('/').at(-1) as string)
  if (kind === 'write') for (const { nth, edit } of armed?.edits ?? []) if (nth === counts.write) app.edit(edit)
  const hit = take(kind)
  const strike = (): void => {
    if (hit?.who === 'server') isDead = true
    if (hit !== undefined) say({ said: 'hit', who: hit.who })
  }
  if (hit?.moment.point === 'before') {
    strike()
    return hold()
  }
  try {
    const reply = await app.fetch(request).finally(() => kind === 'write' && noteRepeated(app))
    if (hit?.moment.point === 'after') {
      strike()
      return await hold()
    }
    if (hit !== undefined) outgoing.once('finish', strike)
    leave()
    return reply
  } catch {
    if (hit !== undefined) strike()
    leave()
    outgoing.destroy()
    return RESPONSE_ALREADY_SENT
  }
}

/** Two orders for the same at once may come to anything. */
function noteRepeated(app: DirectorApp): void {
  const orders = app.orders()
  const later = orders.at(-1)
  if (later === undefined || repeated.some((each) => each.later === later.id)) return
  const subject = subjectOf(later)
  const earlier = orders.find((order) => order !== later && order.outcome === undefined && !order.isForgotten && subjectOf(order) === subject)
  if (earlier !== undefined) repeated.push({ earlier: earlier.id, later: later.id, subject })
}

function subjectOf({ node, errand }: Order): string {
  if (errand.does === 'refresh-paths') return node
  return `${errand.does} ${errand.kind} ${errand.does === 'create' ? String(errand.fields['policy_name'] ?? errand.fields['name']) : errand.id} on ${node}`
}

function leave(): void {
  underWay--
  wake()
}

function wake(): void {
  for (const look of waiting.splice(0)) look()
}

async function becomeQuiet(): Promise<Traffic> {
  armed = undefined
  for (const outgoing of held) outgoing.destroy()
  held.clear()
  while (underWay > 0 || sockets.size > 0) await new Promise<void>((resolve) => void waiting.push(resolve))
  director?.heal()
  return counts
}

/** Every order ends, also those that would not by themselves. */
function finish(app: DirectorApp, free: 'carry-out' | 'fail', freed: number): void {
  const orders = app.orders() as (Order & { endAtMs: number | null; failsWith?: string })[]
  const stuck = orders.filter(({ outcome, endAtMs }) => outcome === undefined && endAtMs === null)
  for (const order of stuck) {
    order.endAtMs = Date.now()
    // What nobody asks for may not come after all: whoever sent it believes that it did not happen.
    if (free === 'fail' || !polled.has(order.id)) order.failsWith = 'The LogPoint could not carry out the request'
  }
  const isOver = app.orders().every(({ outcome, endAtMs }) => outcome !== undefined && (endAtMs ?? 0) + lagMs <= Date.now())
  if (isOver) say({ said: 'finished', freed: freed + stuck.length })
  else setTimeout(() => finish(app, free, freed + stuck.length), LOOK_EVERY_MS)
}

process.on('message', (message) => {
  const ask = message as DirectorAsk
  if (ask.ask === 'listen') {
    const app = createDirector(ask.setup)
    director = app
    lagMs = ask.setup.lagMs
    const server = serve({ fetch: (request, env) => handle(request, (env as HttpBindings).outgoing as ServerResponse, app), port: ask.port, hostname: '127.0.0.1' }, ({ port }: AddressInfo) => say({ said: 'listening', port })) as Server
    server.on('connection', (socket) => {
      sockets.add(socket)
      socket.once('close', () => {
        sockets.delete(socket)
        wake()
      })
    })
    return
  }
  const app = director as DirectorApp
  switch (ask.ask) {
    case 'arm':
      armed = ask
      counts = { write: 0, poll: 0, read: 0, refresh: 0 }
      for (const { path, ...fault } of ask.faults) app.fault({ ...fault, ...(path !== undefined && { path: new RegExp(path) }) })
      return say({ said: 'armed' })
    case 'quiet':
      return void becomeQuiet().then((traffic) => say({ said: 'quiet', traffic, polled: [...polled], repeated, sinceRefresh }))
    case 'finish':
      return finish(app, ask.free, 0)
    case 'edit':
      for (const edit of ask.edits) app.edit(edit)
      return say({ said: 'edited' })
    case 'look':
      say({ said: 'look', state: app.state(), orders: app.orders() })
  }
})
process.on('disconnect', () => process.exit())
say({ said: 'ready' })
