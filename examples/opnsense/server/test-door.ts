import type { Hono } from 'hono'
import { kindNames, type Kind, type Row } from './config.ts'
import { faultKinds, type ServerFault } from './faults.ts'
import type { FirewallApp } from './firewall.ts'
import type { Readiness } from './live-state.ts'

/** A fault as JSON: the path is the source of a regular expression. */
export type FaultRequest = Omit<ServerFault, 'path'> & { readonly path?: string }

/**
 * What tests of another process need, outside of the API and without a password: `GET /_state` and `/_requests`,
 * `POST` and `DELETE /_faults`, `POST /_edit` (`changes` null: removes it) and `POST /_readiness`.
 */
export function registerTestDoor(app: Hono, firewall: Omit<FirewallApp, 'fetch'>): void {
  app.get('/_state', (context) => context.json(firewall.state()))
  app.get('/_requests', (context) => context.json(firewall.requests))
  app.post('/_faults', async (context) => {
    const asked = await context.req.json<FaultRequest | readonly FaultRequest[]>()
    const faults = [asked].flat() as FaultRequest[]
    const unknown = faults.find(({ fault }) => !faultKinds.includes(fault))
    if (unknown !== undefined) return context.json({ message: `unknown fault "${String(unknown.fault)}", expected one of ${faultKinds.join(', ')}` }, 400)
    for (const { path, ...fault } of faults) firewall.fault({ ...fault, ...(path !== undefined && { path: new RegExp(path) }) })
    return context.json({ asked: faults.length })
  })
  app.delete('/_faults', (context) => {
    firewall.heal()
    return context.json({})
  })
  app.post('/_edit', async (context) => {
    const { kind, uuid, changes } = await context.req.json<{ kind: Kind; uuid: string; changes: Row | null }>()
    if (!kindNames.includes(kind)) return context.json({ message: `unknown kind "${String(kind)}", expected one of ${kindNames.join(', ')}` }, 400)
    if (changes === null) firewall.drop(kind, uuid)
    else firewall.edit(kind, uuid, changes)
    return context.json({})
  })
  app.post('/_readiness', async (context) => {
    firewall.delay(await context.req.json<Readiness>())
    return context.json({})
  })
}
