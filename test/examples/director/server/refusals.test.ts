import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KindName } from '../../../../examples/director/server/kind.ts'
import { enrichment, openBench, repo, routing, type Bench, type Json } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.server.close())

const fail = async (method: string, path: string, data?: Json): Promise<unknown> => {
  const before = bench.server.state().nodes
  const response = await bench.order(method, path, data)
  expect(response['success']).toBe(false)
  expect(bench.server.state().nodes).toEqual(before)
  return response['errors']
}
const processing = (fields: Json = {}): Json => ({ policy_name: 'p', norm_policy: 'None', enrich_policy: 'None', routing_policy: 'None', ...fields })

describe('what every node has', () => {
  it.each([
    ['Repos', 'default', { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 5 }] }],
    ['Repos', '_logpoint', { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 5 }] }],
    ['Repos', '_LogPointAlerts', { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 5 }] }],
    ['RoutingPolicies', '_logpoint', routing('_logpoint')],
    ['NormalizationPolicy', '_default_syslog', { compiled_normalizer: 'CEFCompiledNormalizer' }],
    ['ProcessingPolicy', 'default', processing({ policy_name: 'default' })],
  ] as const)('refuses to be changed or deleted: %s %s', async (kind, name, data) => {
    const path = `${kind}/${bench.idOf(kind, name)}`
    for (const [method, body] of [['PUT', data], ['DELETE', undefined]] as const) expect(await fail(method, path, body)).toEqual([expect.stringContaining(`"${name}" belongs to the system`)])
  })
})

describe('a PUT', () => {
  it.each([
    ['Repos', repo('a'), { hiddenrepopath: [{ path: '/opt/immune/storage-cold/', retention: 5 }] }, { repopath: [{ path: '/opt/immune/storage-cold/', retention: 5 }] }],
    ['NormalizationPolicy', { name: 'a', compiled_normalizer: 'CEFCompiledNormalizer' }, { compiled_normalizer: 'JSONCompiledNormalizer' }, { compiled_normalizer: 'JSONCompiledNormalizer' }],
  ] as const)('of %s needs no name, and succeeds and ignores one', async (kind, data, changes, shown) => {
    const id = await bench.make(kind, data)
    expect(await bench.order('PUT', `${kind}/${id}`, { name: 'b', ...changes })).toMatchObject({ success: true })
    expect((await bench.get(`${kind}/${id}`)).body).toMatchObject({ name: 'a', ...shown })
    expect(await bench.order('PUT', `${kind}/${id}`, changes)).toMatchObject({ success: true })
  })
  it.each([
    ['RoutingPolicies', routing('a'), { policy_name: 'b' }],
    ['EnrichmentPolicy', enrichment('a'), { name: 'b' }],
    ['ProcessingPolicy', processing({ policy_name: 'a' }), { policy_name: 'b' }],
  ] as const)('of %s names it anew where nobody has the name, and insists on a name', async (kind, data, name) => {
    const id = await bench.make(kind, data)
    expect(await bench.order('PUT', `${kind}/${id}`, { ...data, ...name })).toMatchObject({ success: true })
    expect(bench.idOf(kind, 'b')).toBe(id)
    await bench.make(kind, data)
    expect(await fail('PUT', `${kind}/${id}`, data)).toEqual([expect.stringContaining('"a" already exists')])
    const nameless = Object.fromEntries(Object.entries(data).filter(([field]) => !(field in name)))
    expect((await bench.write('PUT', `${kind}/${id}`, nameless)).status).toBe(400)
  })
  it('takes away what it leaves out', async () => {
    const id = await bench.make('Repos', repo('a', { repoha: [{ ha_li: '192.0.2.1', ha_day: 30 }] }))
    const { name: _, ...others } = repo('a')
    await bench.order('PUT', `Repos/${id}`, others)
    expect((await bench.get(`Repos/${id}`)).body).toMatchObject({ repoha: [] })
  })
})

