import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { network, openBench, rule, type Answer, type Bench, type Json } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.server.close())

const names = (): unknown[] => bench.server.saved().alias.map(({ name }) => name)
const ID = '11111111-2222-4333-8444-555555555555'

describe('writes that overlap', () => {
  const held: (() => void)[] = []
  beforeEach(async () => {
    await bench.server.close()
    held.length = 0
    bench = await openBench({ clock: { monotonic: () => 0, after: (_, callback) => held.push(callback) } })
  })

  /** Lets them all begin before any of them saves. */
  async function overlap(...writes: readonly (readonly [path: string, body: Json])[]): Promise<Answer[]> {
    const answers = Promise.all(writes.map(([path, body]) => bench.post(path, body)))
    await vi.waitFor(() => expect(held).toHaveLength(writes.length), { timeout: 20_000 })
    for (const release of held) release()
    return answers
  }

  it('lose all but one of them, and every client is told that its own was saved', async () => {
    const answers = await overlap(...['net_a', 'net_b', 'net_c'].map((name) => ['firewall/alias/addItem', network(name)] as const))
    expect(answers.map(({ status, body }) => [status, body['result']])).toEqual([[200, 'saved'], [200, 'saved'], [200, 'saved']])
    expect(names()).toHaveLength(1)
    expect(bench.server.state()).toMatchObject({ overlaps: 2, revision: 3 })
  })
  it('lose each other across kinds: it is one file', async () => {
    await overlap(['firewall/alias/addItem', network('net_a')], ['haproxy/settings/addServer', { server: { name: 'app' } }])
    const { alias, server } = bench.server.saved()
    expect(alias.length + server.length).toBe(1)
  })
  it('bring back what was deleted meanwhile, or lose what was added', async () => {
    const uuid = ID
    bench.server.edit('alias', uuid, { name: 'net_a', type: 'network', content: '192.0.2.0/25' })
    const answers = await overlap([`firewall/alias/delItem/${uuid}`, {}], ['firewall/alias/addItem', network('net_b')])
    expect(answers.map(({ body }) => body['result'])).toEqual(['deleted', 'saved'])
    expect([[], ['net_a', 'net_b']]).toContainEqual(names())
  })
})

describe('writes one after the other', () => {
  it('lose nothing', async () => {
    for (const name of ['net_a', 'net_b', 'net_c']) await bench.add('firewall/alias/addItem', network(name))
    expect(names()).toEqual(['net_a', 'net_b', 'net_c'])
    expect(bench.server.state().overlaps).toBe(0)
  })
  it('may have reads beside them', async () => {
    await bench.add('firewall/alias/addItem', network('net_a'))
    await Promise.all([bench.post('firewall/alias/addItem', network('net_b')), bench.post('firewall/alias/searchItem'), bench.get('firewall/filter/getRule')])
    expect(names()).toEqual(['net_a', 'net_b'])
    expect(bench.server.state().overlaps).toBe(0)
  })
})

