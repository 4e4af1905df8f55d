import type { Hono } from 'hono'
import type { DirectorApp, Edit } from './director-app.ts'
import { orderFaultKinds, requestFaultKinds, type ServerFault } from './faults.ts'
import { catalogueNames, kindNames } from './kind.ts'

/** A fault as JSON: the path is the source of a regular expression. */
export type FaultRequest = Omit<ServerFault, 'path'> & { readonly path?: string }

const FAULTS: readonly string[] = [...requestFaultKinds, ...orderFaultKinds]
const TABLES: readonly string[] = [...kindNames, ...catalogueNames]

/**
 * What tests of another process need, outside of the API and without a token: `GET /_state`, `/_requests` and `/_orders`,
 * `POST` and `DELETE /_faults`, and `POST /_edit` (`changes` null: drops it).
 */
export function registerTestDoor(app: Hono, director: Omit<DirectorApp, 'fetch'>): void {
  app.get('/_state', (context) => context.json(director.state()))
  app.get('/_requests', (context) => context.json(director.requests))
  app.get('/_orders', (context) => context.json(director.orders()))
  app.post('/_faults', async (context) => {
    const faults = [await context.req.json<FaultRequest | readonly FaultRequest[]>()].flat() as FaultRequest[]
    const unknown = faults.find(({ fault }) => !FAULTS.includes(fault))
    if (unknown !== undefined) return context.json({ message: `unknown fault "${String(unknown.fault)}", expected one of ${FAULTS.join(', ')}` }, 400)
    for (const { path, ...fault } of faults) director.fault({ ...fault, ...(path !== undefined && { path: new RegExp(path) }) })
    return context.json({ asked: faults.length })
  })
  app.delete('/_faults', (context) => {
    director.heal()
    return context.json({})
  })
  app.post('/_edit', async (context) => {
    const edit = await context.req.json<Edit>()
    if (!TABLES.includes(edit.table)) return context.json({ message: `unknown table "${String(edit.table)}", expected one of ${TABLES.join(', ')}` }, 400)
    const nodes = Object.keys(director.state().nodes)
    if (!nodes.includes(edit.node)) return context.json({ message: `unknown node "${String(edit.node)}", expected one of ${nodes.join(', ')}` }, 400)
    director.edit(edit)
    return context.json({})
  })
}
