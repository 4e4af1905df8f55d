import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { apply, checkpoint, memoryStore, restore } from 'convergent'
import { root } from '../../../architecture/sources.ts'
import { documentOf, failuresOf, nodes, openBench } from './bench.ts'

const sample = join(root, '../shared/inputs/director/sample.yaml')
const repo = 'type: Repo, name: shop, hiddenrepopath: [{ path: /opt/immune/storage/, retention: 90 }]'
const policies = [
  'type: RoutingPolicy, name: shop, catch_all: shop, routing_criteria: [{ type: KeyPresentValueMatches, key: event_id, value: 4624, repo: _logpoint }, { type: KeyPresent, key: user, drop: discard }]',
  'type: NormalizationPolicy, name: shop, norm_packages: [Windows, LP_Linux], compiled_normalizer: [JSONCompiledNormalizer, CEFCompiledNormalizer]',
  'type: EnrichmentPolicy, name: shop, specifications: [{ source: geo_ip, criteria: [{ type: KeyPresents, key: ip }], rules: [{ category: simple, source_key: a, event_key: b }] }]',
  'type: ProcessingPolicy, name: shop, norm_policy: shop, enrich_policy: shop, routing_policy: shop',
]
const kindsOfNode = ['Repos', 'RoutingPolicies', 'NormalizationPolicy', 'EnrichmentPolicy', 'ProcessingPolicy'] as const
const writesOf = (asked: readonly string[]): readonly string[] => asked.filter((each) => !each.startsWith('GET '))

