import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { network, openBench, rule, type Bench, type Json } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.server.close())

const invalid = async (path: string, body: Json): Promise<unknown> => (await bench.post(path, body)).body['validations'] ?? 'saved'
const addRule = (fields: Json): Promise<unknown> => invalid('firewall/filter/addRule', rule(fields))
const addAlias = (fields: Json): Promise<unknown> => invalid('firewall/alias/addItem', { alias: { name: 'it', type: 'host', ...fields } })

describe('an alias', () => {
  it('has a name of its own', async () => {
    const uuid = await bench.add('firewall/alias/addItem', network('net_a'))
    const taken = { 'alias.name': 'An alias with this name already exists.' }
    expect(await addAlias({ name: 'net_a' })).toEqual(taken)
    const other = await bench.add('firewall/alias/addItem', network('net_b'))
    expect(await invalid(`firewall/alias/setItem/${other}`, network('net_a'))).toEqual(taken)
    expect(await invalid(`firewall/alias/setItem/${uuid}`, network('net_a', '192.0.2.128/25'))).toBe('saved')
  })
  it.each(['net-a', '9net', '__a', '_', 'a'.repeat(33), 'with space', 'pass', 'ssh', 'tcp'])('is not called %j', async (name) => {
    expect(Object.keys((await addAlias({ name })) as Json)).toEqual(['alias.name'])
  })
  it.each(['a', '_net', 'Net_A9', 'a'.repeat(31)])('may be called %j', async (name) => expect(await addAlias({ name })).toBe('saved'))
  it('needs a name and a type, whatever the model has as a default', async () => {
    expect(await invalid('firewall/alias/addItem', { alias: {} })).toEqual({ 'alias.name': 'A value is required.', 'alias.type': 'Option not in list.' })
  })
  it('gives several messages about one field as a list', async () => {
    expect(await addAlias({ type: 'network', content: '192.0.2.1/33\nno_net' })).toEqual({ 'alias.content': ['Entry "192.0.2.1/33" is not a network.', 'Entry "no_net" is not a network.'] })
  })
  it.each([
    ['host', '192.0.2.1\n2001:db8::1\n!192.0.2.9\nwww.example.com'],
    ['network', '192.0.2.0/24\n2001:db8::/32\n192.0.2.1-192.0.2.9\n192.0.0.1/255.0.0.255\n!192.0.2.64/26'],
    ['port', '22\n2200:2210\nhttps'],
    ['mac', 'f4:90:ea\n02:00:00:00:00:01'],
    ['geoip', 'NL\nDE'],
    ['asn', '64496'],
    ['urltable', 'https://example.com/list.txt'],
    ['external', ''],
  ])('of type %s may hold %j', async (type, content) => expect(await addAlias({ type, content })).toBe('saved'))
  it.each([
    ['host', '192.0.2.0/24'],
    ['host', '192.0.2.256'],
    ['network', 'www.example.com'],
    ['port', '0'],
    ['port', '65536'],
    ['port', '22-23'],
    ['networkgroup', '192.0.2.0/24'],
    ['mac', 'f4'],
    ['geoip', 'Holland'],
  ])('of type %s may not hold %j', async (type, content) => {
    expect(Object.keys((await addAlias({ type, content })) as Json)).toEqual(['alias.content'])
  })
  it('may hold an alias that is saved, live or not', async () => {
    expect(await addAlias({ name: 'grp', type: 'networkgroup', content: 'net_a' })).toEqual({ 'alias.content': 'Entry "net_a" is not a valid alias.' })
    await bench.add('firewall/alias/addItem', network('net_a'))
    expect(await addAlias({ name: 'grp', type: 'networkgroup', content: 'net_a' })).toBe('saved')
    expect(await addAlias({ name: 'more', type: 'network', content: 'net_a\n198.51.100.0/24' })).toBe('saved')
  })
  it('needs an interface where it follows one, and keeps the range of a number', async () => {
    expect(await addAlias({ type: 'dynipv6host', content: '::1000/64' })).toEqual({ 'alias.interface': 'IPv6 Dynamic Host require an interface to track.' })
    expect(await addAlias({ expire: '59' })).toEqual({ 'alias.expire': 'Please specify a value between 60 and 999999999.' })
  })
})

