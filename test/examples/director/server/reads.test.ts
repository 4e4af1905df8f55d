import { afterEach, describe, expect, it } from 'vitest'
import { enrichment, NODE, openBench, OTHER_NODE, repo, routing, type Bench, type Json } from './bench.ts'
import type { DirectorOptions } from '../../../../examples/director/server/director-app.ts'

let bench: Bench
const open = async (options: DirectorOptions = {}): Promise<Bench> => (bench = await openBench(options))
afterEach(() => bench.server.close())

const namesIn = (items: readonly Json[]): unknown[] => items.map((item) => item['name'] ?? item['policy_name'])

describe('what reads show', () => {
  it('lags behind what an order has done, in lists and of one object', async () => {
    await open({ orderMs: 100, lagMs: 500 })
    const id = await bench.make('Repos', repo('a'))
    bench.pass(499)
    expect(namesIn(await bench.list('Repos'))).not.toContain('a')
    expect((await bench.get(`Repos/${id}`)).status).toBe(404)
    bench.pass(1)
    expect(namesIn(await bench.list('Repos'))).toContain('a')
    expect(await bench.order('PUT', `Repos/${id}`, { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 5 }] })).toMatchObject({ success: true })
    expect((await bench.get(`Repos/${id}`)).body).toMatchObject({ repopath: [{ retention: 90 }] })
    expect(await bench.order('DELETE', `Repos/${id}`)).toMatchObject({ success: true })
    expect((await bench.get(`Repos/${id}`)).status).toBe(200)
    bench.pass(500)
    expect((await bench.get(`Repos/${id}`)).status).toBe(404)
  })
  it('never goes back to what it was, one change after the other', async () => {
    await open({ orderMs: 100, lagMs: 500 })
    for (const name of ['a', 'b', 'c']) await bench.write('POST', 'Repos', repo(name))
    const seen: number[] = []
    for (let at = 0; at < 10; at++) {
      seen.push((await bench.list('Repos')).length)
      bench.pass(100)
    }
    expect(seen).toEqual([3, 3, 3, 3, 3, 3, 4, 5, 6, 6])
  })
  it('may be the dead id of a name that was deleted and made anew', async () => {
    await open({ lagMs: 500 })
    const dead = await bench.make('Repos', repo('a'))
    bench.pass(500)
    await bench.order('DELETE', `Repos/${dead}`)
    const id = await bench.make('Repos', repo('a'))
    const shown = async (): Promise<unknown> => (await bench.list('Repos')).find(({ name }) => name === 'a')?.['id']
    expect(await shown()).toBe(dead)
    bench.pass(500)
    expect(await shown()).toBe(id)
  })
  it('lags of each node and kind by itself', async () => {
    await open({ lagMs: 500 })
    await bench.make('Repos', repo('a'))
    bench.pass(300)
    await bench.make('RoutingPolicies', routing('a'))
    bench.pass(200)
    expect(namesIn(await bench.list('Repos'))).toContain('a')
    expect(namesIn(await bench.list('RoutingPolicies'))).not.toContain('a')
    expect((await bench.send('GET', `/configapi/${OTHER_NODE}/Repos`)).body).toHaveLength(3)
  })
  it('has the paths of repos as they were before somebody asks for a refresh', async () => {
    await open()
    bench.server.edit({ node: NODE, table: 'RepoPaths', name: '/data/', changes: {} })
    const paths = async (): Promise<unknown> => (await bench.list('Repos/RepoPaths'))[0]?.['paths']
    expect(await paths()).not.toContain('/data/')
    expect(await bench.order('POST', 'Repos/RepoPaths/refreshlist', {})).toMatchObject({ success: true })
    expect(await paths()).toContain('/data/')
    expect(await bench.order('POST', 'Repos', repo('a', { hiddenrepopath: [{ path: '/data/', retention: 9 }] }))).toMatchObject({ success: true })
  })
  it('has no refresh for any kind', async () => {
    await open()
    expect((await bench.write('POST', 'Repos/refreshlist', {})).status).toBe(405)
  })
  it('comes in an order that nobody can rely on', async () => {
    await open()
    const [first, second] = [await bench.list('Repos'), await bench.list('Repos')]
    expect(namesIn(first)).not.toEqual(namesIn(second))
    expect(namesIn(first).sort()).toEqual(namesIn(second).sort())
  })
  it('is a bare array, or wrapped where a deployment wants it', async () => {
    await open()
    expect((await bench.get('Repos')).body).toBeInstanceOf(Array)
    await bench.server.close()
    await open({ wrapped: true })
    expect((await bench.get('Repos')).body).toEqual({ data: expect.any(Array) })
    expect((await bench.get(`Repos/${bench.idOf('Repos', 'default')}`)).body).toMatchObject({ name: 'default' })
  })
})