describe('what is declared', () => {
  it('is created in the order of its references, and a second plan has nothing to do', async () => {
    const { server, asked, plan, sync } = openBench()
    expect(failuresOf(await sync(repo, ...policies))).toEqual([])
    const writes = writesOf(asked())
    const positions = ['POST Repos', 'POST RoutingPolicies', 'POST ProcessingPolicy'].map((each) => writes.indexOf(each))
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
    expect(writes.length).toBe(5)
    const [policy] = server.objects(nodes.a, 'ProcessingPolicy').filter(({ policy_name }) => policy_name === 'shop')
    const idOf = (table: 'RoutingPolicies' | 'EnrichmentPolicy'): unknown => server.objects(nodes.a, table).find((each) => (each['policy_name'] ?? each['name']) === 'shop')?.id
    expect(policy).toMatchObject({ norm_policy: 'shop', enrich_policy: idOf('EnrichmentPolicy'), routing_policy: idOf('RoutingPolicies') })
    expect((await plan(repo, ...policies)).actions).toEqual([])
  })

  it.skipIf(!existsSync(sample))('may be the sample (needs ../shared/inputs)', async () => {
    const { planText, syncText } = openBench({}, { nodes: ['11111111-2222-4333-8444-555555555555/0123456789abcdef0123456789abcdef'] })
    const text = readFileSync(sample, 'utf8')
    expect(failuresOf(await syncText(text))).toEqual([])
    expect((await planText(text)).actions).toEqual([])
  })

  it('is changed in place, and what is declared no longer is unset', async () => {
    const { server, asked, plan, sync } = openBench()
    const tiers = 'hiddenrepopath: [{ path: /opt/immune/storage/, retention: 30 }, { path: /opt/immune/storage-warm/, retention: 335 }]'
    await sync(`${repo}, repoha: [{ ha_li: 192.0.2.7, ha_day: 30 }, { ha_li: 192.0.2.8, ha_day: 30 }]`, ...policies)
    asked()
    // A name does not change with what else changes: who uses it has nothing to do.
    expect((await plan(repo.replace('retention: 90', 'retention: 91'), ...policies)).summary).toMatchObject({ update: 1 })
    const changed = [`type: Repo, name: shop, ${tiers}`, ...policies.slice(0, 3).map((each) => each.replace('[Windows, LP_Linux]', '[LP_Linux, Windows]')), 'type: ProcessingPolicy, name: shop, norm_policy: None']
    expect(failuresOf(await sync(...changed))).toEqual([])
    expect([...writesOf(asked())].sort()).toEqual(['PUT NormalizationPolicy/{id}', 'PUT ProcessingPolicy/{id}', 'PUT Repos/{id}'])
    expect(server.objects(nodes.a, 'Repos').find(({ name }) => name === 'shop')).toMatchObject({ hiddenrepopath: [{ retention: 30 }, { retention: 335 }], repoha: [] })
    expect(server.objects(nodes.a, 'ProcessingPolicy').find(({ policy_name }) => policy_name === 'shop')).toMatchObject({ norm_policy: 'None', enrich_policy: 'None', routing_policy: 'None' })
    expect((await plan(...changed)).actions).toEqual([])
  })

  it('comes in an order of its own where that says nothing, and not where it does', async () => {
    const { plan, sync } = openBench()
    const pair = (first: string, second: string): string => `repoha: [{ ha_li: ${first}, ha_day: 30 }, { ha_li: ${second}, ha_day: 30 }]`
    await sync(`${repo}, ${pair('192.0.2.7', '192.0.2.8')}`, policies[1] as string)
    expect((await plan(`${repo}, ${pair('192.0.2.8', '192.0.2.7')}`, policies[1] as string)).actions).toEqual([])
    expect((await plan(`${repo}, ${pair('192.0.2.7', '192.0.2.8')}`, (policies[1] as string).replace('Windows, LP_Linux', 'LP_Linux, Windows'))).summary).toMatchObject({ update: 1 })
  })

  it('leaves alone what it never named', async () => {
    const { server, sync } = openBench()
    await sync(repo, ...policies)
    server.edit({ node: nodes.a, table: 'EnrichmentPolicy', name: 'shop', changes: { description: 'by somebody' } })
    expect(failuresOf(await sync(repo, ...policies.map((each) => each.replace('key: ip', 'key: address'))))).toEqual([])
    expect(server.objects(nodes.a, 'EnrichmentPolicy')).toMatchObject([{ description: 'by somebody', specifications: [{ criteria: [{ key: 'address' }] }] }])
  })

  it('goes dependents first, and what the node has of its own stays', async () => {
    const { server, namesOn, sync } = openBench()
    const before = kindsOfNode.map((table) => server.objects(nodes.a, table))
    await sync(repo, ...policies)
    expect(namesOn('a', 'ProcessingPolicy')).toEqual(['shop'])
    expect(failuresOf(await sync())).toEqual([])
    expect(kindsOfNode.map((table) => server.objects(nodes.a, table))).toEqual(before)
  })

  it('may be on several nodes of several pools', async () => {
    const { namesOn, server, syncText } = openBench()
    const both = [documentOf('a', repo, ...policies), documentOf('b', repo, (policies[0] as string).replace('name: shop', 'name: other'))].join('\n---\n')
    expect(failuresOf(await syncText(both))).toEqual([])
    expect(namesOn('a', 'RoutingPolicies')).toEqual(['shop'])
    expect(namesOn('b', 'RoutingPolicies')).toEqual(['other'])
    expect(failuresOf(await syncText([documentOf('a', repo, ...policies), documentOf('b')].join('\n---\n')))).toEqual([])
    expect([namesOn('a', 'Repos'), namesOn('b', 'Repos')]).toEqual([['shop'], []])
    expect(server.orders().filter(({ outcome }) => outcome?.isSuccess !== true)).toEqual([])
  })

  it('goes with its document', async () => {
    const { namesOn, syncText } = openBench()
    await syncText([documentOf('a', repo), documentOf('b')].join('\n---\n'))
    expect(failuresOf(await syncText(''))).toEqual([])
    expect(namesOn('a', 'Repos')).toEqual([])
  })

  it('of a node that nobody knows is an error, and nothing is planned', async () => {
    const { plan } = openBench({}, { nodes: [`${nodes.a.slice(0, 37)}${'c'.repeat(32)}`] })
    await expect(plan(repo)).rejects.toThrow(/Node\/node-a: there is no Node with id/)
  })
})

