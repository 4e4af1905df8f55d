import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bankNodes, declare, openNewcomer, type Newcomer } from './bench.ts'

const good = [
  'type: Repo, name: general, hiddenrepopath: [{ path: /opt/immune/storage/, retention: 90 }]',
  'type: RoutingPolicy, name: windows, catch_all: general',
  'type: NormalizationPolicy, name: windows, norm_packages: [Windows]',
]
const stockholm = bankNodes['stockholm'] ?? ''
const logpoint = stockholm.split('/')[1] ?? ''

let person: Newcomer
let before: unknown
beforeAll(async () => {
  person = await openNewcomer()
  person.write('bank.yaml', declare(...good))
  expect(await person.run(['sync', '-f', 'bank.yaml'])).toMatchObject({ code: 0, err: '' })
  before = held()
})
afterAll(() => person.close())

/** What the LogPoints hold: an order that fails leaves nothing. */
function held(): unknown {
  return person.server.state().nodes
}

/** What is said of an action that failed. */
function reportOf(out: string): string {
  return out.slice(out.search(/^failed /m)).split('\n')[0] ?? ''
}

/** What only the LogPoint can know: an entry, and the end of what is said of it. */
const refused: readonly (readonly [title: string, entry: string, reason: string])[] = [
  ['a path that it does not have', 'type: Repo, name: r, hiddenrepopath: [{ path: /nowhere, retention: 90 }]', 'failed: hiddenrepopath: no Repo path with the name "/nowhere"'],
  ['a repo that is nowhere', 'type: RoutingPolicy, name: r, catch_all: genral', 'failed: catch_all: no Repo with the name "genral"'],
  ['a package that it does not have', 'type: NormalizationPolicy, name: n, norm_packages: [Windos]', 'there is no NormalizationPackage of the name "Windos" on the LogPoint ' + logpoint + '; did you mean "Windows"?'],
  ['a normalizer that it does not have', 'type: NormalizationPolicy, name: n, compiled_normalizer: [CEF]', 'failed: compiled_normalizer: no Compiled normalizer with the name "CEF"'],
  ['a source that it does not have', 'type: EnrichmentPolicy, name: e, specifications: [{ source: geoip, criteria: [{ type: KeyPresents, key: ip }] }]', 'failed: specifications[0].source: no Enrichment source with the name "geoip"'],
  ['a policy that is nowhere, named by its name', 'type: ProcessingPolicy, name: p, norm_policy: windos', 'failed: norm_policy: no Normalization Policy with the name "windos"'],
  ['a policy that is nowhere, named by its id', 'type: ProcessingPolicy, name: p, routing_policy: windos', 'there is no RoutingPolicy of the name "windos" on the LogPoint ' + logpoint + '; did you mean "windows"?'],
]

describe('a value that the LogPoint refuses', () => {
  it.each(refused)('%s', async (_, entry, reason) => {
    person.write('wrong.yaml', declare(...good, entry))
    const { code, out, err } = await person.run(['sync', '-f', 'wrong.yaml'])
    expect({ code, err, now: held() }).toEqual({ code: 1, err: '', now: before })
    expect(reportOf(out)).toMatch(/^failed create \w+\/stockholm\/\w: /)
    expect(reportOf(out).endsWith(reason), reportOf(out)).toBe(true)
    // The next plan begins where this one has ended.
    expect(await person.run(['plan', '-f', 'bank.yaml', '--mode', 'sync'])).toMatchObject({ code: 0, err: '' })
  })

  it('after another change, which is taken back where that was asked for', async () => {
    person.write('wrong.yaml', declare(good[0]?.replace('90', '30') ?? '', ...good.slice(1), 'type: RoutingPolicy, name: r, catch_all: general, routing_criteria: [{ type: KeyPresent, key: user, repo: nobody }]'))
    const { code, out } = await person.run(['sync', '-f', 'wrong.yaml', '--rollback-on-failure'])
    expect(code).toBe(3)
    expect(reportOf(out)).toMatch(/^failed create RoutingPolicy\/stockholm\/r: .* failed: routing_criteria\[0\]\.repo: no Repo with the name "nobody"$/)
    expect(held()).toEqual(before)
  })
})

