import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNewcomer, type Newcomer } from './bench.ts'

let person: Newcomer
let before: unknown
beforeAll(async () => {
  person = await openNewcomer()
  person.write('firewall.yaml', file())
  expect(await person.run(['sync', '-f', 'firewall.yaml'])).toMatchObject({ code: 0, err: '' })
  before = person.look()
})
afterAll(() => person.close())

function file(...entries: readonly string[]): string {
  const good = ['type: alias, name: net_office, alias_type: network, content: [192.0.2.0/25]', 'type: rule, name: http, protocol: TCP, source_net: [net_office], destination_port: 80, description: Office may browse']
  return ['resources:', ...[...good, ...entries].map((entry) => `  - { ${entry} }`)].join('\n')
}

/** What is said of an action that failed, without the request that it stands for. */
function reportOf(out: string): readonly string[] {
  const lines = out.slice(out.search(/^failed /m)).split('\n').map((line) => line.trim())
  return lines.slice(0, lines.indexOf(''))
}

/** What only the firewall can know: an entry, the field that it names in its answer (HTTP 200), and its words. */
const refused: readonly (readonly [title: string, entry: string, field: string, reason: string])[] = [
  ['an interface that it does not have', 'type: rule, name: r, description: R, interface: [lann]', 'interface', 'Option not in list.'],
  ['an alias that is nowhere', 'type: rule, name: r, description: R, source_net: [net_ofice]', 'source_net', 'net_ofice is not a valid source IP address or alias.'],
  ['a port without a protocol', 'type: rule, name: r, description: R, destination_port: 22', 'destination_port', 'Destination ports are only valid for tcp or udp type rules.'],
  ['a port that is none', 'type: alias, name: ports, alias_type: port, content: [99999]', 'content', 'Entry "99999" is not a valid port number.'],
  ['an address that is none', 'type: alias, name: host, alias_type: host, content: [192.0.2.256]', 'content', 'Entry "192.0.2.256" is not a valid hostname or IP address.'],
  ['a group of what is nowhere', 'type: alias, name: grp, alias_type: networkgroup, content: [nobody]', 'content', 'Entry "nobody" is not a valid alias.'],
  ['the name of a service', 'type: alias, name: https, alias_type: port, content: [443]', 'name', 'Reserved protocol or service names may not be used'],
  ['a device that it does not have', 'type: vlan, name: v, if: eth0, tag: 7', 'if', 'Option not in list.'],
]

describe('a value that the firewall refuses', () => {
  it.each(refused)('%s', async (_, entry, field, reason) => {
    person.write('wrong.yaml', file(entry))
    const { code, out, err } = await person.run(['sync', '-f', 'wrong.yaml'])
    expect({ code, err, now: person.look() }).toEqual({ code: 1, err: '', now: before })
    const [headline = '', ...fields] = reportOf(out)
    expect(headline).toMatch(/^failed create \w+\/\w+: POST \/\S+\/<id>: the firewall refuses it: .* \(status 200\)$/)
    expect(fields).toEqual([`field ${field}: ${reason}`])
    // Without an answer that has to be looked up, or anything that is left to make effective.
    expect(await person.run(['plan', '-f', 'firewall.yaml', '--mode', 'sync'])).toMatchObject({ code: 0, err: '' })
  })

  it('after another change, which is taken back where that was asked for', async () => {
    person.write('wrong.yaml', file('type: alias, name: grp, alias_type: networkgroup, content: [net_office]', 'type: rule, name: r, description: R, interface: [lann], source_net: [grp]'))
    const { code, out } = await person.run(['sync', '-f', 'wrong.yaml', '--rollback-on-failure'])
    expect(code).toBe(3)
    expect(reportOf(out)).toEqual([expect.stringContaining('failed create rule/r: '), 'field interface: Option not in list.'])
    const { saved, live } = before as { readonly saved: unknown; readonly live: unknown }
    expect(person.look()).toMatchObject({ saved, live })
  })
})

describe('what stands on the firewall already', () => {
  const ssh = 'type: rule, name: ssh, protocol: TCP, destination_port: 22, description: Inside may use ssh'
  beforeAll(async () => {
    person.write('theirs.yaml', `resources: [{ ${ssh.replace('22', '2222')} }]`)
    expect(await person.run(['apply', '-f', 'theirs.yaml', '--stack', 'theirs'])).toMatchObject({ code: 0 })
  })
  const port = (): unknown => person.server.live().rule.find(({ description }) => description === 'Inside may use ssh')?.['destination_port']

  it('is left alone, and it says how to take it over', async () => {
    person.write('ours.yaml', file(ssh))
    const { code, out } = await person.run(['sync', '-f', 'ours.yaml'])
    expect(code).toBe(0)
    expect(out).toContain('blocked, not-owned: an object of this natural key exists (id <id>) and is not ours; take it over with adopt: true, or choose another name')
    expect(port()).toBe('2222')
  })
  it('is ours with adopt: true, and goes with its entry', async () => {
    person.write('ours.yaml', file(`${ssh}, adopt: true`))
    expect((await person.run(['sync', '-f', 'ours.yaml'])).code).toBe(0)
    expect(port()).toBe('22')
    expect((await person.run(['sync', '-f', 'firewall.yaml', '--auto-approve'])).code).toBe(0)
    expect(port()).toBeUndefined()
  })
  it('is kept with protected: true', async () => {
    person.write('ours.yaml', file(`${ssh}, protected: true`))
    expect((await person.run(['sync', '-f', 'ours.yaml'])).code).toBe(0)
    const { code, out } = await person.run(['sync', '-f', 'firewall.yaml', '--auto-approve', '--fail-on-blocked'])
    expect(code).toBe(3)
    expect(out).toContain('blocked, protected')
    expect(port()).toBe('22')
  })
})
