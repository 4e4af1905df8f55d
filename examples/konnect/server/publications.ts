import type { Hono } from 'hono'
import * as z from 'zod'
import { bodyOf, check, type Desk } from './app.ts'
import type { Row } from './database.ts'
import { pageOf } from './listing.ts'
import { Problem } from './problem.ts'

const body = z.strictObject({
  auto_approve_registrations: z.boolean().optional(),
  auth_strategy_ids: z.array(z.uuid()).min(1).max(1).nullable().optional(),
  visibility: z.enum(['public', 'private']).optional(),
  warnings: z.array(z.string()).optional(),
})

/** Publications have no id of their own, and a PUT says all of them: what it leaves out is reset. */
export function registerPublications(app: Hono, { database, pageSize, now }: Desk): void {
  const path = '/v3/apis/:api/publications/:portal'
  const show = ({ id: _, entity_type: __, api_id: ___, portal_id: ____, ...row }: Row): Row => row
  const idOf = (api: string, portal: string): string => `${api}/${portal}`
  const exists = (api: string, portal: string): void => {
    if (database.get('api', api) === undefined) throw new Problem(404, `api ${api} not found`)
    if (database.get('portal', portal) === undefined) throw new Problem(404, `portal ${portal} not found`)
  }
  app.get('/v3/api-publications', (context) => {
    const hidden = ({ id: _, ...row }: Row): Row => row
    const rows = database.shown('publication').map((row) => ({ ...row, auth_strategy_id: row['auth_strategy_ids'] }))
    return context.json(pageOf(rows, ({ auth_strategy_id: _, ...row }) => hidden(row), context.req.query(), ['api_id', 'portal_id', 'auth_strategy_id', 'entity_type'], pageSize))
  })
  app.put(path, async (context) => {
    const { api, portal } = context.req.param()
    exists(api, portal)
    const sent = check(body, await bodyOf(context))
    const unknown = ((sent['auth_strategy_ids'] ?? []) as string[]).filter((id) => database.get('strategy', id) === undefined)
    if (unknown.length > 0) throw new Problem(400, 'Invalid Parameters', [{ field: 'auth_strategy_ids', reason: `${unknown.join(', ')} does not exist` }])
    const id = idOf(api, portal)
    const at = now()
    const settings = database.get('portal', portal) as Row
    const row: Row = {
      id,
      api_id: api,
      portal_id: portal,
      entity_type: 'api',
      visibility: settings['default_api_visibility'],
      auto_approve_registrations: false,
      auth_strategy_ids: null,
      ...sent,
      created_at: database.get('publication', id)?.['created_at'] ?? at,
      updated_at: at,
    }
    database.put('publication', id, row)
    return context.json(show(row))
  })
  app.get(path, (context) => {
    const { api, portal } = context.req.param()
    const row = database.get('publication', idOf(api, portal))
    if (row === undefined) throw new Problem(404, 'Not found')
    return context.json(show(row))
  })
  app.delete(path, (context) => {
    const { api, portal } = context.req.param()
    if (database.get('publication', idOf(api, portal)) === undefined) throw new Problem(404, 'Not found')
    database.remove('publication', idOf(api, portal))
    return context.body(null, 204)
  })
}
