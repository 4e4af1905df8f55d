import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { network, openBench, rule, type Bench, type Json } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.server.close())

type Options = Readonly<Record<string, { readonly value: string; readonly selected: number }>>
const selected = (options: unknown): string[] => Object.entries(options as Options).flatMap(([option, { selected: on }]) => (on === 1 ? [option] : []))
const rowsOf = (body: Json): readonly Json[] => body['rows'] as readonly Json[]

describe('a get', () => {
  it('shows every option of a field with what is selected, booleans as digits, and networks as text', async () => {
    const uuid = await bench.add('firewall/filter/addRule', rule({ interface: 'lan,opt1', source_net: 'lan,192.0.2.0/25', tcpflags1: 'syn', tcpflags2: 'syn,ack' }))
    const shown = (await bench.get(`firewall/filter/getRule/${uuid}`)).body['rule'] as Json
    expect(shown['action']).toEqual({ pass: { value: 'Pass', selected: 1 }, block: { value: 'Block', selected: 0 }, reject: { value: 'Reject', selected: 0 } })
    expect(selected(shown['interface'])).toEqual(['lan', 'opt1'])
    expect(selected(shown['tcpflags2'])).toEqual(['syn', 'ack'])
    expect(selected(shown['protocol'])).toEqual(['TCP'])
    expect(selected(shown['state-policy'])).toEqual([''])
    expect(shown).toMatchObject({ enabled: '1', log: '0', source_net: 'lan,192.0.2.0/25', destination_net: 'any', destination_port: '22', sequence: '2' })
  })
  it('shows the entries of an alias among every other alias', async () => {
    await bench.add('firewall/alias/addItem', network('net_a'))
    const uuid = await bench.add('firewall/alias/addItem', { alias: { name: 'ports', type: 'port', content: '22\n2200:2210' } })
    const { content, type } = (await bench.get(`firewall/alias/getItem/${uuid}`)).body['alias'] as Json
    expect(content).toEqual({ 22: { value: '22', selected: 1 }, '2200:2210': { value: '2200:2210', selected: 1 }, net_a: { selected: 0, value: 'net_a' } })
    expect(selected(type)).toEqual(['port'])
  })
  it('shows an empty entry for an alias without content', async () => {
    const uuid = await bench.add('firewall/alias/addItem', { alias: { name: 'blocked', type: 'external' } })
    expect(selected(((await bench.get(`firewall/alias/getItem/${uuid}`)).body['alias'] as Json)['content'])).toEqual([''])
  })
  it('shows the names of linked servers, which are UUIDs', async () => {
    const server = await bench.add('haproxy/settings/addServer', { server: { name: 'app', address: '192.0.2.1', port: 8080 } })
    const uuid = await bench.add('haproxy/settings/addBackend', { backend: { name: 'pool', linkedServers: server } })
    const shown = (await bench.get(`haproxy/settings/getBackend/${uuid}`)).body['backend'] as Json
    expect(shown['linkedServers']).toEqual({ [server]: { value: 'app', selected: 1 } })
    expect(selected(shown['ba_advertised_protocols'])).toEqual(['h2', 'http11'])
  })
  it('gives the defaults without a UUID, and an empty list for one that nobody has', async () => {
    expect((await bench.get('interfaces/vlan_settings/getItem')).body['vlan']).toMatchObject({ tag: '', descr: '' })
    expect(await bench.get('interfaces/vlan_settings/getItem/11111111-2222-4333-8444-555555555555')).toEqual({ status: 200, body: [] })
  })
})

describe('a search', () => {
  it('gives pages of rows, with the labels of what was picked beside it', async () => {
    for (const [sequence, description] of [['30', 'c'], ['4', 'a'], ['20', 'b']] as const) await bench.add('firewall/filter/addRule', rule({ sequence, description, interface: 'lan,wan' }))
    const { body } = await bench.post('firewall/filter/searchRule', { current: 1, rowCount: 2, sort: { sequence: 'desc' }, searchPhrase: 'LAN,wan' })
    expect(body).toMatchObject({ total: 3, rowCount: 2, current: 1 })
    expect(rowsOf(body).map(({ description }) => description)).toEqual(['c', 'b'])
    expect(rowsOf(body)[0]).toMatchObject({ interface: 'lan,wan', '%interface': 'LAN,WAN', action: 'pass', '%action': 'Pass', enabled: '1' })
    const second = await bench.post('firewall/filter/searchRule', { current: 2, rowCount: 2, sort: { sequence: 'desc' }, searchPhrase: 'lan,wan' })
    expect(rowsOf(second.body).map(({ description }) => description)).toEqual(['a'])
  })
  it('gives all rows for -1, and joins the entries of an alias by line feeds', async () => {
    await bench.add('firewall/alias/addItem', network('net_b', '192.0.2.0/25\n192.0.2.128/25'))
    await bench.add('firewall/alias/addItem', network('net_a'))
    const { body } = await bench.post('firewall/alias/searchItem', { current: 1, rowCount: -1, sort: {}, searchPhrase: '' })
    expect(body).toMatchObject({ total: 2, rowCount: 2 })
    expect(rowsOf(body).map(({ name, content }) => [name, content])).toEqual([['net_a', '192.0.2.0/25'], ['net_b', '192.0.2.0/25\n192.0.2.128/25']])
  })
  it('of backends shows three columns only, and one of servers six', async () => {
    await bench.add('haproxy/settings/addServer', { server: { name: 'app', address: '192.0.2.1', port: '8080', weight: '5' } })
    await bench.add('haproxy/settings/addBackend', { backend: { name: 'pool', mode: 'tcp' } })
    const columns = async (path: string): Promise<string[]> => Object.keys(rowsOf((await bench.post(path)).body)[0] as Json).filter((name) => name !== 'uuid' && !name.startsWith('%'))
    expect(await columns('haproxy/settings/searchBackends')).toEqual(['enabled', 'name', 'description'])
    expect(await columns('haproxy/settings/searchServers')).toEqual(['enabled', 'name', 'type', 'address', 'port', 'description'])
  })
  it('of rules shows rules that the firewall made itself, which nobody can get or delete', async () => {
    const [own] = rowsOf((await bench.post('firewall/filter/searchRule')).body)
    expect(own).toMatchObject({ legacy: true, is_automatic: true })
    expect((await bench.get(`firewall/filter/getRule/${String(own?.['uuid'])}`)).body).toEqual([])
    expect((await bench.post(`firewall/filter/delRule/${String(own?.['uuid'])}`)).body).toEqual({ result: 'not found' })
    expect((await bench.post(`firewall/filter/setRule/${String(own?.['uuid'])}`, rule())).body).toEqual({ result: 'failed' })
  })
})

describe('a toggle', () => {
  it('turns an object off and on, or to what was asked for', async () => {
    const uuid = await bench.add('firewall/alias/addItem', network('net_a'))
    expect((await bench.post(`firewall/alias/toggleItem/${uuid}`)).body).toEqual({ result: 'Disabled', changed: true })
    expect((await bench.post(`firewall/alias/toggleItem/${uuid}/0`)).body).toEqual({ result: 'Disabled', changed: false })
    expect((await bench.post(`firewall/alias/toggleItem/${uuid}/1`)).body).toEqual({ result: 'Enabled', changed: true })
    expect(bench.server.saved().alias[0]?.['enabled']).toBe('1')
  })
})
