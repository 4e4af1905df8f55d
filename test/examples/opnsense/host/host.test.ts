import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { apply, checkpoint, memoryStore, plan, restore } from 'convergent'
import { parseOpnsense } from '../../../../examples/opnsense/input/load.ts'
import { root } from '../../../architecture/sources.ts'
import { failuresOf, openBench } from './bench.ts'

const sample = join(root, '../shared/inputs/opnsense/sample.yaml')

describe('the sample', () => {
  it.skipIf(!existsSync(sample))('is applied, is live, and a second plan has nothing to do (needs ../shared/inputs)', async () => {
    const { firewall, provider } = openBench()
    const desired = parseOpnsense(readFileSync(sample, 'utf8'))
    const options = { provider, store: memoryStore(), mode: 'sync' } as const
    const result = await apply(await plan(desired, options), options).result
    expect(failuresOf(result)).toEqual([])
    expect(firewall.live()).toEqual(firewall.saved())
    expect(firewall.state()).toMatchObject({ settles: { alias: 1, filter: 1, vlan: 1, haproxy: 1 }, overlaps: 0 })
    expect((await plan(desired, options)).actions).toEqual([])
    // Without what was recorded, by natural keys.
    expect((await plan(desired, { ...options, store: memoryStore() })).actions.map(({ kind, changes }) => [kind, changes])).toEqual(desired.map(() => ['update', []]))
  })
})

describe('values', () => {
  const rule = 'type: rule, name: r, description: R, interface: [opt1, lan], source_net: [10.0.0.0/8, 192.0.2.1], destination_port: 443, protocol: TCP'
  it('are the same in another order, as a text or as a list', async () => {
    const { plan, sync } = openBench()
    expect(failuresOf(await sync(rule))).toEqual([])
    expect((await plan('type: rule, name: r, description: R, interface: "lan,opt1", source_net: "192.0.2.1,10.0.0.0/8", destination_port: "443", protocol: TCP')).actions).toEqual([])
  })
  it('that nobody declares stay as they are', async () => {
    const { firewall, plan, sync } = openBench()
    await sync(rule)
    const [{ uuid = '' } = {}] = firewall.saved().rule
    firewall.edit('rule', uuid, { log: '1', gateway: 'WAN_GW', shaper1: '' })
    expect((await plan(rule)).actions).toEqual([])
    await sync(rule.replace('443', '8443'))
    expect(firewall.saved().rule[0]).toMatchObject({ destination_port: '8443', log: '1', gateway: 'WAN_GW' })
  })
  it('that are declared no longer fall back to what the firewall takes for unset', async () => {
    const { firewall, plan, sync } = openBench()
    await sync(`${rule}, log: true, quick: false, action: block, tag: t, direction: out, source_port: 53`)
    expect(firewall.live().rule[0]).toMatchObject({ log: '1', quick: '0', action: 'block', tag: 't', direction: 'out', source_port: '53' })
    expect(failuresOf(await sync(rule))).toEqual([])
    expect(firewall.live().rule[0]).toMatchObject({ log: '0', quick: '1', action: 'pass', tag: '', direction: 'in', source_port: '' })
    expect((await plan(rule)).actions).toEqual([])
  })
  it('that are empty are what is not there', async () => {
    const { plan, sync } = openBench()
    const alias = 'type: alias, name: a, alias_type: host, content: [], description: "", proto: []'
    expect(failuresOf(await sync(alias))).toEqual([])
    expect((await plan(alias)).actions).toEqual([])
  })
})

describe('a name of something else', () => {
  const rule = 'type: rule, name: r, description: R, source_net: [inside]'
  const alias = (name: string, more = ''): string => `type: alias, name: ${name}, alias_type: network, content: [10.0.0.0/8]${more}`
  it('is the same when that is changed', async () => {
    const { plan, sync } = openBench()
    await sync(alias('inside'), rule)
    expect((await plan(alias('inside', ', description: changed'), rule)).actions.map(({ kind, address }) => `${kind} ${address}`)).toEqual(['update alias/inside', 'settle settle/alias'])
  })
  it('follows it to another name: what names it lets go before the old one goes', async () => {
    const { firewall, asked, sync } = openBench()
    await sync(alias('inside'), rule)
    asked()
    expect(failuresOf(await sync(alias('within'), rule.replace('inside', 'within')))).toEqual([])
    expect(firewall.live()).toMatchObject({ alias: [{ name: 'within' }], rule: [{ source_net: 'within' }] })
    expect(asked().filter((each) => /\/(set|del)/.test(each))).toEqual(['POST /firewall/alias/setItem/{id}', 'POST /firewall/filter/setRule/{id}', 'POST /firewall/alias/delItem/{id}'])
  })
})

