import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { network, openBench, rule, type Bench, type Json } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.server.close())

const tables = async (): Promise<unknown> => (await bench.post('firewall/alias_util/aliases')).body
const table = async (name: string): Promise<unknown[]> => ((await bench.post(`firewall/alias_util/list/${name}`)).body['rows'] as readonly Json[]).map(({ ip }) => ip)
const loadedRules = async (): Promise<string[]> => Object.keys((await bench.get('firewall/filter_util/rule_stats')).body['stats'] as Json)
const devices = async (): Promise<Json> => (await bench.get('diagnostics/interface/get_interface_config')).body
const pools = async (): Promise<unknown[]> => ((await bench.get('haproxy/statistics/counters')).body as unknown as readonly Json[]).map(({ id, status }) => `${String(id)} ${String(status)}`)

describe('what is live', () => {
  it('shows in the tables of the packet filter, nested aliases followed', async () => {
    await bench.add('firewall/alias/addItem', network('net_b'))
    await bench.add('firewall/alias/addItem', network('net_a', '198.51.100.0/24'))
    await bench.add('firewall/alias/addItem', { alias: { name: 'grp', type: 'networkgroup', content: 'net_a\nnet_b' } })
    await bench.add('firewall/alias/addItem', { alias: { name: 'ports', type: 'port', content: '22' } })
    await bench.add('firewall/alias/addItem', { alias: { ...(network('net_off')['alias'] as Json), enabled: '0' } })
    expect(await tables()).toEqual([])
    expect(await table('grp')).toEqual([])
    await bench.post('firewall/alias/reconfigure')
    expect(await tables()).toEqual(['grp', 'net_a', 'net_b'])
    expect(await table('grp')).toEqual(['192.0.2.0/25', '198.51.100.0/24'])
    const [row] = (await bench.post('firewall/alias/searchItem', { searchPhrase: 'grp' })).body['rows'] as readonly Json[]
    expect(row).toMatchObject({ name: 'grp', current_items: '2' })
  })
  it('is an empty table for a rule that was applied before its alias', async () => {
    await bench.add('firewall/alias/addItem', network('net_a'))
    const uuid = await bench.add('firewall/filter/addRule', rule({ source_net: 'net_a', destination_net: '192.0.2.1' }))
    await bench.post('firewall/filter/apply')
    expect([await loadedRules(), await tables(), await table('net_a')]).toEqual([[uuid], ['net_a'], []])
    await bench.post('firewall/alias/reconfigure')
    expect(await table('net_a')).toEqual(['192.0.2.0/25'])
  })
  it('is no rule that is off', async () => {
    const uuid = await bench.add('firewall/filter/addRule', rule())
    await bench.add('firewall/filter/addRule', rule({ enabled: '0' }))
    await bench.post('firewall/filter/apply')
    expect(await loadedRules()).toEqual([uuid])
  })
  it('shows as the devices of the machine', async () => {
    await bench.add('interfaces/vlan_settings/addItem', { vlan: { if: 'vtnet1', tag: '10', pcp: '3' } })
    expect(await devices()).not.toHaveProperty('vlan01')
    await bench.post('interfaces/vlan_settings/reconfigure')
    expect(await devices()).toMatchObject({ vtnet1: {}, vlan01: { vlan: { parent: 'vtnet1', tag: '10', pcp: '3', proto: '802.1q' } } })
  })
  it('shows as what HAProxy runs', async () => {
    const server = await bench.add('haproxy/settings/addServer', { server: { name: 'app', address: '192.0.2.1', port: '80', mode: 'disabled' } })
    await bench.add('haproxy/settings/addBackend', { backend: { name: 'pool', linkedServers: server } })
    expect(await pools()).toEqual([])
    await bench.post('haproxy/service/reconfigure')
    expect(await pools()).toEqual(['pool/app MAINT', 'pool/BACKEND UP'])
  })
})

describe('a configuration that HAProxy refuses', () => {
  it('is told by a test of it; a reconfigure says ok and goes on with the old one', async () => {
    const server = await bench.add('haproxy/settings/addServer', { server: { name: 'app', address: '192.0.2.1' } })
    await bench.add('haproxy/settings/addBackend', { backend: { name: 'pool', linkedServers: server } })
    expect((await bench.get('haproxy/service/configtest')).body).toEqual({ result: 'Configuration file is valid\n\n' })
    await bench.post('haproxy/service/reconfigure')
    await bench.post(`haproxy/settings/setServer/${server}`, { server: { address: '' } })
    await bench.add('haproxy/settings/addBackend', { backend: { name: 'pool' } })
    expect(String((await bench.get('haproxy/service/configtest')).body['result'])).toMatch(/^\[ALERT\] proxy 'pool' has the same name.*\n\[ALERT\] backend 'pool': server 'app' has no address/)
    expect((await bench.post('haproxy/service/reconfigure')).body).toEqual({ status: 'ok' })
    expect(bench.server.live().backend).toHaveLength(1)
    expect(bench.server.live().server[0]?.['address']).toBe('192.0.2.1')
  })
})

describe('what is applied', () => {
  it('may need some questions until it is there', async () => {
    bench.server.delay({ afterPolls: 2 })
    await bench.add('firewall/filter/addRule', rule())
    await bench.post('firewall/filter/apply')
    const counts = [await loadedRules(), await loadedRules(), await loadedRules()].map(({ length }) => length)
    expect(counts).toEqual([0, 0, 1])
    await bench.post('haproxy/service/reconfigure')
    const states = [await bench.get('haproxy/service/status'), await bench.get('haproxy/service/status'), await bench.get('haproxy/service/status')].map(({ body }) => body['status'])
    expect(states).toEqual(['stopped', 'stopped', 'running'])
  })
  it('may need some time, as it was when it was applied', async () => {
    let nowMs = 0
    await bench.server.close()
    bench = await openBench({ readiness: { afterMs: 100 }, clock: { monotonic: () => nowMs, after: (_, callback) => setImmediate(callback) } })
    const uuid = await bench.add('firewall/filter/addRule', rule())
    await bench.post('firewall/filter/apply')
    await bench.post(`firewall/filter/setRule/${uuid}`, { rule: { description: 'later' } })
    nowMs = 99
    expect([await loadedRules(), bench.server.live().rule]).toEqual([[], []])
    nowMs = 100
    expect(bench.server.live().rule[0]?.['description']).toBe('ssh')
    expect(await loadedRules()).toEqual([uuid])
  })
})
