import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { DeclarationError, ref, validate } from 'convergent'
import { director } from '../../../../examples/director/director.ts'
import { loadDirector, parseDirector } from '../../../../examples/director/input/load.ts'
import { formatIssue } from '../../../../src/core/errors.ts'
import { root } from '../../../architecture/sources.ts'

const sample = join(root, '../shared/inputs/director/sample.yaml')
const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })))

/** A folder with these files. */
function write(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'director-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

function issuesOf(load: () => unknown): string[] {
  try {
    load()
  } catch (error) {
    if (error instanceof DeclarationError) return error.issues.map(formatIssue)
    throw error
  }
  return []
}

const pool = '11111111-2222-4333-8444-555555555555'
const logpoint = '0123456789abcdef0123456789abcdef'
const other = '00000000000000000000000000000000'
const head = (more = `node: here\n`, at = logpoint): string => `pool: ${pool}\nlogpoint: ${at}\n${more}`
const listed = (...entries: readonly string[]): string => [`${head()}resources:`, ...entries.map((entry) => `  - ${entry}`)].join('\n')
const inputsOf = (...entries: readonly string[]) => parseDirector(listed(...entries)).slice(1).map(({ inputs }) => inputs)
const paths = 'hiddenrepopath: [{ path: /p, retention: 90 }]'
const repo = `{ type: Repo, name: shop, ${paths} }`
const node = `${pool}/${logpoint}`

describe('a declaration', () => {
  it.skipIf(!existsSync(sample))('is read as the format says (needs ../shared/inputs)', async () => {
    const desired = loadDirector([sample])
    const inputs = (type: string, name: string): unknown => desired.find((each) => each.type === type && each.name === `${logpoint}/${name}`)?.inputs
    expect(desired.map(({ type, name }) => `${type}/${name.replace(`${logpoint}/`, '')}`)).toEqual([`Node/${logpoint}`, 'Repo/shop-general', 'Repo/shop-audit', 'RoutingPolicy/shop-windows', 'NormalizationPolicy/shop-windows', 'ProcessingPolicy/shop-windows'])
    expect(desired[0]).toMatchObject({ external: true, inputs: { id: `${pool}/${logpoint}` } })
    const named = (type: string, name: string) => ref(`${type}/${logpoint}/${name}`, 'name')
    expect(inputs('Repo', 'shop-audit')).toEqual({ node, name: 'shop-audit', hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 365 }], repoha: [{ ha_li: '10.9.8.2', ha_day: 30 }] })
    expect(inputs('RoutingPolicy', 'shop-windows')).toEqual({
      node,
      name: 'shop-windows',
      catch_all: named('Repo', 'shop-general'),
      routing_criteria: [
        { type: 'KeyPresentValueMatches', key: 'event_type', value: 'audit', repo: named('Repo', 'shop-audit'), drop: 'store' },
        { type: 'KeyPresent', key: 'user', repo: named('Repo', 'shop-general'), drop: 'store' },
      ],
    })
    expect(inputs('NormalizationPolicy', 'shop-windows')).toEqual({ node, name: 'shop-windows', norm_packages: ['Windows'], compiled_normalizer: ['WindowsSysmonCompiledNormalizer'] })
    expect(inputs('ProcessingPolicy', 'shop-windows')).toEqual({ node, name: 'shop-windows', norm_policy: named('NormalizationPolicy', 'shop-windows'), enrich_policy: 'None', routing_policy: named('RoutingPolicy', 'shop-windows') })
    expect(desired[1]?.source).toEqual({ file: sample, line: 17, column: 5 })
    await validate(desired, director({ url: 'http://offline.invalid', token: '', secret: '' }))
  })

  it('has numbers in texts as they were written, and texts where numbers are', () => {
    expect(inputsOf(repo, '{ type: RoutingPolicy, name: 2024, catch_all: shop, routing_criteria: [{ type: KeyPresentValueMatches, key: event_id, value: 04624, repo: 007 }] }')[1]).toEqual({
      node, name: '2024', catch_all: ref('Repo/here/shop', 'name'), routing_criteria: [{ type: 'KeyPresentValueMatches', key: 'event_id', value: '04624', repo: '007' }],
    })
  })

  it('refers to what is declared on the same node in any file, and leaves other names to the node', () => {
    const policy = 'resources: [{ type: RoutingPolicy, name: r, catch_all: shop, routing_criteria: [{ type: KeyPresent, key: k, repo: _logpoint }] }]'
    const folder = write({ 'a.yaml': `${head()}${policy}`, 'b.yml': `${listed(repo)}\n---\n${head('node: there\n', other)}${policy}` })
    const desired = loadDirector([folder])
    expect(desired.filter(({ type }) => type === 'Node').map(({ name, inputs }) => [name, inputs['id']])).toEqual([['here', `${pool}/${logpoint}`], ['there', `${pool}/${other}`]])
    const [first, second] = desired.filter(({ type }) => type === 'RoutingPolicy')
    expect(first).toMatchObject({ name: 'here/r', inputs: { catch_all: ref('Repo/here/shop', 'name'), routing_criteria: [{ repo: '_logpoint' }] } })
    expect(second).toMatchObject({ name: 'there/r', inputs: { node: `${pool}/${other}`, catch_all: 'shop' } })
  })

  it('says of an object that it was called otherwise, is protected, or may be taken over', () => {
    const [, shop] = parseDirector(listed(`{ type: Repo, name: shop, moved: store, protected: true, adopt: true, ${paths} }`))
    expect(shop).toMatchObject({ name: 'here/shop', movedFrom: 'Repo/here/store', protected: true, adopt: true })
    expect(shop?.inputs).not.toHaveProperty('moved')
  })

  it('may say the same by an anchor', () => {
    expect(inputsOf('{ type: Repo, name: a, hiddenrepopath: &tiers [{ path: /p, retention: 90 }] }', '{ type: Repo, name: b, hiddenrepopath: *tiers }').map((each) => each['hiddenrepopath'])).toEqual([[{ path: '/p', retention: 90 }], [{ path: '/p', retention: 90 }]])
  })

  it('may be empty, and may stand in the standard input', () => {
    expect(parseDirector('')).toEqual([])
    expect(parseDirector(`${head()}resources: []`)).toMatchObject([{ type: 'Node', name: 'here' }])
    expect(loadDirector(['-'], { stdin: listed(repo) })[1]?.source).toEqual({ file: '-', line: 5, column: 5 })
  })

  it('may call no node by a name: it goes by its identifier then', () => {
    expect(parseDirector(`${head('')}resources: [${repo}]`).map(({ type, name }) => `${type}/${name}`)).toEqual([`Node/${logpoint}`, `Repo/${logpoint}/shop`])
  })
})