describe('a validation that fails with HTTP 200', () => {
  it('is an error of the action, and nothing is settled that was not written', async () => {
    const { firewall, sync } = openBench()
    const result = await sync('type: alias, name: a, alias_type: port, content: [nonsense]', 'type: rule, name: r, description: R')
    expect(result.outcome).toBe('failed')
    expect(failuresOf(result)).toMatchObject([{ address: 'alias/a', error: { code: 'provider', kind: 'fatal', status: 200, fields: [{ path: 'content', reason: 'Entry "nonsense" is not a valid port number.' }] } }])
    expect(firewall.state()).toMatchObject({ saved: { alias: [], rule: [] }, settles: { alias: 0, filter: 0 } })
  })
  it('names a field by the name that it has in the input', async () => {
    const { sync } = openBench()
    const result = await sync('type: alias, name: a, alias_type: dynipv6host, content: ["::1000/64"]')
    expect(failuresOf(result)).toMatchObject([{ error: { fields: [{ path: 'interface', reason: 'IPv6 Dynamic Host require an interface to track.' }] } }])
  })
})

describe('a delete', () => {
  const alias = 'type: alias, name: inside, alias_type: network, content: [10.0.0.0/8]'
  it('of something in use is refused, and says by whom; nothing is tried again', async () => {
    const { firewall, provider, sync } = openBench()
    await sync(alias)
    await apply(await plan(parseOpnsense('resources: [{ type: rule, name: other, description: Somebody else, source_net: inside }]'), { provider, store: memoryStore() }), { provider, store: memoryStore() }).result
    const result = await sync()
    expect(failuresOf(result)).toEqual([{ address: 'alias/inside', error: expect.objectContaining({ kind: 'conflict', status: 500, message: expect.stringMatching(/Alias in use: Cannot delete alias. Currently in use by; \[.*\] Somebody else$/) as string }) as object }])
    expect(result.actions[0]?.attempts).toBe(1)
    expect(firewall.saved().alias.length).toBe(1)
  })
  it('comes after the delete of what uses it, by what was recorded', async () => {
    const { firewall, sync } = openBench()
    const all = [alias, 'type: alias, name: grp, alias_type: networkgroup, content: [inside]', 'type: rule, name: r, description: R, source_net: [grp]', 'type: server, name: s, address: 192.0.2.1, port: 80', 'type: backend, name: b, linkedServers: [s]']
    expect(failuresOf(await sync(...all))).toEqual([])
    expect(failuresOf(await sync())).toEqual([])
    expect(firewall.live()).toEqual({ alias: [], rule: [], vlan: [], server: [], backend: [] })
  })
  it('waits for an update that lets go', async () => {
    const { firewall, sync } = openBench()
    await sync(alias, 'type: rule, name: r, description: R, source_net: [inside]')
    expect(failuresOf(await sync('type: rule, name: r, description: R, source_net: [192.0.2.0/24]'))).toEqual([])
    expect(firewall.live()).toMatchObject({ alias: [], rule: [{ source_net: '192.0.2.0/24' }] })
  })
  it('of something that is gone is a success', async () => {
    const { firewall, provider, sync } = openBench()
    await sync(alias)
    const [{ uuid = '' } = {}] = firewall.saved().alias
    firewall.drop('alias', uuid)
    expect(await provider.types['alias']?.read({ id: uuid }, { signal: new AbortController().signal, admit: async () => undefined, refused: () => undefined, wait: async () => undefined, elapsedMs: () => 0, trace: () => undefined })).toBeUndefined()
    expect(failuresOf(await sync())).toEqual([])
  })
})

