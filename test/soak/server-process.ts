import { serve, type HttpBindings } from '@hono/node-server'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createKonnect } from '../../examples/konnect/server/app.ts'
import type { Point, ServerAsk, ServerWord, Write } from './messages.ts'

/** The local Konnect in a process of its own: it says when a moment has come, and keeps its objects over a restart. */
const app = createKonnect({ token: 'soak', pageSize: 100 })
const sockets = new Set<Socket>()
const held = new Set<ServerResponse>()
const waiting: (() => void)[] = []
let writes: Write[] = []
let requests = 0
let underWay = 0
let isDead = false
let isDropping = false
let moment: { left: number; readonly point: Point; readonly dies: boolean; counts: boolean } | undefined

const say = (word: ServerWord): void => void process.send?.(word)
const never = new Promise<Response>(() => undefined)
/** A little, and not always the same: requests overtake each other. */
const dawdle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 4))

function takeMoment(isWrite: boolean): Point | undefined {
  if (moment === undefined) return undefined
  moment.counts ||= isWrite
  if (!moment.counts || --moment.left > 0) return undefined
  const { point, dies } = moment
  moment = undefined
  if (!dies) {
    if (point === 'before') say({ said: 'hit' })
    return point
  }
  // From here on nobody gets an answer; what is under way comes to its end first.
  isDead = true
  void whenIdle().then(handOver)
  return point
}

function handOver(): void {
  say({ said: 'hit', objects: app.objects(), writes, requests })
}

/** Resolves when no request is under way; one that is held is not. */
function whenIdle(): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => (underWay === 0 ? resolve() : void waiting.push(look))
    look()
  })
}

function wake(): void {
  for (const look of waiting.splice(0)) look()
}

async function handle(request: Request, outgoing: ServerResponse): Promise<Response> {
  const hold = (): Promise<Response> => {
    held.add(outgoing)
    underWay--
    wake()
    return never
  }
  underWay++
  requests++
  const isWrite = request.method !== 'GET'
  const host = request.headers.get('x-host') ?? ''
  await dawdle()
  if (isDead || isDropping) return hold()
  const point = takeMoment(isWrite)
  if (point === 'before') return hold()
  const reply = await app.fetch(request)
  if (isWrite) writes.push({ method: request.method, path: new URL(request.url).pathname, status: reply.status, host, askedMs: Number(request.headers.get('x-asked')) })
  if (point === 'after') {
    if (!isDead) say({ said: 'hit' })
    return hold()
  }
  await dawdle()
  if (isDead) return hold()
  underWay--
  wake()
  if (point === 'replied') outgoing.once('finish', () => say({ said: 'hit' }))
  return reply
}

async function becomeQuiet(untilClosed: boolean): Promise<void> {
  moment = undefined
  isDropping = untilClosed
  for (const outgoing of held) outgoing.destroy()
  held.clear()
  // A host that stands still may have sent half of a request.
  if (!untilClosed) return
  await whenIdle()
  while (sockets.size > 0) await new Promise<void>((resolve) => void waiting.push(resolve))
  for (const outgoing of held) outgoing.destroy()
  held.clear()
  isDropping = false
}

process.on('message', (message) => {
  const ask = message as ServerAsk
  switch (ask.ask) {
    case 'listen': {
      for (const [kind, rows] of Object.entries(ask.objects)) for (const row of rows) app.edit(kind, String(row['id']), row)
      const server = serve({ fetch: (request, env) => handle(request, (env as HttpBindings).outgoing), port: ask.port, hostname: '127.0.0.1' }, ({ port }: AddressInfo) => say({ said: 'listening', port })) as Server
      server.on('connection', (socket) => {
        sockets.add(socket)
        socket.once('close', () => {
          sockets.delete(socket)
          wake()
        })
      })
      return
    }
    case 'arm':
      moment = { left: ask.after, point: ask.point, dies: ask.dies, counts: !ask.fromFirstWrite }
      return say({ said: 'armed' })
    case 'quiet':
      return void becomeQuiet(ask.untilClosed).then(() => say({ said: 'quiet' }))
    case 'account':
      say({ said: 'account', objects: app.objects(), writes, requests })
      writes = []
      requests = 0
  }
})
process.on('disconnect', () => process.exit())
say({ said: 'ready' })