describe('a mistake is told', () => {
  const criterion = (fields: string): string => `{ type: RoutingPolicy, name: r, catch_all: default, routing_criteria: [{ ${fields} }] }`
  it.each([
    ['{ type: Repos, name: a }', 'unknown type "Repos"; did you mean "Repo"? (in:5:13)'],
    ['{ type: Device, name: a }', 'unknown type "Device"; known are Repo, RoutingPolicy, NormalizationPolicy, EnrichmentPolicy, ProcessingPolicy (in:5:13)'],
    ['{ name: a }', 'needs a type: one of Repo, RoutingPolicy, NormalizationPolicy, EnrichmentPolicy, ProcessingPolicy (in:5:5)'],
    [`{ type: Repo, ${paths} }`, 'a Repo needs a name: a text that is not empty, found nothing (in:5:5)'],
    [`{ type: Repo, name: [a], ${paths} }`, 'a Repo needs a name: a text that is not empty, found a list (in:5:25)'],
    [`{ type: Repo, name: a, hiddenrepopaths: [], ${paths} }`, 'Repo/here/a: unknown field "hiddenrepopaths"; did you mean "hiddenrepopath"? (in:5:28)'],
    [`{ type: Repo, name: a, zzz: 1, ${paths} }`, 'Repo/here/a: unknown field "zzz"; there are name, hiddenrepopath, repoha (in:5:28)'],
    ['{ type: Repo, name: a }', 'Repo/here/a: hiddenrepopath: it is missing; expected a list (in:5:5)'],
    ['{ type: Repo, name: a, hiddenrepopath: [] }', 'Repo/here/a: hiddenrepopath: expected at least 1 of them, found 0 (in:5:44)'],
    ['{ type: Repo, name: a, hiddenrepopath: { path: /p, retention: 9 } }', 'Repo/here/a: hiddenrepopath: expected a list, found a map; write [ ] around it (in:5:44)'],
    ['{ type: Repo, name: a, hiddenrepopath: [{ path: /p, retention: 2 }] }', 'Repo/here/a: hiddenrepopath[0].retention: expected at least 3, found 2 (in:5:68)'],
    ['{ type: Repo, name: a, hiddenrepopath: [{ path: /p, retention: "90" }] }', 'Repo/here/a: hiddenrepopath[0].retention: expected a number, found "90"; write it without quotes (in:5:68)'],
    ['{ type: Repo, name: a, hiddenrepopath: [{ path: /p, retention: 9.5 }] }', 'Repo/here/a: hiddenrepopath[0].retention: expected a whole number, found 9.5 (in:5:68)'],
    ['{ type: Repo, name: a, hiddenrepopath: [{ path: /p, retentoin: 9 }] }', 'Repo/here/a: hiddenrepopath[0]: unknown field "retentoin"; did you mean "retention"? (in:5:57)'],
    ['{ type: Repo, name: a, hiddenrepopath: [{ path: /p }] }', 'Repo/here/a: hiddenrepopath[0].retention: it is missing; expected a number (in:5:45)'],
    [`{ type: Repo, name: ${'a'.repeat(29)}, ${paths} }`, `Repo/here/${'a'.repeat(29)}: name: expected at most 28 characters, found "${'a'.repeat(29)}" (in:5:25)`],
    [`{ type: Repo, name: default, ${paths} }`, 'Repo/here/default: name: expected a name of your own: "default", and what begins with "_", is kept for what a node has of its own, found "default" (in:5:25)'],
    ['{ type: RoutingPolicy, name: _logpoint, catch_all: default }', 'RoutingPolicy/here/_logpoint: name: expected a name of your own: "default", and what begins with "_", is kept for what a node has of its own, found "_logpoint" (in:5:34)'],
    [`{ type: Repo, name: a/b, ${paths} }`, 'Repo/here/a/b: name: expected a name without "/" and ",", found "a/b" (in:5:25)'],
    ['{ type: RoutingPolicy, name: None, catch_all: default }', 'RoutingPolicy/here/None: name: expected another name: "None" says that there is no policy, found "None" (in:5:34)'],
    [criterion('type: KeyPresents, key: k'), 'RoutingPolicy/here/r: routing_criteria[0].type: expected one of KeyPresent, KeyPresentValueMatches, found "KeyPresents"; did you mean "KeyPresent"? (in:5:84)'],
    [criterion('type: KeyPresent, key: k, drop: raw'), 'RoutingPolicy/here/r: routing_criteria[0].drop: expected one of store, discard_raw, discard, found "raw" (in:5:110)'],
    [criterion('type: KeyPresentValueMatches, key: k'), 'RoutingPolicy/here/r: routing_criteria[0]: expected a value, which KeyPresentValueMatches looks for (in:5:76)'],
    [criterion('type: KeyPresent, key: true'), 'RoutingPolicy/here/r: routing_criteria[0].key: expected a text, found true; write it in quotes (in:5:101)'],
    ['{ type: NormalizationPolicy, name: n }', 'NormalizationPolicy/here/n: expected one of norm_packages and compiled_normalizer at least (in:5:5)'],
    ['{ type: NormalizationPolicy, name: n, norm_packages: Windows }', 'NormalizationPolicy/here/n: norm_packages: expected a list, found "Windows"; write [ ] around it (in:5:58)'],
    [`{ type: Repo, name: a, protected: yes, ${paths} }`, 'Repo/here/a: protected: expected true or false, found "yes" (in:5:39)'],
    [`{ type: Repo, name: a, moved: a, ${paths} }`, 'Repo/here/a: moved: expected the other name that it had until now, found "a" (in:5:35)'],
    [`{ type: Repo, name: a, moved: "x/y,z", ${paths} }`, 'Repo/here/a: moved: expected a name without "/" and ",", found "x/y,z" (in:5:35)'],
    [`{ type: Repo, name: a, moved: " b", ${paths} }`, 'Repo/here/a: moved: expected a name without blanks before and after it, found " b" (in:5:35)'],
    [`{ type: Repo, name: a, moved: default, ${paths} }`, 'Repo/here/a: moved: expected a name of your own: "default", and what begins with "_", is kept for what a node has of its own, found "default" (in:5:35)'],
    [`{ type: Repo, name: " a", ${paths} }`, 'Repo/here/ a: name: expected a name without blanks before and after it, found " a" (in:5:25)'],
    ['{ type: Repo, name: a, hiddenrepopath: [{ path: " ", retention: 9 }] }', 'Repo/here/a: hiddenrepopath[0].path: expected a name without blanks before and after it, found " " (in:5:53)'],
    ['{ type: RoutingPolicy, name: r, catch_all: "default " }', 'RoutingPolicy/here/r: catch_all: expected a name without blanks before and after it, found "default " (in:5:48)'],
    [criterion('type: KeyPresent, key: k, repo: " a"'), 'RoutingPolicy/here/r: routing_criteria[0].repo: expected a name without blanks before and after it, found " a" (in:5:110)'],
    ['{ type: NormalizationPolicy, name: n, norm_packages: [" ", Windows] }', 'NormalizationPolicy/here/n: norm_packages[0]: expected a name without blanks before and after it, found " " (in:5:59)'],
    ['{ type: NormalizationPolicy, name: n, norm_packages: [""] }', 'NormalizationPolicy/here/n: norm_packages[0]: expected at least 1 character, found "" (in:5:59)'],
    ['{ type: NormalizationPolicy, name: n, compiled_normalizer: [" CEF"] }', 'NormalizationPolicy/here/n: compiled_normalizer[0]: expected a name without blanks before and after it, found " CEF" (in:5:65)'],
    ['{ type: ProcessingPolicy, name: p, norm_policy: "" }', 'ProcessingPolicy/here/p: norm_policy: expected at least 1 character, found "" (in:5:53)'],
    ['{ type: ProcessingPolicy, name: p, enrich_policy: "" }', 'ProcessingPolicy/here/p: enrich_policy: expected at least 1 character, found "" (in:5:55)'],
    ['{ type: ProcessingPolicy, name: p, routing_policy: " None" }', 'ProcessingPolicy/here/p: routing_policy: expected a name without blanks before and after it, found " None" (in:5:56)'],
    ['{ type: EnrichmentPolicy, name: e, specifications: [{ source: "geo_ip ", criteria: [{ type: KeyPresents, key: k }] }] }', 'EnrichmentPolicy/here/e: specifications[0].source: expected a name without blanks before and after it, found "geo_ip " (in:5:67)'],
    [`&x { type: Repo, name: a, hiddenrepopath: [*x] }`, '*x stands inside of what it stands for (in:5:48)'],
    ['just text', 'resources: expected a map with type and name, found "just text" (in:5:5)'],
  ])('%s', (entry, message) => expect(issuesOf(() => parseDirector(listed(entry), 'in'))).toContain(message))

  it.each([
    ['- a', 'expected a map with pool, logpoint and resources at the top, found a list (in:1:1)'],
    [`${head()}resource: []`, 'unknown key "resource"; did you mean "resources"? (in:4:1)'],
    [`${head()}resources:`, 'resources: expected a list, found nothing; write [] to say that there are none (in:4:1)'],
    [`${head()}`, 'resources: expected a list, found nothing; write [] to say that there are none (in:1:1)'],
    [`logpoint: ${logpoint}\nresources: []`, 'pool: expected the UUID of a pool, found nothing (in:1:1)'],
    [`pool: 123\nlogpoint: ${logpoint}\nresources: []`, 'pool: expected the UUID of a pool, found 123 (in:1:7)'],
    [`pool: ${pool}\nlogpoint: here\nresources: []`, 'logpoint: expected the identifier of a LogPoint, which is 32 hex digits, found "here" (in:2:11)'],
    [`${head('node: a/b\n')}resources: []`, 'node: expected a short name of letters, digits, ".", "_" and "-", found "a/b" (in:3:7)'],
    [`${head()}resources: [`, 'invalid YAML: Flow sequence in block collection must be sufficiently indented and end with a ] (in:4:13)'],
    [listed('{ type: Repo, type: Repo }'), 'invalid YAML: Map keys must be unique (in:5:19)'],
    [listed('{ type: Repo, name: *none }'), '*none: no anchor &none stands before it (in:5:25)'],
  ])('%s', (text, message) => expect(issuesOf(() => parseDirector(text, 'in')).join('\n')).toContain(message))

  it('of an identifier that looks like a number, not at all', () => {
    expect(parseDirector(`${head('', '1'.repeat(32))}resources: []`)).toMatchObject([{ name: '1'.repeat(32) }])
    expect(parseDirector(`${head('', `${'0'.repeat(30)}e5`)}resources: []`)).toMatchObject([{ name: `${'0'.repeat(30)}e5` }])
  })

  it('of a name that is there twice on a node, with the place of the first', () => {
    expect(issuesOf(() => parseDirector(`${listed(repo, repo)}\n---\n${head('node: there\n', other)}resources: [${repo}]`, 'in'))).toEqual(['Repo/here/shop: a Repo of this name stands in in, line 5 already; rename or remove one of them (in:6:5)'])
  })

  it('of an old name that something else on the node has now, in whatever document', () => {
    const move = `{ type: Repo, name: hot, moved: shop, ${paths} }`
    const told = (line: number): string => `Repo/here/hot: moved: Repo/here/shop is declared itself; only what is not there any more can have moved (in:${line}:37)`
    expect(issuesOf(() => parseDirector(listed(move, repo), 'in'))).toEqual([told(5)])
    expect(issuesOf(() => parseDirector(`${listed(repo)}\n---\n${listed(move)}`, 'in'))).toEqual([told(11)])
    expect(parseDirector(`${head('node: there\n', other)}resources: [${repo}]\n---\n${listed(move)}`).at(-1)).toMatchObject({ movedFrom: 'Repo/here/shop' })
  })

  it('of aliases of aliases, before they are read', () => {
    const laughs = Array.from({ length: 8 }, (_, at) => `l${at}: &l${at} [${Array<string>(10).fill(at === 0 ? 'x' : `*l${at - 1}`).join(', ')}]`)
    expect(issuesOf(() => parseDirector(listed(`{ type: Repo, name: a, ${laughs.join(', ')} }`), 'in'))).toEqual([expect.stringMatching(/^aliases \(\*name\) stand for more than 10000 .*\(in:5:\d+\)$/)])
  })

  it('of a name that two nodes have, and of a node that has two names', () => {
    const documents = [head(), head('node: here\n', other), head('node: there\n'), head('')].map((each) => `${each}resources: []`)
    expect(issuesOf(() => parseDirector(documents.join('\n---\n'), 'in'))).toEqual([
      `node "here" is another LogPoint (${pool}/${logpoint}) in in, line 1; give one of them another name (in:8:7)`,
      `this LogPoint (${pool}/${logpoint}) is called "here" in in, line 1, and "there" here; write node: here (in:13:7)`,
      `this LogPoint (${pool}/${logpoint}) is called "here" in in, line 1, and "${logpoint}" here; write node: here (in:16:1)`,
    ])
  })

  it('with all others, in one go', () => {
    const text = `${listed('{ type: Rep, name: a }', '{ type: Repo, name: b, retention: 5 }', `{ type: Repo, name: c, moved: 5, ${paths} }`)}\n---\npool: x\nresources: {}`
    expect(issuesOf(() => parseDirector(text, 'in')).length).toBe(7)
  })

  it('of files that cannot be read', () => {
    const folder = write({ 'a.txt': '' })
    expect(issuesOf(() => loadDirector([folder, join(folder, 'no.yaml')])).map((each) => each.replaceAll(folder, ''))).toEqual(['the folder holds no .yaml or .yml file ()', 'there is no such file or folder (/no.yaml)'])
  })
})