describe('settling', () => {
  const rule = 'type: rule, name: r, description: R'
  it('happens once for each subsystem, after its last write, rules last', async () => {
    const { asked, sync } = openBench()
    const rules = Array.from({ length: 5 }, (_, index) => `type: rule, name: r${index}, description: R${index}, source_net: a`)
    expect(failuresOf(await sync(...rules, 'type: alias, name: a, alias_type: host, content: [192.0.2.1]', 'type: vlan, name: v, if: igb0, tag: 7'))).toEqual([])
    const writes = asked().filter((each) => /\/(set|apply|reconfigure)/.test(each))
    expect(writes.length).toBe(10)
    expect(writes.at(-1)).toBe('POST /firewall/filter/apply')
    expect([...new Set(writes.slice(-3))].sort()).toEqual(['POST /firewall/alias/reconfigure', 'POST /firewall/filter/apply', 'POST /interfaces/vlan_settings/reconfigure'])
  })
  it('waits until it has an effect', async () => {
    const { firewall, asked, sync } = openBench({ readiness: { afterPolls: 3 } })
    expect(failuresOf(await sync(rule))).toEqual([])
    expect(firewall.live().rule.length).toBe(1)
    expect(asked().filter((each) => each.endsWith('/rule_stats')).length).toBe(4)
    expect(failuresOf(await sync())).toEqual([])
    expect(firewall.live().rule).toEqual([])
  })
  it('that has no effect fails, and says what is missing', async () => {
    const { firewall, sync } = openBench()
    firewall.fault({ fault: 'in-vain', times: 100 })
    const result = await sync(rule)
    expect(failuresOf(result)).toMatchObject([{ address: 'settle/filter', error: { message: expect.stringContaining('1 of 1 rules are not loaded yet') as string } }])
    firewall.heal()
    expect(failuresOf(await sync(rule))).toEqual([])
    expect(firewall.live().rule.length).toBe(1)
  })
  it('tests a configuration of HAProxy before it loads it', async () => {
    const { firewall, asked, sync } = openBench()
    const backend = 'type: backend, name: b, linkedServers: [s]'
    const result = await sync('type: server, name: s, port: 80', backend)
    expect(failuresOf(result)).toMatchObject([{ address: 'settle/haproxy', error: { kind: 'fatal', message: expect.stringContaining("HAProxy refuses its configuration, nothing was loaded: [ALERT] backend 'b': server 's' has no address.") as string } }])
    expect(firewall.state().settles.haproxy).toBe(0)
    asked()
    expect(failuresOf(await sync('type: server, name: s, port: 80, address: 192.0.2.1', backend))).toEqual([])
    expect(asked().filter((each) => each.includes('/haproxy/service/'))).toEqual(['GET /haproxy/service/configtest', 'POST /haproxy/service/reconfigure', 'GET /haproxy/service/status'])
    expect(firewall.live().backend.length).toBe(1)
  })
})

describe('a reply that is lost', () => {
  it.each(['reset-after', 'error-after', 'reset-before', 'warning'] as const)('(%s) makes no second object', async (fault) => {
    const { firewall, plan, sync } = openBench()
    firewall.fault({ fault, method: 'POST', path: /\/set/, times: 2 })
    const entries = ['type: rule, name: r, interface: [lan]', 'type: alias, name: a, alias_type: host, content: [192.0.2.1]']
    expect(failuresOf(await sync(...entries))).toEqual([])
    expect([firewall.live().rule.length, firewall.live().alias.length]).toEqual([1, 1])
    expect((await plan(...entries)).actions).toEqual([])
  })
})

describe('a checkpoint', () => {
  it('brings back exactly the rules that there were, live', async () => {
    const { firewall, provider, store, sync } = openBench()
    const ssh = 'type: rule, name: ssh, description: SSH, protocol: TCP, destination_port: "22", interface: [lan]'
    const http = 'type: rule, name: http, description: HTTP, protocol: TCP, destination_port: "80", interface: [lan], log: true'
    await sync(ssh, http)
    const rules = () => firewall.live().rule.map(({ description, destination_port, log }) => ({ description, destination_port, log })).sort((a, b) => String(a.description).localeCompare(String(b.description)))
    const before = rules()
    const { id } = await checkpoint('two rules', { store })
    expect(failuresOf(await sync(ssh.replace('"22"', '"2222"'), 'type: rule, name: https, description: HTTPS, protocol: TCP, destination_port: "443"'))).toEqual([])
    expect(rules()).not.toEqual(before)
    expect(failuresOf(await restore(id, { provider, store }).result)).toEqual([])
    expect(rules()).toEqual(before)
  })
})