describe('what is saved', () => {
  it('is not live before its own apply or reconfigure', async () => {
    const { server, add, post } = bench
    await add('firewall/alias/addItem', network('net_a'))
    await add('firewall/filter/addRule', rule({ source_net: 'net_a' }))
    await add('interfaces/vlan_settings/addItem', { vlan: { if: 'vtnet1', tag: '10' } })
    await add('haproxy/settings/addBackend', { backend: { name: 'pool' } })
    const live = (): number[] => [server.live().alias.length, server.live().rule.length, server.live().vlan.length, server.live().backend.length]
    expect(live()).toEqual([0, 0, 0, 0])
    expect((await post('interfaces/vlan_settings/reconfigure')).body).toEqual({ status: 'ok' })
    expect(live()).toEqual([0, 0, 1, 0])
    expect((await post('firewall/filter/apply')).body).toEqual({ status: 'OK\n\n' })
    expect(live()).toEqual([0, 1, 1, 0])
    expect((await post('firewall/alias/reconfigure')).body).toEqual({ status: 'ok' })
    expect((await post('haproxy/service/reconfigure')).body).toEqual({ status: 'ok' })
    expect(live()).toEqual([1, 1, 1, 1])
    expect(server.state().settles).toEqual({ alias: 1, filter: 1, vlan: 1, haproxy: 1 })
  })
  it('stays live after it was deleted, until the next apply', async () => {
    const uuid = await bench.add('firewall/filter/addRule', rule())
    await bench.post('firewall/filter/apply')
    await bench.post(`firewall/filter/delRule/${uuid}`)
    expect([bench.server.saved().rule.length, bench.server.live().rule.length]).toEqual([0, 1])
    await bench.post('firewall/filter/apply')
    expect(bench.server.live().rule).toEqual([])
  })
  it('is live as it was at the apply, not as it was changed afterwards', async () => {
    const uuid = await bench.add('firewall/filter/addRule', rule())
    await bench.post('firewall/filter/apply')
    await bench.post(`firewall/filter/setRule/${uuid}`, { rule: { destination_port: '2222' } })
    expect(bench.server.live().rule[0]).toMatchObject({ uuid, destination_port: '22' })
    expect(bench.server.saved().rule[0]).toMatchObject({ uuid, destination_port: '2222' })
  })
  it('is not applied by a GET', async () => {
    await bench.add('firewall/filter/addRule', rule())
    expect((await bench.get('firewall/filter/apply')).body).toEqual({ status: 'error' })
    expect((await bench.get('firewall/alias/reconfigure')).body).toEqual({ status: 'failed' })
    expect(bench.server.live().rule).toEqual([])
    expect(bench.server.state().settles).toMatchObject({ filter: 0, alias: 0 })
  })
})

describe('success', () => {
  it('is told by the body: what is invalid has status 200, and is not saved', async () => {
    const { status, body } = await bench.post('firewall/filter/addRule', rule({ interface: 'nowhere', action: 'allow', source_net: 'no_such_alias', protocol: 'any' }))
    expect(status).toBe(200)
    expect(body).toEqual({
      result: 'failed',
      validations: {
        'rule.action': 'Option not in list.',
        'rule.interface': 'Option not in list.',
        'rule.source_net': 'no_such_alias is not a valid source IP address or alias.',
        'rule.destination_port': 'Destination ports are only valid for tcp or udp type rules.',
      },
    })
    expect(bench.server.saved().rule).toEqual([])
  })
  it('is not in a body without the wrapper, nor in a GET', async () => {
    expect((await bench.post('firewall/alias/addItem', network('net_a')['alias'])).body).toEqual({ result: 'failed' })
    expect((await bench.get('firewall/alias/addItem')).body).toEqual({ result: 'failed' })
    expect(names()).toEqual([])
  })
  it('is not in a warning with status 200', async () => {
    bench.server.fault({ fault: 'warning', path: /reconfigure/ })
    const { status, body } = await bench.post('firewall/alias/reconfigure')
    expect(status).toBe(200)
    expect(body).toMatchObject({ errorMessage: expect.any(String), errorLevel: 'warning' })
    expect(body).not.toHaveProperty('status')
  })
})

