import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { network, openBench, type Bench } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench({ key: 'key', secret: 'secret' })))
afterEach(() => bench.server.close())

const JSON_TYPE = { 'content-type': 'application/json' }

describe('who may say what', () => {
  it.each(['', 'Bearer secret', `Basic ${btoa('key:wrong')}`, `Basic ${btoa('key')}`])('is asked for a key and its secret: %j', async (authorization) => {
    const response = await bench.send('/api/firewall/alias/searchItem', { method: 'POST', headers: { authorization } })
    expect([response.status, await response.json()]).toEqual([401, { status: 401, message: 'Authentication Failed' }])
  })
  it.each(['PUT', 'DELETE', 'PATCH'])('does not say %s', async (method) => {
    const response = await bench.send('/api/firewall/alias/addItem', { method, headers: JSON_TYPE, body: JSON.stringify(network('net_a')) })
    expect(response.status).toBe(405)
    expect(bench.server.saved().alias).toEqual([])
  })
  it.each(['firewall/alias/removeItem', 'firewall/aliases/addItem', 'dhcp/leases/search', 'firewall/alias'])('finds nothing at %s', async (path) => {
    expect(await bench.post(path)).toEqual({ status: 404, body: { errorMessage: 'Endpoint not found' } })
  })
  it.each(['POST', 'GET'])('brings JSON where it says so, with a %s as well', async (method) => {
    const response = await bench.send('/api/firewall/alias/searchItem', { method, headers: JSON_TYPE })
    expect([response.status, await response.json()]).toEqual([400, { status: 400, message: 'Invalid JSON syntax' }])
  })
  it('brings no torn JSON', async () => {
    expect((await bench.send('/api/firewall/alias/addItem', { method: 'POST', headers: JSON_TYPE, body: '{"alias":' })).status).toBe(400)
  })
  it('is not heard without saying that it is JSON', async () => {
    const response = await bench.send('/api/firewall/alias/addItem', { method: 'POST', body: JSON.stringify(network('net_a')) })
    expect(await response.json()).toEqual({ result: 'failed' })
  })
  it('may leave out the body where nothing is to be said', async () => {
    expect(await (await bench.send('/api/firewall/filter/apply', { method: 'POST' })).json()).toEqual({ status: 'OK\n\n' })
  })
  it('names what a command insists on', async () => {
    expect(await bench.post('firewall/alias/delItem')).toEqual({ status: 400, body: { status: 400, message: 'action delItem expects at least 1 parameter(s)' } })
  })
  it('breaks a field that is a list', async () => {
    expect((await bench.post('firewall/filter/addRule', { rule: { interface: ['lan'] } })).status).toBe(500)
  })
})

describe('a command', () => {
  it.each(['firewall/alias/add_item', 'firewall/alias/addItem', 'Firewall/Alias/addItem'])('may be written as %s', async (path) => {
    expect((await bench.post(path, network('net_a'))).body['result']).toBe('saved')
  })
  it.each(['get_alias_u_u_i_d', 'getAliasUUID'])('finds the UUID of a name: %s', async (command) => {
    const uuid = await bench.add('firewall/alias/addItem', network('net_a'))
    expect((await bench.get(`firewall/alias/${command}/net_a`)).body).toEqual({ uuid })
    expect((await bench.get(`firewall/alias/${command}/net_b`)).body).toEqual([])
  })
  it.each(['interfaces/vlanSettings/searchItem', 'interfaces/vlan_settings/search_item'])('has a controller in either case: %s', async (path) => {
    expect((await bench.post(path)).body).toMatchObject({ total: 0, rows: [] })
  })
  it('is counted under the name that the API gives it', async () => {
    await bench.post('firewall/alias/search_item')
    await bench.post('firewall/alias/searchItem')
    await bench.post('firewall/alias/nothing')
    expect(bench.server.state().counts).toEqual({ 'firewall/alias/searchItem': 2 })
    expect(bench.server.requests.map(({ method, status }) => [method, status])).toEqual([['POST', 200], ['POST', 200], ['POST', 404]])
  })
})

describe('the history of the configuration', () => {
  it('has an entry for each save, newest first, and a revert makes nothing live', async () => {
    await bench.add('firewall/alias/addItem', network('net_a'))
    await bench.post('firewall/alias/reconfigure')
    await bench.add('firewall/alias/addItem', network('net_b'))
    const items = (await bench.get('core/backup/backups/this')).body['items'] as readonly { readonly id: string; readonly description: string }[]
    expect(items.map(({ description }) => description)).toEqual(['/api/firewall/alias/addItem made changes', '/api/firewall/alias/addItem made changes'])
    expect((await bench.post(`core/backup/revertBackup/${items[1]?.id}`)).body).toEqual({ status: 'reverted' })
    expect(bench.server.saved().alias.map(({ name }) => name)).toEqual(['net_a'])
    expect(bench.server.live().alias.map(({ name }) => name)).toEqual(['net_a'])
    expect((await bench.post('core/backup/revertBackup/config-1.xml')).body).toEqual({ status: 'not_found' })
    expect((await bench.get('core/backup/backups/elsewhere')).body).toEqual({ items: [] })
  })
})