describe('what is in use', () => {
  it.each([
    ['catch_all', { catch_all: 'a' }],
    ['a criterion', { routing_criteria: [{ type: 'KeyPresent', key: 'k', repo: 'a', drop: 'store' }] }],
  ])('cannot be deleted: a repo by %s', async (_, fields) => {
    const id = await bench.make('Repos', repo('a'))
    const user = await bench.make('RoutingPolicies', routing('r', fields))
    expect(await fail('DELETE', `Repos/${id}`)).toEqual(['Repo "a" is in use by Routing Policy "r"'])
    await bench.order('DELETE', `RoutingPolicies/${user}`)
    expect(await bench.order('DELETE', `Repos/${id}`)).toMatchObject({ success: true })
  })
  it.each([
    ['norm_policy', 'NormalizationPolicy', { name: 'a', compiled_normalizer: 'CEFCompiledNormalizer' }],
    ['enrich_policy', 'EnrichmentPolicy', enrichment('a')],
    ['routing_policy', 'RoutingPolicies', routing('a')],
  ] as const)('cannot be deleted: by %s of a processing policy', async (field, kind, data) => {
    const id = await bench.make(kind, data)
    await bench.make('ProcessingPolicy', processing({ [field]: field === 'norm_policy' ? 'a' : id }))
    expect(await fail('DELETE', `${kind}/${id}`)).toEqual([expect.stringContaining('is in use by Processing Policy "p"')])
  })
})

describe('a reference', () => {
  it.each<readonly [string, KindName, (id: string, name: string) => Json]>([
    ['catch_all takes no id', 'RoutingPolicies', (id) => routing('x', { catch_all: id })],
    ['catch_all takes no name that nobody has', 'RoutingPolicies', () => routing('x', { catch_all: 'nobody' })],
    ['norm_policy takes no id', 'ProcessingPolicy', (id) => processing({ norm_policy: id })],
    ['enrich_policy takes no name', 'ProcessingPolicy', (_, name) => processing({ enrich_policy: name })],
    ['routing_policy takes no name', 'ProcessingPolicy', (_, name) => processing({ routing_policy: name })],
    ['routing_policy takes no empty text', 'ProcessingPolicy', () => processing({ routing_policy: '' })],
    ['norm_packages takes no names', 'NormalizationPolicy', () => ({ name: 'x', norm_packages: 'Windows' })],
    ['compiled_normalizer takes no space after a comma', 'NormalizationPolicy', () => ({ name: 'x', compiled_normalizer: 'CEFCompiledNormalizer, JSONCompiledNormalizer' })],
    ['source takes no name that nobody has', 'EnrichmentPolicy', () => enrichment('x', { source: 'nobody' })],
    ['hiddenrepopath takes no path that is not there', 'Repos', () => repo('x', { hiddenrepopath: [{ path: '/opt/immune/storage', retention: 90 }] })],
  ])('%s', async (title, kind, dataOf) => {
    const makers: Readonly<Record<string, readonly [KindName, Json]>> = {
      catch_all: ['Repos', repo('a')],
      norm_policy: ['NormalizationPolicy', { name: 'a', compiled_normalizer: 'CEFCompiledNormalizer' }],
      enrich_policy: ['EnrichmentPolicy', enrichment('a')],
      routing_policy: ['RoutingPolicies', routing('a')],
    }
    const field = title.split(' ')[0] as string
    const maker = makers[field]
    const id = maker === undefined ? '' : await bench.make(...maker)
    expect(await fail('POST', kind, dataOf(id, 'a'))).toEqual([expect.stringMatching(new RegExp(`${field}.*: no .* with the (?:name|id)`))])
  })
})

