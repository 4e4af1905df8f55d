import { Hono } from 'hono'
import * as z from 'zod'
import { declare } from '../../src/provider/declare.ts'
import { defineProvider } from '../../src/provider/define.ts'
import { createHttpClient, pathOf } from '../../src/provider/rest/http.ts'
import { restType } from '../../src/provider/rest/rest-type.ts'
import { createFaultyFetch } from '../../src/testing/faulty-fetch.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

type Row = Record<string, unknown> & { id: string }

/** A small API in this process: teams with members, labels by name, notes that are replaced whole, and one object of settings. */
export function createApp() {
  const rows = new Map<string, Row>()
  let settings: Record<string, unknown> = { colour: 'grey' }
  let count = 0
  const app = new Hono()
  const list = (collection: string): Row[] => [...rows].filter(([path]) => path.startsWith(`${collection}/`) && !path.slice(collection.length + 1).includes('/')).map(([, row]) => row)
  for (const base of ['/teams', '/teams/:team/members']) {
    app.get(base, ({ req, json }) => {
      const [page, size] = [Number(req.query('page') ?? 1), Number(req.query('size') ?? 10)]
      const all = list(req.path)
      return json({ data: all.slice((page - 1) * size, page * size), meta: { page: { total: all.length } } })
    })
    app.post(base, async ({ req, json }) => {
      const body = await req.json<Record<string, unknown>>()
      if (list(req.path).some(({ name }) => name === body['name'])) return json({ title: 'Conflict', detail: 'the name is taken' }, 409)
      const row = { ...body, id: `id-${++count}` }
      rows.set(`${req.path}/${row.id}`, row)
      return json(row, 201)
    })
  }
  for (const item of ['/teams/:id', '/teams/:team/members/:id', '/labels/:id', '/notes/:id']) {
    const missing = { title: 'Not Found' }
    app.get(item, ({ req, json }) => (rows.has(req.path) ? json(rows.get(req.path)) : json(missing, 404)))
    app.delete(item, ({ req, json, body }) => (rows.delete(req.path) ? body(null, 204) : json(missing, 404)))
    app.patch(item, async ({ req, json }) => {
      const row = rows.get(req.path)
      if (row === undefined) return json(missing, 404)
      rows.set(req.path, { ...row, ...(await req.json<Record<string, unknown>>()) })
      return json(rows.get(req.path))
    })
  }
  app.get('/notes', ({ req, json }) => {
    const [at, all] = [Number(req.query('after') ?? 0), list('/notes')]
    return json({ notes: all.slice(at, at + 1), next: at + 1 < all.length ? String(at + 1) : null })
  })
  app.post('/notes', async ({ req, json }) => {
    const { note } = await req.json<{ readonly note: Record<string, unknown> }>()
    const row = { ...note, id: `id-${++count}` }
    rows.set(`/notes/${row.id}`, row)
    return json({ note: row }, 201)
  })
  app.put('/notes/:id', async ({ req, json }) => {
    const { note } = await req.json<{ readonly note: Record<string, unknown> }>()
    rows.set(req.path, { ...note, id: req.param('id') })
    return json({ note: rows.get(req.path) })
  })
  app.put('/labels/:id', async ({ req, json }) => {
    rows.set(req.path, { ...(await req.json<Record<string, unknown>>()), id: req.param('id') })
    return json(rows.get(req.path))
  })
  app.get('/labels', ({ json }) => json({ items: list('/labels') }))
  app.get('/settings', ({ json }) => json(settings))
  app.patch('/settings', async ({ req, json }) => json((settings = { ...settings, ...(await req.json<Record<string, unknown>>()) })))
  app.put('/settings', ({ json }) => json((settings = { colour: 'grey' })))
  return { app, rowOf: (id: string): Row | undefined => [...rows.values()].find((row) => row.id === id) }
}

/** A provider for it, with its faults and its clock. */
export async function openRest() {
  const { app, rowOf } = createApp()
  const clock = manualClock({ auto: true })
  const { fetch, faults } = createFaultyFetch({ fetch: (request) => app.fetch(request), clock })
  const client = createHttpClient({ baseUrl: 'https://api.example', fetch })
  const pages = { style: 'page', items: 'data', total: 'meta.page.total', number: 'page', size: 'size', pageSize: 1 } as const
  const team = restType({
    client,
    schema: z.strictObject({ name: z.string(), description: z.string().optional() }),
    collection: () => '/teams',
    pagination: pages,
    key: ['name'],
    visibleWithinMs: 5_000,
  })
  const member = restType({
    client,
    schema: z.strictObject({ team_id: z.string(), name: z.string(), role: z.string().optional() }),
    collection: (teamId) => pathOf`/teams/${teamId}/members`,
    pagination: pages,
    parent: { type: 'team', field: 'team_id' },
    key: ['team_id', 'name'],
  })
  const label = restType({
    client,
    schema: z.strictObject({ name: z.string(), colour: z.string().optional() }),
    collection: () => '/labels',
    pagination: { style: 'none', items: 'items' },
    idOf: ({ name }) => String(name),
    update: 'put',
    idempotent: true,
    key: ['name'],
  })
  const note = restType({
    client,
    schema: z.strictObject({ title: z.string(), text: z.string().optional() }),
    collection: () => '/notes',
    pagination: { style: 'cursor', items: 'notes', next: 'next', cursor: 'after', size: 'limit', pageSize: 1 },
    update: 'merge',
    envelope: 'note',
    key: ['title'],
  })
  const settings = restType({ client, schema: z.strictObject({ colour: z.string() }), collection: () => '/settings', singleton: true, resetBody: {} })
  const provider = defineProvider({ name: 'rest', types: { team, member, label, note, settings } })
  const make = declare(provider)
  const extra = {
    addUnknown: async (id: string) => void ((rowOf(id) as Row)['extra'] = 'kept'),
    showUnknown: async (id: string) => rowOf(id)?.['extra'],
  }
  const subjects = {
    team: { declare: (variant: string) => [make.team(variant, { name: `team ${variant}` })], change: { description: 'changed' }, ...extra },
    member: {
      declare: (variant: string) => {
        const home = make.team('home', { name: 'home' })
        return [home, make.member(variant, { team_id: home.id, name: variant, role: 'reader' })]
      },
      change: { role: 'writer' },
      ...extra,
    },
    label: { declare: (variant: string) => [make.label(variant, { name: variant, colour: 'red' })], change: { colour: 'blue' } },
    note: { declare: (variant: string) => [make.note(variant, { title: variant })], change: { text: 'changed' }, ...extra },
    settings: { declare: (variant: string) => [make.settings(variant, { colour: 'red' })], change: { colour: 'blue' } },
  }
  return { provider, subjects, faults, clock, patienceMs: 20, rowOf }
}
