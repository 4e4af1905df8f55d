import { serve, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFirewall } from '../../examples/opnsense/server/app.ts'
import type { FirewallApp, FirewallOptions } from '../../examples/opnsense/server/firewall.ts'
import { subsystems, type Subsystem } from '../../examples/opnsense/server/live-state.ts'
import { CREDENTIALS } from './messages.ts'
import { kindOf, subsystemOf, type RequestKind } from './request-kind.ts'

/**
 * When something happens, by the n-th request of a kind: before it was carried out, which it never is then; after that, and
 * before its reply; right after its reply. `late`: it is carried out after all, when the next write comes.
 */
export interface RequestMoment {
  readonly on: RequestKind
  /** 1 is the first. */
  readonly nth: number
  readonly point: 'before' | 'after' | 'replied' | 'late'
}

/** What came while one host worked. */
export interface Traffic {
  readonly writes: number
  readonly requests: number
  readonly settles: Readonly<Record<Subsystem, number>>
}

/** A write whose connection was cut, and that is carried out before the n-th write from now on. */
interface LateWrite {
  readonly request: Request
  left: number
}

interface Armed {
  readonly at: RequestMoment
  readonly hit: () => Promise<void>
  /** True: nobody waits for the request any more once it was hit. */
  readonly isDeadly: boolean
}

const none = (): Record<Subsystem, number> => Object.fromEntries(subsystems.map((name) => [name, 0])) as Record<Subsystem, number>

/** A firewall on a port of this machine, in this process, that lets somebody die at chosen requests. */
export class Tap {
  readonly firewall: FirewallApp
  /** Writes that were carried out after their connection had been cut. */
  lateCount = 0
  readonly #late: LateWrite[] = []
  readonly #waiting: (() => void)[] = []
  #server: Server | undefined
  #underWay = 0
  #counts = { write: 0, settle: 0, ready: 0, read: 0 }
  #settles = none()
  #moment: Armed | undefined
  /** How many writes pass until the connection of one is cut, and when that is carried out. */
  #cut: { left: number; readonly lands: number } | undefined
  #url = ''
  /** When all that was told to become effective is. */
  #effectiveMs = 0
  readonly #readyAfterMs: number

  constructor(options: Partial<FirewallOptions>) {
    this.#readyAfterMs = options.readiness?.afterMs ?? 0
    this.firewall = createFirewall({ ...CREDENTIALS, latencyMs: 1, ...options })
  }

  get url(): string {
    return this.#url
  }

  async listen(): Promise<void> {
    this.#url = await new Promise((resolve) => {
      this.#server = serve({ fetch: (request, env) => this.#handle(request, (env as HttpBindings).outgoing as ServerResponse), port: 0, hostname: '127.0.0.1' }, ({ port }: AddressInfo) => resolve(`http://127.0.0.1:${port}`)) as Server
    })
  }

  /** Counts anew. `hit` is called when the moment has come, and what it was about goes on when it resolves; deadly: unless nobody waits for it any more. */
  arm(at: RequestMoment | undefined, isDeadly: boolean, hit: () => Promise<void>): void {
    this.#counts = { write: 0, settle: 0, ready: 0, read: 0 }
    this.#settles = none()
    this.#moment = at === undefined ? undefined : { at, hit, isDeadly }
  }

  /** Cuts the connection of the n-th write; it is carried out before the one that comes so many later, none beside it. */
  cutLate(nth: number, lands: number): void {
    this.#cut = { left: nth, lands }
  }

  /** Forgets all that has not happened yet, waits until nothing is under way and what was settled is effective, and tells what there was. Late writes stay late. */
  async rest(): Promise<Traffic> {
    this.#moment = undefined
    this.#cut = undefined
    this.firewall.heal()
    await new Promise<void>((resolve) => {
      const look = (): void => (this.#underWay === 0 ? resolve() : void this.#waiting.push(look))
      look()
    })
    // What was told to become effective does so by itself.
    await sleep(Math.max(0, this.#effectiveMs - performance.now()))
    const { write, settle, ready, read } = this.#counts
    return { writes: write, requests: write + settle + ready + read, settles: { ...this.#settles } }
  }

  /** Carries out every late write. */
  async land(): Promise<void> {
    for (const late of this.#late.splice(0)) await this.#carryOutLate(late)
  }

  async close(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }

  async #handle(request: Request, outgoing: ServerResponse): Promise<Response> {
    this.#underWay++
    try {
      return await this.#answer(request, outgoing)
    } catch {
      outgoing.destroy()
      return RESPONSE_ALREADY_SENT
    } finally {
      this.#underWay--
      if (this.#underWay === 0) for (const look of this.#waiting.splice(0)) look()
    }
  }

  async #answer(request: Request, outgoing: ServerResponse): Promise<Response> {
    const { pathname } = new URL(request.url)
    const kind = kindOf(pathname)
    this.#counts[kind]++
    if (kind === 'settle') this.#settles[subsystemOf(pathname)]++
    if (kind === 'write') await this.#landDue()
    const moment = this.#take(kind)
    // A copy: who made it may be gone by then.
    const copy = async (left: number): Promise<void> => {
      const { method, url, headers } = request
      this.#late.push({ request: new Request(url, { method, headers: [...headers], body: await request.text() }), left })
    }
    if (moment?.isDeadly === true && (moment.at.point === 'before' || moment.at.point === 'late')) {
      if (moment.at.point === 'late') await copy(1)
      await moment.hit()
      throw new Error('nobody waits for this')
    }
    if (kind === 'write' && this.#cut !== undefined && --this.#cut.left === 0) {
      await copy(this.#cut.lands)
      throw new Error('this one comes late')
    }
    if (moment?.at.point === 'before') await moment.hit()
    const reply = await this.firewall.fetch(request)
    if (kind === 'settle') this.#effectiveMs = performance.now() + this.#readyAfterMs
    if (moment?.at.point === 'after') {
      await moment.hit()
      if (moment.isDeadly) throw new Error('nobody waits for this')
    }
    if (moment?.at.point === 'replied') outgoing.once('finish', () => void moment.hit())
    return reply
  }

  async #landDue(): Promise<void> {
    for (const late of this.#late) late.left--
    const due = this.#late.filter(({ left }) => left <= 0)
    for (const each of due) {
      this.#late.splice(this.#late.indexOf(each), 1)
      await this.#carryOutLate(each)
    }
  }

  async #carryOutLate({ request }: LateWrite): Promise<void> {
    this.lateCount++
    await this.firewall.fetch(request)
  }

  #take(kind: RequestKind): Armed | undefined {
    const moment = this.#moment
    if (moment === undefined || moment.at.on !== kind || this.#counts[kind] < moment.at.nth) return undefined
    this.#moment = undefined
    return moment
  }
}