describe('a value that does not fit makes the order fail', () => {
  const criterion = { type: 'KeyPresent', key: 'k', value: '', repo: '', drop: 'store' }
  it.each<readonly [string, KindName, Json]>([
    ['name: must not be empty', 'Repos', repo('')],
    ['name: must be shorter', 'Repos', repo('a'.repeat(29))],
    ['must be more than 2 days', 'Repos', repo('a', { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 2 }] })],
    ['at least one path', 'Repos', repo('a', { hiddenrepopath: [] })],
    ['must be more than 2', 'Repos', repo('a', { repoha: [{ ha_li: '192.0.2.1', ha_day: 1 }] })],
    ['catch_all: a repo', 'RoutingPolicies', routing('a', { catch_all: '' })],
    ['"KeyPresents" is none of', 'RoutingPolicies', routing('a', { routing_criteria: [{ ...criterion, type: 'KeyPresents' }] })],
    ['"drop" is none of', 'RoutingPolicies', routing('a', { routing_criteria: [{ ...criterion, drop: 'drop' }] })],
    ['key: must not be empty', 'RoutingPolicies', routing('a', { routing_criteria: [{ ...criterion, key: '' }] })],
    ['value: must not be empty', 'RoutingPolicies', routing('a', { routing_criteria: [{ ...criterion, type: 'KeyPresentValueMatches' }] })],
    ['a package or a compiled', 'NormalizationPolicy', { name: 'a', norm_packages: '' }],
    ['specifications: at least one', 'EnrichmentPolicy', { name: 'a', specifications: [] }],
    ['criteria: at least one', 'EnrichmentPolicy', enrichment('a', { criteria: [] })],
    ['"KeyPresent" is none of', 'EnrichmentPolicy', enrichment('a', { criteria: [{ type: 'KeyPresent', key: 'k' }] })],
    ['key and value', 'EnrichmentPolicy', enrichment('a', { criteria: [{ type: 'KeyPresentsValueMatches', key: 'k' }] })],
    ['category "odd"', 'EnrichmentPolicy', enrichment('a', { rules: [{ category: 'odd', source_key: 'k' }] })],
    ['needs an event_key', 'EnrichmentPolicy', enrichment('a', { rules: [{ category: 'simple', source_key: 'k' }] })],
    ['type "text"', 'EnrichmentPolicy', enrichment('a', { rules: [{ category: 'type_based', source_key: 'k', type: 'text' }] })],
    ['must be Equals', 'EnrichmentPolicy', enrichment('a', { rules: [{ category: 'type_based', source_key: 'k', operation: 'Is' }] })],
  ])('%s (%s)', async (words, kind, data) => {
    expect(await fail('POST', kind, data)).toEqual([expect.stringContaining(words)])
  })
  it('and says everything at once', async () => {
    expect(await fail('POST', 'RoutingPolicies', routing('', { catch_all: 'nobody' }))).toHaveLength(2)
  })
})

describe('a body of another form is refused at once', () => {
  it.each<readonly [string, string, string, unknown]>([
    ['no data', 'POST', 'Repos', repo('a')],
    ['no body', 'POST', 'Repos', undefined],
    ['a field is missing', 'POST', 'Repos', { data: { name: 'a' } }],
    ['a number is text', 'POST', 'Repos', { data: repo('a', { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: '90' }] }) }],
    ['a list is no CSV', 'POST', 'NormalizationPolicy', { data: { name: 'a', norm_packages: ['x'] } }],
    ['None is left out', 'POST', 'ProcessingPolicy', { data: { policy_name: 'a', norm_policy: 'None', routing_policy: 'None' } }],
  ])('%s', async (_, method, path, body) => {
    const { status, body: reply } = await bench.send(method, `/configapi/pool-1/logpoint-1/${path}`, body)
    expect([status, reply]).toEqual([400, { status: 'Failed', message: expect.any(String) }])
    expect(bench.server.orders()).toEqual([])
  })
  it.each([['POST', 'Nothing', 404], ['GET', 'Nothing', 404], ['GET', 'Repos/0123456789abcdef01234567', 404], ['GET', 'Repos/a/b', 404], ['PUT', 'Repos', 405], ['DELETE', 'Repos', 405], ['POST', 'Repos/a', 405]])(
    '%s %s is %d',
    async (method, path, status) => expect((await bench.send(method, `/configapi/pool-1/logpoint-1/${path}`, method === 'GET' ? undefined : { data: {} })).status).toBe(status),
  )
})