describe('a set', () => {
  it('with a UUID that nobody has makes the object, and again changes nothing', async () => {
    for (let round = 0; round < 2; round++) expect((await bench.post(`firewall/alias/setItem/${ID}`, network('net_a'))).body).toEqual({ result: 'saved' })
    expect(bench.server.saved().alias).toMatchObject([{ uuid: ID, name: 'net_a' }])
  })
  it('with something else than a UUID fails', async () => {
    expect((await bench.post('firewall/alias/setItem/mine', network('net_a'))).body).toEqual({ result: 'failed' })
    expect(names()).toEqual([])
  })
  it('keeps the fields that it does not name, and ignores those that it does not know', async () => {
    const uuid = await bench.add('firewall/alias/addItem', { alias: { name: 'net_a', type: 'network', content: '192.0.2.0/25', description: 'A', colour: 'red' } })
    await bench.post(`firewall/alias/setItem/${uuid}`, { alias: { description: 'B', name: null } })
    expect(bench.server.saved().alias[0]).toMatchObject({ name: 'net_a', content: '192.0.2.0/25', description: 'B' })
    expect(bench.server.saved().alias[0]).not.toHaveProperty('colour')
  })
  it('of another name renames an alias wherever it is named', async () => {
    const uuid = await bench.add('firewall/alias/addItem', network('net_a'))
    await bench.add('firewall/alias/addItem', { alias: { name: 'grp', type: 'networkgroup', content: 'net_a' } })
    await bench.add('firewall/filter/addRule', rule({ source_net: 'net_a,grp' }))
    await bench.post(`firewall/alias/setItem/${uuid}`, { alias: { name: 'net_z' } })
    expect(bench.server.saved().alias.map(({ name, content }) => [name, content])).toEqual([['net_z', '192.0.2.0/25'], ['grp', 'net_z']])
    expect(bench.server.saved().rule[0]?.['source_net']).toBe('net_z,grp')
  })
})

describe('a delete', () => {
  it('says deleted or not found, and takes several', async () => {
    const uuids = [await bench.add('firewall/alias/addItem', network('net_a')), await bench.add('firewall/alias/addItem', network('net_b'))]
    expect((await bench.post(`firewall/alias/delItem/${uuids.join(',')}`)).body).toEqual({ result: 'deleted' })
    expect(names()).toEqual([])
    expect((await bench.post(`firewall/alias/delItem/${ID}`)).body).toEqual({ result: 'not found' })
    expect((await bench.get(`firewall/alias/delItem/${ID}`)).body).toEqual({ result: 'failed' })
  })
  it('of an alias that is named is refused with status 500, and says by whom', async () => {
    const uuid = await bench.add('firewall/alias/addItem', network('net_a'))
    const group = await bench.add('firewall/alias/addItem', { alias: { name: 'grp', type: 'networkgroup', content: 'net_a', description: 'All of them' } })
    await bench.add('firewall/filter/addRule', rule({ source_net: 'grp,net_a', description: 'Inside may use SSH' }))
    expect(await bench.post(`firewall/alias/delItem/${uuid}`)).toEqual({
      status: 500,
      body: {
        errorMessage: `Cannot delete alias. Currently in use by \n[OPNsense.Firewall.Filter.rules.rule.0/source_net] Inside may use SSH\n[aliases.alias.${group}] All of them`,
        errorTitle: 'Alias in use',
        errorLevel: 'error',
      },
    })
    expect(names()).toEqual(['net_a', 'grp'])
  })
  it('of a server that a backend links is refused in the same way', async () => {
    const uuid = await bench.add('haproxy/settings/addServer', { server: { name: 'app', address: '192.0.2.1' } })
    const backend = await bench.add('haproxy/settings/addBackend', { backend: { name: 'pool', linkedServers: uuid } })
    expect(await bench.post(`haproxy/settings/delServer/${uuid}`)).toEqual({
      status: 500,
      body: { errorMessage: `HAProxy - pool {HAProxy.backends.backend.${backend}}\n`, errorTitle: 'Item servers.server {app} in use by:', errorLevel: 'error' },
    })
    await bench.post(`haproxy/settings/delBackend/${backend}`)
    expect((await bench.post(`haproxy/settings/delServer/${uuid}`)).body).toEqual({ result: 'deleted' })
  })
  it('of a VLAN that carries another one is refused', async () => {
    const uuid = await bench.add('interfaces/vlan_settings/addItem', { vlan: { if: 'vtnet1', tag: '10' } })
    await bench.add('interfaces/vlan_settings/addItem', { vlan: { if: 'vlan01', tag: '20' } })
    expect(bench.server.saved().vlan.map(({ vlanif }) => vlanif)).toEqual(['vlan01', 'qinq01'])
    expect((await bench.post(`interfaces/vlan_settings/delItem/${uuid}`)).status).toBe(500)
  })
})