describe('the read shape', () => {
  const show = async (kind: Parameters<Bench['make']>[0], data: Json): Promise<Json> => (await bench.get(`${kind}/${await bench.make(kind, data)}`)).body

  it('of a repo has repopath, and figures that move by themselves', async () => {
    await open()
    const path = { path: '/opt/immune/storage/', retention: 90 }
    const shown = await show('Repos', repo('a', { repoha: [{ ha_li: '192.0.2.1', ha_day: 30, more: 1 }], color: 'red' }))
    expect(shown).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      name: 'a',
      repopath: [path],
      repoha: [{ ha_li: '192.0.2.1', ha_day: 30 }],
      repo_number: expect.any(Number),
      used_size: expect.any(String),
      active: true,
      tid: '',
    })
    expect((await bench.get(`Repos/${String(shown['id'])}`)).body['used_size']).not.toBe(shown['used_size'])
    expect(await show('Repos', repo('b'))).toMatchObject({ repoha: [] })
  })
  it('of a routing policy fills in what was left out, and keeps the order of its criteria', async () => {
    await open()
    const criteria = [{ type: 'KeyPresentValueMatches', key: 'b', value: '1', repo: 'default', drop: 'discard_raw' }, { type: 'KeyPresent', key: 'a', drop: 'discard' }]
    expect(await show('RoutingPolicies', routing('a', { routing_criteria: criteria }))).toEqual({
      id: expect.any(String),
      policy_name: 'a',
      catch_all: 'default',
      routing_criteria: [criteria[0], { ...criteria[1], value: '', repo: '' }],
      active: true,
      tid: '',
    })
  })
  it('of a normalization policy has a list of ids under another name, CSV of names, and signatures besides', async () => {
    await open()
    const ids = ['Windows', 'LP_Linux'].map((name) => bench.idOf('NormalizationPackage', name))
    expect(await show('NormalizationPolicy', { name: 'a', norm_packages: ids.join(','), compiled_normalizer: 'JSONCompiledNormalizer,CEFCompiledNormalizer' })).toEqual({
      id: expect.any(String),
      name: 'a',
      normalization_packages: ids,
      compiled_normalizer: 'JSONCompiledNormalizer,CEFCompiledNormalizer',
      selected_signatures: [expect.any(String), expect.any(String)],
      active: true,
      tid: '',
    })
    expect(await show('NormalizationPolicy', { name: 'b', norm_packages: ids[0] })).toMatchObject({ normalization_packages: [ids[0]], compiled_normalizer: '' })
  })
  it('of an enrichment policy fills in what was left out', async () => {
    await open()
    const rule = { category: 'simple', operation: 'Equals', source_key: 'id', event_key: 'id' }
    expect(await show('EnrichmentPolicy', enrichment('a', { rules: [rule] }))).toMatchObject({
      description: '',
      specifications: [{ source: 'test_odbc', criteria: [{ type: 'KeyPresents', key: 'id', value: '' }], rules: [{ ...rule, prefix: false, type: 'string' }] }],
    })
    expect(await show('EnrichmentPolicy', enrichment('b'))).toMatchObject({ specifications: [{ rules: [] }] })
  })
  it('of a processing policy has one name and two ids, or None', async () => {
    await open()
    const [enrich, route] = [await bench.make('EnrichmentPolicy', enrichment('e')), await bench.make('RoutingPolicies', routing('r'))]
    const policy = { policy_name: 'a', norm_policy: '_logpoint', enrich_policy: enrich, routing_policy: route }
    expect(await show('ProcessingPolicy', policy)).toEqual({ id: expect.any(String), ...policy, active: true, tid: '' })
    const none = { policy_name: 'b', norm_policy: 'None', enrich_policy: 'None', routing_policy: 'None' }
    expect(await show('ProcessingPolicy', none)).toMatchObject(none)
  })
})

describe('what a node has besides', () => {
  it('is packages and sources with ids of its own, and normalizers without', async () => {
    await open()
    const idsOf = async (node: string): Promise<unknown[]> => ((await bench.send('GET', `/configapi/${node}/NormalizationPackage`)).body as unknown as Json[]).filter(({ name }) => name === 'Windows').map(({ id }) => id)
    expect(await idsOf(NODE)).toEqual([bench.idOf('NormalizationPackage', 'Windows')])
    expect(await idsOf(NODE)).not.toEqual(await idsOf(OTHER_NODE))
    expect(await bench.list('NormalizationPackage/CompiledNormalizers')).toContainEqual({ version: '5.2.0', name: 'WindowsSysmonCompiledNormalizer' })
    expect(await bench.list('EnrichmentSource')).toContainEqual(expect.objectContaining({ id: expect.any(String), source_name: 'test_odbc' }))
  })
})
