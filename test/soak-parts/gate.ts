import { serve, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { RequestMoment } from './death.ts'

/** Whom a moment hits. */
export type Victim = 'host' | 'server'

/** How the requests to a server are served, and who hears of them. */
export interface GateOptions<Kind extends string> {
  readonly kinds: readonly Kind[]
  readonly kindOf: (method: string, path: string) => Kind
  readonly fetch: (request: Request) => Promise<Response>
  /** Hears of each request before it is carried out. `nth`: of its kind since the last `arm`. */
  readonly onRequest: (kind: Kind, nth: number, path: string) => void
  /** Hears of each that was carried out, before its reply. */
  readonly onServed: (kind: Kind) => void
  readonly onHit: (who: Victim) => void
}

const VICTIMS = ['host', 'server'] as const

/** Serves on a port of this machine, and says when a moment has come: its request is held then, and never answered, or was answered just now. */
export class Gate<Kind extends string> {
  readonly #options: GateOptions<Kind>
  readonly #sockets = new Set<Socket>()
  readonly #held = new Set<ServerResponse>()
  readonly #waiting: (() => void)[] = []
  #moments: Readonly<Partial<Record<Victim, RequestMoment<Kind>>>> = {}
  #counts: Record<Kind, number>
  #underWay = 0
  #isDead = false

  constructor(options: GateOptions<Kind>) {
    this.#options = options
    this.#counts = this.#countAnew()
  }

  /** Port 0 takes any that is free. */
  listen(port: number): Promise<number> {
    return new Promise((resolve) => {
      const handle = (request: Request, env: unknown): Promise<Response> => this.#handle(request, (env as HttpBindings).outgoing as ServerResponse)
      const server = serve({ fetch: handle, port, hostname: '127.0.0.1' }, (address: AddressInfo) => resolve(address.port)) as Server
      server.on('connection', (socket) => {
        this.#sockets.add(socket)
        socket.once('close', () => {
          this.#sockets.delete(socket)
          this.#wake()
        })
      })
    })
  }

  /** Names the next moments, and counts anew. */
  arm(moments: Readonly<Partial<Record<Victim, RequestMoment<Kind>>>>): void {
    this.#moments = moments
    this.#counts = this.#countAnew()
  }

  /** Forgets what has not happened yet, drops what it holds, and resolves when nobody is connected, to how many requests came. */
  async becomeQuiet(): Promise<Readonly<Record<Kind, number>>> {
    this.#moments = {}
    for (const outgoing of this.#held) outgoing.destroy()
    this.#held.clear()
    while (this.#underWay > 0 || this.#sockets.size > 0) await new Promise<void>((resolve) => void this.#waiting.push(resolve))
    return this.#counts
  }

  #countAnew(): Record<Kind, number> {
    return Object.fromEntries(this.#options.kinds.map((kind) => [kind, 0])) as Record<Kind, number>
  }

  /** Who is to be hit by this request, if anybody. */
  #take(kind: Kind): { readonly who: Victim; readonly point: RequestMoment<Kind>['point'] } | undefined {
    for (const who of VICTIMS) {
      const moment = this.#moments[who]
      if (moment === undefined || moment.on !== kind || this.#counts[kind] < moment.nth) continue
      this.#moments = { ...this.#moments, [who]: undefined }
      return { who, point: moment.point }
    }
    return undefined
  }

  async #handle(request: Request, outgoing: ServerResponse): Promise<Response> {
    this.#underWay++
    const hold = (): Promise<Response> => {
      this.#held.add(outgoing)
      this.#leave()
      return new Promise<Response>(() => undefined)
    }
    if (this.#isDead) return hold()
    const { kindOf, fetch, onRequest, onServed, onHit } = this.#options
    const { pathname } = new URL(request.url)
    const kind = kindOf(request.method, pathname)
    onRequest(kind, ++this.#counts[kind], pathname)
    const hit = this.#take(kind)
    const strike = (): void => {
      if (hit?.who === 'server') this.#isDead = true
      if (hit !== undefined) onHit(hit.who)
    }
    if (hit?.point === 'before') {
      strike()
      return hold()
    }
    try {
      const reply = await fetch(request).finally(() => onServed(kind))
      if (hit?.point === 'after') {
        strike()
        return await hold()
      }
      if (hit !== undefined) outgoing.once('finish', strike)
      this.#leave()
      return reply
    } catch {
      if (hit !== undefined) strike()
      this.#leave()
      outgoing.destroy()
      return RESPONSE_ALREADY_SENT
    }
  }

  #leave(): void {
    this.#underWay--
    this.#wake()
  }

  #wake(): void {
    for (const look of this.#waiting.splice(0)) look()
  }
}
