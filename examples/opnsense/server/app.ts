import { Hono } from 'hono'
import { RequestFaults } from '../../parts/request-faults.ts'
import { machineClock, waitFor } from '../../parts/server-clock.ts'
import { answer } from './answer.ts'
import { createRouter } from './commands.ts'
import { listConfig, type Kind, type Row, type Snapshot } from './config.ts'
import { ConfigFile } from './config-file.ts'
import type { Desk } from './desk.ts'
import type { ServerFault } from './faults.ts'
import type { FirewallApp, FirewallOptions, ServedRequest } from './firewall.ts'
import { LiveState, type Readiness } from './live-state.ts'
import { notFound } from './reply.ts'
import { defaultSite } from './site.ts'
import { registerTestDoor } from './test-door.ts'

/** Makes a firewall that keeps its configuration in memory and has the traps of the real one. */
export function createFirewall(options: FirewallOptions): FirewallApp {
  const { key, secret, latencyMs = 2, readiness = {}, site = {}, clock = machineClock } = options
  const { now = () => new Date().toISOString(), newId = () => crypto.randomUUID() } = options
  const [file, live, faults] = [new ConfigFile(now), new LiveState(clock, readiness), new RequestFaults<ServerFault>(clock.monotonic)]
  const desk: Desk = { file, live, site: { ...defaultSite, ...site }, clock, latencyMs, newId, traffic: { underWay: 0, overlaps: 0 } }
  const findRoute = createRouter(desk)
  const requests: ServedRequest[] = []
  const credentials = `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`
  const counts = (): Record<string, number> => {
    const result: Record<string, number> = {}
    for (const { command } of requests) if (command !== undefined) result[command] = (result[command] ?? 0) + 1
    return result
  }
  const saved = (): Snapshot => listConfig(file.read())
  const change = (kind: Kind, uuid: string, row: Row | undefined): void => {
    const config = file.read()
    if (row === undefined) config[kind].delete(uuid)
    else config[kind].set(uuid, { ...config[kind].get(uuid), ...row })
    file.save(config, 'changed by somebody else')
  }
  const firewall = {
    requests,
    saved,
    live: () => live.list(),
    state: () => ({ saved: saved(), live: live.list(), settles: live.settles(), counts: counts(), overlaps: desk.traffic.overlaps, revision: file.revision() }),
    edit: change,
    drop: (kind: Kind, uuid: string) => change(kind, uuid, undefined),
    delay: (next: Readiness) => live.delay(next),
    fault: (fault: ServerFault) => faults.add(fault),
    heal: () => faults.clear(),
  }
  const app = new Hono()
  registerTestDoor(app, firewall)
  app.all('/api/*', async (context) => {
    const { method, path, raw } = context.req
    const atMs = clock.monotonic()
    const route = findRoute(path)
    let status = 0
    try {
      const reply = await answer(raw, { route, credentials, fault: faults.take(method, path), wait: (delayMs) => waitFor(clock, delayMs) })
      status = reply.status
      return reply
    } finally {
      requests.push({ method, path, status, atMs, ...(route !== undefined && { command: route.name }) })
    }
  })
  app.notFound(() => Response.json(notFound().body, { status: 404 }))
  // A connection that is cut is no reply of any kind.
  app.onError((error) => {
    throw error
  })
  return { ...firewall, fetch: async (request) => app.fetch(request) }
}