describe('what stands on the LogPoint already', () => {
  const theirs = 'type: Repo, name: theirs, hiddenrepopath: [{ path: /opt/immune/storage/, retention: 30 }]'
  const retention = (): unknown => person.server.objects(stockholm, 'Repos').find(({ name }) => name === 'theirs')?.['hiddenrepopath']
  beforeAll(() => person.server.edit({ node: stockholm, table: 'Repos', name: 'theirs', changes: { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 9 }], repoha: [] } }))

  it('is left alone, and it says how to take it over', async () => {
    person.write('ours.yaml', declare(...good, theirs))
    const { code, out } = await person.run(['sync', '-f', 'ours.yaml'])
    expect(code).toBe(0)
    expect(out).toContain('blocked, not-owned: an object of this natural key exists (id <id>) and is not ours; take it over with adopt: true, or choose another name')
    expect((await person.run(['sync', '-f', 'ours.yaml', '--fail-on-blocked'])).code).toBe(3)
    expect(retention()).toMatchObject([{ retention: 9 }])
  })
  it('is ours with adopt: true, and goes with its entry', async () => {
    person.write('ours.yaml', declare(...good, `${theirs}, adopt: true`))
    expect((await person.run(['sync', '-f', 'ours.yaml'])).code).toBe(0)
    expect(retention()).toMatchObject([{ retention: 30 }])
    expect((await person.run(['sync', '-f', 'bank.yaml', '--auto-approve'])).code).toBe(0)
    expect(retention()).toBeUndefined()
  })
  it('is kept with protected: true', async () => {
    person.write('ours.yaml', declare(...good, `${theirs}, protected: true`))
    expect((await person.run(['sync', '-f', 'ours.yaml'])).code).toBe(0)
    const { code, out } = await person.run(['sync', '-f', 'bank.yaml', '--auto-approve', '--fail-on-blocked'])
    expect(code).toBe(3)
    expect(out).toContain('blocked, protected')
    expect(retention()).toMatchObject([{ retention: 30 }])
  })
  it('and is in use by somebody else, stays, and is said by whom', async () => {
    person.write('ours.yaml', declare(...good, `${theirs}, protected: false`))
    expect((await person.run(['sync', '-f', 'ours.yaml'])).code).toBe(0)
    person.server.edit({ node: stockholm, table: 'RoutingPolicies', name: 'their-policy', changes: { catch_all: 'theirs', routing_criteria: [] } })
    const { code, out } = await person.run(['sync', '-f', 'bank.yaml', '--auto-approve', '--fail-on-blocked'])
    expect(code).toBe(3)
    expect(out).toContain('blocked, blocked-dependency: RoutingPolicy/stockholm/their-policy, which stays as it is, needs it')
    expect(retention()).toMatchObject([{ retention: 30 }])
  })
  it('is in use by what nobody here declares: the LogPoint refuses, and says by whom', async () => {
    const repo = good[0] ?? ''
    person.write('other.yaml', declare(repo.replace('general', 'other')))
    person.write('none.yaml', declare())
    const stack = ['--stack', 'other', '--auto-approve']
    expect((await person.run(['sync', '-f', 'other.yaml', ...stack])).code).toBe(0)
    person.server.edit({ node: stockholm, table: 'RoutingPolicies', name: 'another-policy', changes: { catch_all: 'other', routing_criteria: [] } })
    const { code, out } = await person.run(['sync', '-f', 'none.yaml', '--allow-empty', ...stack])
    expect(code).toBe(1)
    expect(reportOf(out)).toMatch(/^failed delete Repo\/stockholm\/other .*Repo "other" is in use by Routing Policy "another-policy"$/)
  })
})
