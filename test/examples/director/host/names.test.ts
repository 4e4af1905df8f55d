import { describe, expect, it } from 'vitest'
import type { CallContext } from 'convergent'
import { failuresOf, nodes, openBench } from './bench.ts'

const policies = [
  'type: RoutingPolicy, name: shop, catch_all: shop, routing_criteria: [{ type: KeyPresentValueMatches, key: event_id, value: 4624, repo: _logpoint }, { type: KeyPresent, key: user, drop: discard }]',
  'type: NormalizationPolicy, name: shop, norm_packages: [Windows, LP_Linux], compiled_normalizer: [JSONCompiledNormalizer, CEFCompiledNormalizer]',
  'type: EnrichmentPolicy, name: shop, specifications: [{ source: geo_ip, criteria: [{ type: KeyPresents, key: ip }], rules: [{ category: simple, source_key: a, event_key: b }] }]',
  'type: ProcessingPolicy, name: shop, norm_policy: shop, enrich_policy: shop, routing_policy: shop',
]
const createContext = (): CallContext => ({ signal: new AbortController().signal, trace: () => undefined, admit: async () => undefined, refused: () => undefined, wait: async () => undefined, elapsedMs: () => 0, attempt: 1, idempotencyKey: 'k', fence: 1, progress: () => undefined, saveHandle: async () => undefined })

describe('a name', () => {
  it('that a node does not have is told with the nearest one, before anything is sent', async () => {
    const { server, sync } = openBench()
    const result = await sync('type: NormalizationPolicy, name: n, norm_packages: [Windos]')
    expect(failuresOf(result)).toMatchObject([{ error: { message: `there is no NormalizationPackage of the name "Windos" on the LogPoint ${nodes.a.split('/')[1]}; did you mean "Windows"?` } }])
    expect(server.orders()).toEqual([])
  })

  it('is asked for once for all, and again where it is not known yet', async () => {
    const { server, asked, sync } = openBench()
    const many = Array.from({ length: 6 }, (_, at) => `type: NormalizationPolicy, name: n${at}, norm_packages: [Windows, LP_Linux]`)
    await sync(...many)
    expect(asked().filter((each) => each === 'GET NormalizationPackage').length).toBeLessThanOrEqual(2)
    server.edit({ node: nodes.a, table: 'NormalizationPackage', name: 'Fresh', changes: {} })
    expect(failuresOf(await sync(...many, 'type: NormalizationPolicy, name: fresh, norm_packages: [Fresh]'))).toEqual([])
  })

  it('whose object was made anew stands for the new one, whoever did it', async () => {
    const { server, plan, sync } = openBench({}, { lagMs: 0 })
    const uses = 'type: NormalizationPolicy, name: n, norm_packages: [Windows]'
    await sync(uses)
    server.edit({ node: nodes.a, table: 'NormalizationPackage', name: 'Windows', changes: null })
    server.edit({ node: nodes.a, table: 'NormalizationPackage', name: 'Windows', changes: {} })
    expect((await plan(uses)).summary).toMatchObject({ update: 1 })
    expect(failuresOf(await sync(uses))).toEqual([])
    expect((await plan(uses)).actions).toEqual([])
  })

  it('of what this run makes anew is asked for again', async () => {
    const { server, provider, sync } = openBench({}, { lagMs: 0, orderMs: 0 })
    await sync(...policies.map((each) => each.replaceAll('catch_all: shop', 'catch_all: default')))
    const [routing, processing] = [provider.types['RoutingPolicy'], provider.types['ProcessingPolicy']] as const
    const idOf = (): string => String(server.objects(nodes.a, 'RoutingPolicies').find(({ policy_name }) => policy_name === 'shop')?.id)
    const inputs = { node: nodes.a, name: 'shop' }
    const write = (name: string, more: object) => ({ name, parentId: nodes.a, inputs: { ...inputs, ...more } })
    const processed = { norm_policy: 'shop', routing_policy: 'shop' }
    await processing?.create({ ...write('x', processed), inputs: { ...inputs, ...processed, name: 'x' } }, createContext())
    for (const name of ['x', 'shop']) await processing?.delete({ id: String(server.objects(nodes.a, 'ProcessingPolicy').find(({ policy_name }) => policy_name === name)?.id), name, parentId: nodes.a, outputs: {} }, createContext())
    const old = idOf()
    await routing?.delete({ id: old, name: 'shop', parentId: nodes.a, outputs: {} }, createContext())
    await routing?.create(write('shop', { catch_all: 'default' }), createContext())
    await processing?.create(write('shop', processed), createContext())
    expect(server.objects(nodes.a, 'ProcessingPolicy').find(({ policy_name }) => policy_name === 'shop')).toMatchObject({ routing_policy: idOf() })
    expect(idOf()).not.toBe(old)
  })
})
