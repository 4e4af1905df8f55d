import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { apply, memoryStore, plan, type Resource } from 'convergent'
import { loadKinds } from '../../../examples/konnect/kinds.ts'
import { konnect } from '../../../examples/konnect/konnect.ts'
import { openApiPath } from './bench.ts'

const folder = fileURLToPath(new URL('../../../examples/konnect/one-more', import.meta.url))

/** The endpoints of one more kind, as the vendor's document has them. */
function serveAccounts(): { readonly fetch: typeof fetch; readonly accounts: Map<string, Record<string, unknown>> } {
  const accounts = new Map<string, Record<string, unknown>>()
  const app = new Hono()
  const at = '2026-01-01T00:00:00.000Z'
  app.get('/v3/system-accounts', ({ req, json }) => {
    const name = req.query('filter[name][eq]')
    const all = [...accounts.values()].filter((account) => name === undefined || account['name'] === name)
    const [size, number] = [Math.min(2, Number(req.query('page[size]'))), Number(req.query('page[number]') ?? 1)]
    return json({ meta: { page: { number, size, total: all.length } }, data: all.slice((number - 1) * size, number * size) })
  })
  app.post('/v3/system-accounts', async ({ req, json }) => {
    const account = { id: crypto.randomUUID(), ...(await req.json<object>()), konnect_managed: false, created_at: at, updated_at: at }
    accounts.set(account.id, account)
    return json(account, 201)
  })
  app.get('/v3/system-accounts/:id', ({ req, json }) => (accounts.has(req.param('id')) ? json(accounts.get(req.param('id'))) : json({}, 404)))
  app.patch('/v3/system-accounts/:id', async ({ req, json }) => {
    accounts.set(req.param('id'), { ...accounts.get(req.param('id')), ...(await req.json<object>()) })
    return json(accounts.get(req.param('id')))
  })
  app.delete('/v3/system-accounts/:id', ({ req, body }) => (accounts.delete(req.param('id')), body(null, 204)))
  return { fetch: async (url, init) => app.fetch(new Request(url as string, init)), accounts }
}

it('one file adds a kind: planned, made, changed, removed, and read from the input', async () => {
  const kinds = await loadKinds(folder)
  expect(kinds.map(({ type, input }) => [type, input.list, input.fields])).toEqual([['system_account', 'system_accounts', ['name', 'description']]])
  const { fetch, accounts } = serveAccounts()
  const options = { provider: konnect({ url: 'http://konnect', token: 't', kinds, fetch }), store: memoryStore(), mode: 'sync' } as const
  const sync = async (...desired: readonly Resource[]): Promise<string[]> => {
    const changes = await plan(desired, { ...options, allowEmpty: true })
    expect((await apply(changes, options).result).outcome).toBe('succeeded')
    return changes.actions.map(({ kind, address }) => `${kind} ${address}`)
  }
  const account = (name: string, description = 'CI'): Resource => ({ type: 'system_account', name, inputs: { name, description } })
  expect(await sync(account('a'), account('b'), account('c'))).toEqual(['create system_account/a', 'create system_account/b', 'create system_account/c'])
  expect(await sync(account('a'), account('b'), account('c'))).toEqual([])
  expect(await sync(account('a'), account('b', 'CD'))).toEqual(['update system_account/b', 'delete system_account/c'])
  expect([...accounts.values()].map(({ name, description }) => [name, description])).toEqual([['a', 'CI'], ['b', 'CD']])
})

it.skipIf(!existsSync(openApiPath))('the endpoints are those of the vendor’s document', () => {
  const { paths } = JSON.parse(readFileSync(openApiPath, 'utf8')) as { readonly paths: Readonly<Record<string, object>> }
  expect(Object.keys(paths['/v3/system-accounts'] ?? {})).toEqual(expect.arrayContaining(['get', 'post']))
  expect(Object.keys(paths['/v3/system-accounts/{accountId}'] ?? {})).toEqual(expect.arrayContaining(['get', 'patch', 'delete']))
})