describe('what is there already', () => {
  const theirs = { table: 'Repos', name: 'shop', changes: { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 9 }], repoha: [] } } as const
  it('is nobody else to touch, unless the entry says that it may be taken over', async () => {
    const { server, sync } = openBench()
    server.edit({ node: nodes.a, ...theirs })
    await sync(repo)
    expect(server.orders()).toEqual([])
    expect(failuresOf(await sync(`${repo}, adopt: true`))).toEqual([])
    expect(server.objects(nodes.a, 'Repos').find(({ name }) => name === 'shop')).toMatchObject({ hiddenrepopath: [{ retention: 90 }] })
  })

  it('comes back from a checkpoint, with new ids where it was gone', async () => {
    const { clock, namesOn, plan, provider, store, sync } = openBench()
    await sync(repo, ...policies)
    const { id } = await checkpoint('before', { store, clock })
    await sync(repo.replace('retention: 90', 'retention: 30'))
    expect(namesOn('a', 'ProcessingPolicy')).toEqual([])
    expect(failuresOf(await restore(id, { provider, store, clock }).result)).toEqual([])
    expect((await plan(repo, ...policies)).actions).toEqual([])
  })

  it('is as before after a run that failed and was rolled back', async () => {
    const { clock, namesOn, plan, provider, store, sync, planText } = openBench()
    await sync(repo)
    const wrong = policies.map((each) => each.replace('catch_all: shop', 'catch_all: nobody'))
    const changed = repo.replace('retention: 90', 'retention: 30')
    const { outcome } = await apply(await planText(documentOf('a', changed, ...wrong)), { provider, store, clock, onFailure: 'rollback' }).result
    expect(outcome).toBe('rolled-back')
    expect([namesOn('a', 'NormalizationPolicy'), namesOn('a', 'EnrichmentPolicy')]).toEqual([[], []])
    expect((await plan(repo)).actions).toEqual([])
  })
})

describe('another name', () => {
  const moved = (name: string, word = ''): readonly string[] => [repo.replace('name: shop', `name: ${name}${word}`), ...policies.map((each) => each.replaceAll('catch_all: shop', `catch_all: ${name}`))]
  const seen = async (word: string) => {
    const { server, asked, namesOn, plan, sync } = openBench()
    await sync(repo, ...policies)
    asked()
    const made = await plan(...moved('store', word))
    expect(failuresOf(await sync(...moved('store', word)))).toEqual([])
    expect(namesOn('a', 'Repos')).toEqual(['store'])
    expect(server.objects(nodes.a, 'RoutingPolicies').find(({ policy_name }) => policy_name === 'shop')).toMatchObject({ catch_all: 'store' })
    expect(writesOf(asked())).toEqual(['POST Repos', 'PUT RoutingPolicies/{id}', 'DELETE Repos/{id}'])
    expect((await plan(...moved('store'))).actions).toEqual([])
    return made.actions.map(({ kind, address }) => `${kind} ${address}`).sort()
  }

  it('is a create and a delete, with its users moved in between', async () => {
    expect(await seen('')).toEqual(['create Repo/node-a/store', 'delete Repo/node-a/shop', 'update RoutingPolicy/node-a/shop'])
  })

  it('is one replace where it says what it was called', async () => {
    expect(await seen(', moved: shop')).toEqual(['replace Repo/node-a/store', 'update RoutingPolicy/node-a/shop'])
  })

  it('of what others name by its id moves these too', async () => {
    const { server, namesOn, plan, sync } = openBench()
    await sync(repo, ...policies)
    const renamed = [repo, ...policies.map((each) => each.replace('type: RoutingPolicy, name: shop', 'type: RoutingPolicy, name: store').replace('routing_policy: shop', 'routing_policy: store'))]
    expect(failuresOf(await sync(...renamed))).toEqual([])
    expect(namesOn('a', 'RoutingPolicies')).toEqual(['store'])
    const id = server.objects(nodes.a, 'RoutingPolicies').find(({ policy_name }) => policy_name === 'store')?.id
    expect(server.objects(nodes.a, 'ProcessingPolicy').find(({ policy_name }) => policy_name === 'shop')).toMatchObject({ routing_policy: id })
    expect((await plan(...renamed)).actions).toEqual([])
  })
})

describe('without a state', () => {
  const open = () => openBench({ owned: (name) => name.startsWith('shop') || name.startsWith('_') })

  it('what is ours is what the names say', async () => {
    const { server, namesOn, sync, syncText } = open()
    server.edit({ node: nodes.a, table: 'Repos', name: 'theirs', changes: { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 9 }], repoha: [] } })
    await sync(repo, ...policies)
    expect(failuresOf(await syncText(documentOf('a', repo), { store: memoryStore() }))).toEqual([])
    expect(kindsOfNode.map((table) => namesOn('a', table))).toEqual([['shop', 'theirs'], [], [], [], []])
    expect(server.orders().every(({ outcome }) => outcome?.isSuccess)).toBe(true)
  })

  it('goes dependents first, by what is there, on each node apart', async () => {
    const { server, namesOn, planText, syncText } = open()
    const audit = 'type: RoutingPolicy, name: shop, catch_all: default, routing_criteria: [{ type: KeyPresent, key: user, repo: shop }]'
    await syncText([documentOf('a', repo, audit), documentOf('b', repo, audit)].join('\n---\n'))
    const nothing = [documentOf('a'), documentOf('b')].join('\n---\n')
    const made = await planText(nothing, { store: memoryStore() })
    expect(made.actions.filter(({ address }) => address.startsWith('Repo/')).map(({ address, steps }) => [address, steps[0]?.after])).toEqual(
      ['node-a', 'node-b'].map((node) => [`Repo/${node}/shop`, [`delete:RoutingPolicy/${node}/shop`]]),
    )
    expect(failuresOf(await syncText(documentOf('a'), { store: memoryStore() }))).toEqual([])
    expect([namesOn('a', 'Repos'), namesOn('a', 'RoutingPolicies'), namesOn('b', 'Repos')]).toEqual([[], [], ['shop']])
    expect(server.orders().every(({ outcome }) => outcome?.isSuccess)).toBe(true)
  })

  it('nothing that every node has is ever ours', async () => {
    const { asked, planText } = open()
    expect((await planText(documentOf('a'))).actions).toEqual([])
    expect(asked()).toContain('GET Repos')
  })
})

