import { expect, it } from 'vitest'
import { ref, type Resource } from 'convergent'
import { createFaultyFetch, manualClock, type OpenedProvider, type ProviderSubject } from 'convergent/testing'
import { kinds } from '../../../../examples/opnsense/kinds.ts'
import { opnsense } from '../../../../examples/opnsense/opnsense.ts'
import { createFirewall } from '../../../../examples/opnsense/server/app.ts'
import type { FirewallApp } from '../../../../examples/opnsense/server/firewall.ts'
import type { Kind } from '../../../../examples/opnsense/server/config.ts'
import { describeKinds } from '../../provider-suite.ts'

const resource = (type: string, name: string, inputs: Resource['inputs']): Resource => ({ type, name, inputs })
const server = resource('server', 'one', { name: 'one', address: '192.0.2.1', port: 80 })
const inside = resource('alias', 'inside', { name: 'inside', alias_type: 'network', content: ['10.0.0.0/8'] })
/** Two tags are never the same. */
const tagOf = (name: string): number => ([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 4000) + 1

/** How each kind is declared; a field that the firewall knows and the kind does not, with a value. */
const subjects: Readonly<Record<string, ProviderSubject & { readonly unknown: readonly [field: string, value: string] }>> = {
  alias: { declare: (name) => [inside, resource('alias', `al${name}`, { name: `al${name}`, alias_type: 'networkgroup', content: [ref('alias/inside', 'name')] })], change: { description: 'changed' }, unknown: ['username', 'somebody'] },
  rule: { declare: (name) => [inside, resource('rule', name, { description: name, interface: ['lan'], source_net: [ref('alias/inside', 'name')], log: true })], change: { log: false }, unknown: ['prio', '3'] },
  vlan: { declare: (name) => [resource('vlan', name, { if: 'igb0', tag: tagOf(name), pcp: 3 })], change: { descr: 'changed' }, unknown: ['kept_by_somebody', 'else'] },
  server: { declare: (name) => [resource('server', name, { name, address: '192.0.2.1', port: 80 })], change: { mode: 'backup' }, unknown: ['serviceName', 'http'] },
  backend: { declare: (name) => [server, resource('backend', name, { name, mode: 'http', linkedServers: [ref('server/one')] })], change: { mode: 'tcp' }, unknown: ['stickiness_size', '77k'] },
}

function withUnknown(kind: Kind, { unknown: [field, value], ...subject }: (typeof subjects)[string], firewall: FirewallApp): ProviderSubject {
  return {
    ...subject,
    addUnknown: async (id) => firewall.edit(kind, id, { [field]: value }),
    showUnknown: async (id) => firewall.saved()[kind].find(({ uuid }) => uuid === id)?.[field],
  }
}

async function open(type: string): Promise<OpenedProvider> {
  const clock = manualClock({ auto: true })
  const firewall = createFirewall({ key: 'k', secret: 's', latencyMs: 0, clock })
  const kindOf = ({ method, url }: Request): 'read' | 'write' => (method === 'GET' || url.includes('/search') ? 'read' : 'write')
  const { fetch, faults } = createFaultyFetch({ fetch: (request) => firewall.fetch(request), kindOf, clock })
  return { provider: opnsense({ url: 'http://firewall.invalid', key: 'k', secret: 's', fetch }), subjects: { [type]: withUnknown(type as Kind, subjects[type] as (typeof subjects)[string], firewall) }, faults, clock, patienceMs: 200 }
}

it('every kind is tried', () => expect(Object.keys(subjects).sort()).toEqual(kinds.map(({ type }) => type).sort()))

describeKinds(Object.keys(subjects), { open, passedAbove: 20 })
