import { expect, it } from 'vitest'
import { createDirector } from '../../../../examples/director/server/app.ts'
import { documentOf, failuresOf, nodes, openBench } from '../host/bench.ts'

const first = documentOf(
  'a',
  'type: Repo, name: r, hiddenrepopath: [{ path: /opt/immune/storage/, retention: 9 }]',
  'type: RoutingPolicy, name: p, catch_all: r, routing_criteria: [{ type: KeyPresent, key: k, drop: discard }]',
  'type: NormalizationPolicy, name: n, norm_packages: [Windows, LP_Linux]',
  'type: EnrichmentPolicy, name: e, specifications: [{ source: geo_ip, criteria: [{ type: KeyPresents, key: k }], rules: [{ category: simple, source_key: s, event_key: v }] }]',
  'type: ProcessingPolicy, name: p, norm_policy: n, enrich_policy: e, routing_policy: p',
)
const second = first
  .replace('retention: 9', 'retention: 10')
  .replace('drop: discard', 'drop: store')
  .replace('[Windows, LP_Linux]', '[Windows], compiled_normalizer: [CEFCompiledNormalizer, JSONCompiledNormalizer]')
  .replace('source_key: s', 'source_key: t')
  .replace('norm_policy: n, enrich_policy: e', 'norm_policy: None')

it('every kind is sent as the wire has it, names where it wants names and ids where it wants ids', async () => {
  const sent: Record<string, unknown> = {}
  const server = createDirector({ nodes: [nodes.a], token: 't', secret: 's' })
  const { syncText } = openBench({
    pollEveryMs: 1,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const { pathname } = new URL(request.url)
      if (init?.body !== undefined) sent[`${request.method} ${pathname.split('/')[4]}`] = JSON.parse(String(init.body)) as unknown
      return server.fetch(request)
    },
  })
  const idOf = (table: Parameters<typeof server.objects>[1], called: string): unknown => server.objects(nodes.a, table).find((each) => (each['policy_name'] ?? each['name']) === called)?.id
  const [windows, linux] = [idOf('NormalizationPackage', 'Windows'), idOf('NormalizationPackage', 'LP_Linux')]
  const criterion = { type: 'KeyPresent', key: 'k', value: '', repo: '' }
  const rule = { category: 'simple', operation: 'Equals', event_key: 'v', type: 'string', prefix: false }
  const specification = { source: 'geo_ip', criteria: [{ type: 'KeyPresents', key: 'k', value: '' }] }

  expect(failuresOf(await syncText(first))).toEqual([])
  expect(sent).toEqual({
    'POST Repos': { data: { name: 'r', hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 9 }], repoha: [] } },
    'POST RoutingPolicies': { data: { policy_name: 'p', catch_all: 'r', routing_criteria: [{ ...criterion, drop: 'discard' }] } },
    'POST NormalizationPolicy': { data: { name: 'n', norm_packages: `${String(windows)},${String(linux)}`, compiled_normalizer: '' } },
    'POST EnrichmentPolicy': { data: { name: 'e', description: '', specifications: [{ ...specification, rules: [{ ...rule, source_key: 's' }] }] } },
    'POST ProcessingPolicy': { data: { policy_name: 'p', norm_policy: 'n', enrich_policy: idOf('EnrichmentPolicy', 'e'), routing_policy: idOf('RoutingPolicies', 'p') } },
  })
  for (const key of Object.keys(sent)) delete sent[key]
  expect(failuresOf(await syncText(second))).toEqual([])
  expect(sent).toEqual({
    'PUT Repos': { data: { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 10 }], repoha: [] } },
    'PUT RoutingPolicies': { data: { policy_name: 'p', catch_all: 'r', routing_criteria: [{ ...criterion, drop: 'store' }] } },
    'PUT NormalizationPolicy': { data: { norm_packages: windows, compiled_normalizer: 'CEFCompiledNormalizer,JSONCompiledNormalizer' } },
    'PUT EnrichmentPolicy': { data: { name: 'e', description: '', specifications: [{ ...specification, rules: [{ ...rule, source_key: 't' }] }] } },
    'PUT ProcessingPolicy': { data: { policy_name: 'p', norm_policy: 'None', enrich_policy: 'None', routing_policy: idOf('RoutingPolicies', 'p') } },
  })
})
