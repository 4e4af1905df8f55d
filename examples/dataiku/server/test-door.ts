import type { Hono } from 'hono'
import type { DataikuApp, Edit } from './dataiku-app.ts'
import { futureFaultKinds, recipeFaultKinds, requestFaultKinds, type ServerFault } from './faults.ts'
import { projectParts } from './state.ts'

/** A fault as JSON: the path is the source of a regular expression. */
export type FaultRequest = Omit<ServerFault, 'path'> & { readonly path?: string }

/** Data as JSON; null takes it away. */
export interface DataRequest {
  readonly place: string
  readonly rows: readonly unknown[] | null
}

const FAULTS: readonly string[] = [...requestFaultKinds, ...futureFaultKinds, ...recipeFaultKinds]
const PARTS: readonly string[] = ['project', ...projectParts, 'dataset', 'recipe']

/**
 * What tests of another process need, outside of the API and without a key: `GET /_state`, `/_requests`, `/_futures` and `/_data`,
 * `POST` and `DELETE /_faults`, `POST /_data` (`rows` null: takes it away), `POST /_edit` (`changes` null: drops it), and
 * `POST /_forget` (does to futures what a restart does).
 */
export function registerTestDoor(app: Hono, dataiku: Omit<DataikuApp, 'fetch'>): void {
  app.get('/_state', (context) => context.json(dataiku.state()))
  app.get('/_requests', (context) => context.json(dataiku.requests))
  app.get('/_futures', (context) => context.json(dataiku.futures()))
  app.get('/_data', (context) => context.json(dataiku.data()))
  app.post('/_faults', async (context) => {
    const faults = [await context.req.json<FaultRequest | readonly FaultRequest[]>()].flat() as FaultRequest[]
    const unknown = faults.find(({ fault }) => !FAULTS.includes(fault))
    if (unknown !== undefined) return context.json({ message: `unknown fault "${String(unknown.fault)}", expected one of ${FAULTS.join(', ')}` }, 400)
    for (const { path, ...fault } of faults) dataiku.fault({ ...fault, ...(path !== undefined && { path: new RegExp(path) }) })
    return context.json({ asked: faults.length })
  })
  app.delete('/_faults', (context) => {
    dataiku.heal()
    return context.json({})
  })
  app.post('/_data', async (context) => {
    const { place, rows } = await context.req.json<DataRequest>()
    dataiku.store(place, rows)
    return context.json({})
  })
  app.post('/_edit', async (context) => {
    const edit = await context.req.json<Edit>()
    if (!PARTS.includes(edit.part)) return context.json({ message: `unknown part "${String(edit.part)}", expected one of ${PARTS.join(', ')}` }, 400)
    const projects = Object.keys(dataiku.state().projects)
    if (!projects.includes(edit.project)) return context.json({ message: `unknown project "${edit.project}", expected one of ${projects.join(', ')}` }, 400)
    dataiku.edit(edit)
    return context.json({})
  })
  app.post('/_forget', (context) => {
    dataiku.forgetFutures()
    return context.json({})
  })
}
