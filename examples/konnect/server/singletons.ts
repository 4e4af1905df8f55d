import type { Hono } from 'hono'
import type * as z from 'zod'
import { bodyOf, check, type Desk } from './app.ts'
import { mergeDeep } from './change.ts'
import type { Row } from './database.ts'
import { invalidBody, Problem } from './problem.ts'
import { authSettings } from './singletons/auth-settings.ts'
import { favicon, logo } from './singletons/asset.ts'
import { customization } from './singletons/customization.ts'
import { integrations } from './singletons/integrations.ts'

/** What every portal has exactly once: it is there with its portal, and cannot be made or deleted. */
export interface Singleton {
  /** The name of its table: a row is there once something was set. */
  readonly name: string
  /** The last part of its path. */
  readonly path: string
  /** The kind that it lives in. */
  readonly parent: string
  /** What it is until something is set, and what a replacement leaves out. */
  readonly defaults: Row
  /** What an update must look like. Default: it has none. */
  readonly update?: z.ZodType
  /** What a replacement must look like. Default: it has none. */
  readonly replace?: z.ZodType
  /** What the whole must look like after an update. Default: anything. */
  readonly whole?: z.ZodType
  /** How it is shown. Default: as it is stored. */
  readonly show?: (row: Row) => Row
}

/** Every kind that a portal has once. */
export const singletons: readonly Singleton[] = [customization, authSettings, integrations, logo, favicon]

/** Serves what a portal has once: GET, a PATCH that merges, and a PUT that resets what it leaves out. */
export function registerSingletons(app: Hono, { database }: Desk): void {
  for (const { name, path, defaults, update, replace, whole, show = (row: Row) => row } of singletons) {
    const at = `/v3/portals/:portal/${path}`
    const find = (portal: string): Row => {
      if (database.get('portal', portal) === undefined) throw new Problem(404, `portal ${portal} not found`)
      const { id: _, portal_id: __, ...row } = { ...defaults, ...database.get(name, portal) } as Row
      return row
    }
    const put = (portal: string, row: Row): Row => {
      const result = whole?.safeParse(row)
      if (result?.success === false) throw invalidBody(result.error)
      database.put(name, portal, { ...row, id: portal, portal_id: portal })
      return show(row)
    }
    app.get(at, (context) => context.json(show(find(context.req.param('portal') as string))))
    app.patch(at, async (context) => {
      if (update === undefined) throw new Problem(405, 'Method not allowed')
      const portal = context.req.param('portal') as string
      const before = find(portal)
      return context.json(put(portal, mergeDeep(before, check(update, await bodyOf(context))) as Row))
    })
    app.put(at, async (context) => {
      if (replace === undefined) throw new Problem(405, 'Method not allowed')
      const portal = context.req.param('portal') as string
      find(portal)
      return context.json(put(portal, { ...defaults, ...(check(replace, await bodyOf(context)) as Row | null) }))
    })
  }
}