describe('a rule', () => {
  it.each([
    [{ action: 'allow' }, 'rule.action'],
    [{ enabled: 'yes' }, 'rule.enabled'],
    [{ enabled: '' }, 'rule.enabled'],
    [{ sequence: '0' }, 'rule.sequence'],
    [{ sequence: '1000000' }, 'rule.sequence'],
    [{ interface: 'lan,nowhere' }, 'rule.interface'],
    [{ protocol: 'tcp', destination_port: '' }, 'rule.protocol'],
    [{ source_net: 'any,lan' }, 'rule.source_net'],
    [{ source_net: '2001:db8::/32' }, 'rule.source_net'],
    [{ source_net: 'lan,wan', source_not: '1' }, 'rule.source_not'],
    [{ destination_port: '2200:2210' }, 'rule.destination_port'],
    [{ destination_port: '2210-2200' }, 'rule.destination_port'],
    [{ interface: 'lan,wan', interfacenot: '1' }, 'rule.interfacenot'],
    [{ icmptype: 'echoreq' }, 'rule.icmptype'],
    [{ tcpflags1: 'syn' }, 'rule.tcpflags2'],
    [{ max: '10', statetype: 'none' }, 'rule.max'],
    [{ 'max-src-conn-rate': '3' }, 'rule.max-src-conn-rates'],
    [{ 'set-prio-low': '3' }, 'rule.set-prio-low'],
    [{ adaptivestart: '10' }, 'rule.adaptivestart'],
    [{ gateway: 'NOWHERE' }, 'rule.gateway'],
    [{ categories: '11111111-2222-4333-8444-555555555555' }, 'rule.categories'],
    [{ description: 'a\nb' }, 'rule.description'],
  ])('may not have %j', async (fields, field) => expect(Object.keys((await addRule(fields)) as Json)).toEqual([field]))
  it.each([
    { protocol: 'any', destination_port: '' },
    { source_net: '192.0.2.0/25,lan,wanip,(self)' },
    { ipprotocol: 'inet6', destination_net: '2001:db8::/32' },
    { destination_port: '2200-2210', protocol: 'TCP/UDP' },
    { destination_port: 'HTTPS'.toLowerCase(), gateway: 'WAN_GW', tcpflags1: 'syn', tcpflags2: 'syn,ack' },
    { protocol: 'ICMP', destination_port: '', icmptype: 'echoreq,echorep' },
    { sequence: 100, log: true, interface: '' },
  ])('may have %j', async (fields) => expect(await addRule(fields)).toBe('saved'))
  it('names aliases of the right sort, which are saved', async () => {
    await bench.add('firewall/alias/addItem', network('net_a'))
    await bench.add('firewall/alias/addItem', { alias: { name: 'ports', type: 'port', content: '22' } })
    expect(await addRule({ source_net: 'net_a', destination_port: 'ports' })).toBe('saved')
    expect(Object.keys((await addRule({ source_net: 'ports', destination_port: 'net_a' })) as Json)).toEqual(['rule.source_net', 'rule.destination_port'])
  })
  it('is put behind the others, unless it says where it belongs', async () => {
    await addRule({ sequence: '100' })
    await addRule({})
    expect(bench.server.saved().rule.map(({ sequence }) => sequence)).toEqual(['100', '101'])
  })
  it('that becomes invalid by a set stays what it was', async () => {
    const uuid = await bench.add('firewall/filter/addRule', rule())
    expect(await invalid(`firewall/filter/setRule/${uuid}`, { rule: { protocol: 'any' } })).toEqual({ 'rule.destination_port': 'Destination ports are only valid for tcp or udp type rules.' })
    expect(bench.server.saved().rule[0]?.['protocol']).toBe('TCP')
  })
})

describe('a VLAN', () => {
  const vlan = (fields: Json): Promise<unknown> => invalid('interfaces/vlan_settings/addItem', { vlan: { if: 'vtnet1', tag: '10', ...fields } })
  it('is one per device and tag', async () => {
    expect(await vlan({})).toBe('saved')
    expect(await vlan({})).toEqual({ 'vlan.if': 'Tag for this device must be unique.', 'vlan.tag': 'Tag for this device must be unique.' })
    expect(await vlan({ tag: '11' })).toBe('saved')
    expect(await vlan({ if: 'vtnet0' })).toBe('saved')
    expect(bench.server.saved().vlan.map(({ vlanif }) => vlanif)).toEqual(['vlan01', 'vlan02', 'vlan03'])
  })
  it.each([[{ tag: '0' }, 'vlan.tag'], [{ tag: '4095' }, 'vlan.tag'], [{ tag: '' }, 'vlan.tag'], [{ if: 'eth0' }, 'vlan.if'], [{ pcp: '8' }, 'vlan.pcp'], [{ proto: '802.1x' }, 'vlan.proto']])('may not have %j', async (fields, field) =>
    expect(Object.keys((await vlan(fields)) as Json)).toEqual([field]),
  )
  it('keeps its device when its tag changes', async () => {
    const uuid = await bench.add('interfaces/vlan_settings/addItem', { vlan: { if: 'vtnet1', tag: '10' } })
    await bench.post(`interfaces/vlan_settings/setItem/${uuid}`, { vlan: { if: 'vtnet1', tag: '12' } })
    expect(bench.server.saved().vlan[0]).toMatchObject({ tag: '12', vlanif: 'vlan01' })
  })
})

describe('HAProxy', () => {
  it.each([
    ['Server', { name: 'with space' }, 'server.name'],
    ['Server', { name: 'app', port: '65536' }, 'server.port'],
    ['Server', { name: 'app', mode: 'on' }, 'server.mode'],
    ['Backend', { name: '' }, 'backend.name'],
    ['Backend', { name: 'pool', algorithm: 'fastest' }, 'backend.algorithm'],
    ['Backend', { name: 'pool', random_draws: '1' }, 'backend.random_draws'],
    ['Backend', { name: 'pool', linkedServers: '11111111-2222-4333-8444-555555555555' }, 'backend.linkedServers'],
    ['Backend', { name: 'pool', linkedServers: 'app' }, 'backend.linkedServers'],
  ])('refuses a %s with %j', async (noun, fields, field) => expect(Object.keys((await invalid(`haproxy/settings/add${noun}`, { [noun.toLowerCase()]: fields })) as Json)).toEqual([field]))
  it('has no rule against two servers of one name', async () => {
    for (let round = 0; round < 2; round++) await bench.add('haproxy/settings/addServer', { server: { name: 'app' } })
    expect(bench.server.saved().server).toHaveLength(2)
  })
})
