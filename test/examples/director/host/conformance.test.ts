import { expect, it } from 'vitest'
import { ref, type Fields, type Resource } from 'convergent'
import { createFaultyFetch, manualClock, type OpenedProvider, type ProviderSubject } from 'convergent/testing'
import { director } from '../../../../examples/director/director.ts'
import { kinds } from '../../../../examples/director/kinds.ts'
import { createDirector } from '../../../../examples/director/server/app.ts'
import { describeKinds } from '../../provider-suite.ts'
import { nodes } from './bench.ts'

const resource = (type: string, name: string, inputs: Fields): Resource => ({ type, name: `a/${name}`, inputs: { node: nodes.a, name, ...inputs } })
const repo = (name: string): Resource => resource('Repo', name, { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 90 }] })
const routing = (name: string): Resource => resource('RoutingPolicy', name, { catch_all: ref('Repo/a/shop', 'name'), routing_criteria: [{ type: 'KeyPresent', key: 'user', repo: ref('Repo/a/shop', 'name') }] })
const enrichment = (name: string): Resource => resource('EnrichmentPolicy', name, { specifications: [{ source: 'geo_ip', criteria: [{ type: 'KeyPresents', key: 'ip' }] }] })

/** How each kind is declared. */
const subjects: Readonly<Record<string, ProviderSubject>> = {
  Repo: { declare: (name) => [repo(name)], change: { repoha: [{ ha_li: '192.0.2.7', ha_day: 30 }] } },
  RoutingPolicy: { declare: (name) => [repo('shop'), routing(name)], change: { catch_all: 'default' } },
  NormalizationPolicy: { declare: (name) => [resource('NormalizationPolicy', name, { norm_packages: ['Windows', 'LP_Linux'] })], change: { compiled_normalizer: ['CEFCompiledNormalizer'] } },
  EnrichmentPolicy: { declare: (name) => [enrichment(name)], change: { description: 'changed' } },
  ProcessingPolicy: {
    declare: (name) => [repo('shop'), routing('shop'), enrichment('shop'), resource('ProcessingPolicy', name, { norm_policy: '_logpoint', enrich_policy: ref('EnrichmentPolicy/a/shop', 'name'), routing_policy: ref('RoutingPolicy/a/shop', 'name') })],
    change: { enrich_policy: 'None', norm_policy: 'None' },
  },
}

async function open(type: string): Promise<OpenedProvider> {
  const clock = manualClock({ auto: true })
  const server = createDirector({ nodes: Object.values(nodes), token: 't', secret: 's', clock })
  const kindOf = ({ method, url }: Request): 'read' | 'write' | undefined => (url.includes('/monitorapi/') ? undefined : method === 'GET' ? 'read' : 'write')
  const { fetch, faults } = createFaultyFetch({ fetch: (request) => server.fetch(request), kindOf, clock })
  const provider = director({ url: 'http://director.invalid', token: 't', secret: 's', pollEveryMs: 1, lagMs: 200, fetch })
  return { provider, subjects: { [type]: subjects[type] as ProviderSubject }, faults, clock, patienceMs: 200 }
}

it('every kind is tried', () => expect(Object.keys(subjects).sort()).toEqual(kinds.map(({ type }) => type).sort()))

describeKinds(Object.keys(subjects), { open, passedAbove: 20 })
