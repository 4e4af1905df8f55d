import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { apply, memoryStore, plan, type Resource } from 'convergent'
import { manualClock } from 'convergent/testing'
import { director } from '../../../../examples/director/director.ts'
import { kinds } from '../../../../examples/director/kinds.ts'
import { kind as deviceGroup } from '../../../../examples/director/one-more/device-group.ts'
import { bankNodes } from './bench.ts'

const node = bankNodes['stockholm'] ?? ''

/** A Director that has device groups and nothing else; what an order did shows at the second look. */
function serveGroups(): { readonly fetch: typeof fetch; readonly groups: () => readonly object[]; readonly orders: readonly string[] } {
  const groups = new Map<string, object>()
  const orders: string[] = []
  let shown: readonly { readonly id: string }[] = []
  const app = new Hono()
  const give = (order: string): object => ({ status: 'Success', message: `/monitorapi/${node}/orders/${orders.push(order)}` })
  app.get(`/configapi/${node}/Repos/RepoPaths`, ({ json }) => json([{ paths: [] }]))
  const look = (): typeof shown => {
    const before = shown
    shown = [...groups].map(([id, group]) => ({ id, ...group, active: true, tid: '' }))
    return before
  }
  app.get(`/configapi/${node}/DeviceGroups`, ({ json }) => json(look()))
  app.get(`/configapi/${node}/DeviceGroups/:id`, ({ req, json }) => {
    const found = look().find(({ id }) => id === req.param('id'))
    return json(found ?? { status: 'Failed', message: 'not found' }, found === undefined ? 404 : 200)
  })
  app.on(['POST', 'PUT', 'DELETE'], [`/configapi/${node}/DeviceGroups`, `/configapi/${node}/DeviceGroups/:id`], async ({ req, json }) => {
    const data = req.method === 'DELETE' ? undefined : (await req.json<{ readonly data: object }>()).data
    const id = req.param('id') ?? (orders.length + 1).toString(16).padStart(24, '0')
    if (data === undefined) groups.delete(id)
    else groups.set(id, data)
    return json(give(`${req.method} ${JSON.stringify(groups.get(id) ?? id.slice(-1))}`))
  })
  app.get(`/monitorapi/${node}/orders/:order`, ({ json }) => json({ request: {}, response: { node_change_count: -1, errors: [], message: '', success: true } }))
  return { fetch: async (url, init) => app.fetch(new Request(url as string, init)), groups: () => [...groups.values()], orders }
}

it('one file adds a kind: planned, made, changed, renamed, removed', async () => {
  const { fetch, groups, orders } = serveGroups()
  const clock = manualClock({ auto: true })
  const options = { provider: director({ url: 'http://director.invalid', token: 't', secret: 's', kinds: [...kinds, deviceGroup], fetch }), store: memoryStore(), clock, mode: 'sync' } as const
  const sync = async (...desired: readonly Resource[]): Promise<readonly string[]> => {
    const changes = await plan([{ type: 'Node', name: 'here', inputs: { id: node }, external: true }, ...desired], { ...options, allowEmpty: true })
    expect((await apply(changes, options).result).outcome).toBe('succeeded')
    return changes.actions.map(({ kind, address }) => `${kind} ${address}`)
  }
  const group = (name: string, description?: string): Resource => ({ type: 'DeviceGroup', name: `here/${name}`, inputs: { node, name, ...(description !== undefined && { description }) } })
  expect(await sync(group('tills'), group('atms', 'Cash'))).toEqual(['create DeviceGroup/here/tills', 'create DeviceGroup/here/atms'])
  expect(await sync(group('tills'), group('atms', 'Cash'))).toEqual([])
  expect(await sync(group('tills'), group('atms', 'Cash and more'))).toEqual(['update DeviceGroup/here/atms'])
  expect(groups()).toEqual([{ name: 'tills', description: '' }, { name: 'atms', description: 'Cash and more' }])
  expect(await sync({ ...group('counters'), movedFrom: 'DeviceGroup/here/tills' }, group('atms', 'Cash and more'))).toEqual(['replace DeviceGroup/here/counters'])
  expect(orders.slice(-2)).toEqual(['POST {"name":"counters","description":""}', 'DELETE "1"'])
  expect(await sync()).toEqual(expect.arrayContaining(['delete DeviceGroup/here/atms', 'delete DeviceGroup/here/counters']))
  expect(groups()).toEqual([])
})