describe('a token', () => {
  it('that expires in the middle of a run is renewed, once for all', async () => {
    const { server, plan, sync } = openBench()
    server.fault({ fault: 'expire', method: 'POST', path: /RoutingPolicies/ })
    const repos = Array.from({ length: 8 }, (_, at) => repo.replace('name: shop', `name: shop${at}`))
    expect(failuresOf(await sync(repo, ...repos, ...policies))).toEqual([])
    expect(server.requests.filter(({ path }) => path === '/refreshToken').length).toBe(1)
    expect(server.credentials().token).not.toBe('t')
    server.expire()
    expect((await plan(repo, ...repos, ...policies)).actions).toEqual([])
    expect(server.requests.filter(({ path }) => path === '/refreshToken').length).toBe(2)
  })

  it('is renewed though the first attempt at it got lost before it was done', async () => {
    const { server, sync } = openBench()
    server.expire()
    server.fault({ fault: 'reset-before', path: /refreshToken/ })
    expect(failuresOf(await sync(repo))).toEqual([])
  })

  it('whose successor got lost has to be made anew, in words', async () => {
    const { server, plan } = openBench()
    server.expire()
    server.fault({ fault: 'reset-after', path: /refreshToken/ })
    await expect(plan(repo)).rejects.toThrow(/the reply with the new token was lost .* make a new token in the Director Console, and set DIRECTOR_TOKEN and DIRECTOR_SECRET/)
  })
})

describe('an order', () => {
  it('that fails says why, and leaves nothing', async () => {
    const { namesOn, sync } = openBench()
    const result = await sync(repo.replace('/opt/immune/storage/', '/nowhere'))
    expect(failuresOf(result)).toMatchObject([{ address: 'Repo/node-a/shop', error: { message: expect.stringMatching(/failed: .*no .* with the name "\/nowhere"/i) as string } }])
    expect(namesOn('a', 'Repos')).toEqual([])
  })

  it('of what somebody else uses is refused, and said by whom', async () => {
    const { server, namesOn, sync } = openBench()
    await sync(repo)
    server.edit({ node: nodes.a, table: 'RoutingPolicies', name: 'theirs', changes: { catch_all: 'shop', routing_criteria: [] } })
    expect(failuresOf(await sync())).toMatchObject([{ address: 'Repo/node-a/shop', error: { kind: 'conflict', message: expect.stringContaining('in use by Routing Policy "theirs"') as string } }])
    expect(namesOn('a', 'Repos')).toEqual(['shop'])
  })

  it('that does not end in time is interrupted, and nothing is done twice', async () => {
    const { server, sync } = openBench({ orderTimeoutMs: 5_000 })
    server.fault({ fault: 'stuck', method: 'POST', path: /Repos$/ })
    expect((await sync(repo)).actions).toMatchObject([{ outcome: 'interrupted' }])
    expect(server.orders().length).toBe(1)
  })

  it.each(['reset-after', 'error-after', 'reset-before'] as const)('whose reply is lost (%s) makes no second object', async (fault) => {
    const { server, namesOn, plan, sync } = openBench()
    server.fault({ fault, method: 'POST', path: /configapi/, times: 2 })
    expect(failuresOf(await sync(repo, ...policies))).toEqual([])
    expect(namesOn('a', 'Repos')).toEqual(['shop'])
    expect((await plan(repo, ...policies)).actions).toEqual([])
  })
})
