import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bankNodes, declare, openNewcomer, SECRET, type Newcomer } from './bench.ts'

const good = [
  'type: Repo, name: general, hiddenrepopath: [{ path: /opt/immune/storage/, retention: 90 }]',
  'type: RoutingPolicy, name: windows, catch_all: general',
  'type: NormalizationPolicy, name: windows, norm_packages: [Windows]',
  'type: ProcessingPolicy, name: windows, norm_policy: windows, routing_policy: windows',
]
const paths = 'hiddenrepopath: [{ path: /opt/immune/storage/, retention: 90 }]'

let person: Newcomer
let before: unknown
beforeAll(async () => {
  person = await openNewcomer()
  person.write('bank.yaml', declare(...good))
  expect(await person.run(['sync', '-f', 'bank.yaml'])).toMatchObject({ code: 0, err: '' })
  before = person.look()
  expect(before).toMatchObject({ orders: 4 })
})
afterAll(() => person.close())

/** A mistake is told in these words, with exit code 1, and no order was given. */
async function expectRefusal(command: readonly string[], message: string, surroundings: Parameters<Newcomer['run']>[1] = {}): Promise<void> {
  const { code, out, err } = await person.run(command, surroundings)
  expect({ code, out, err }).toEqual({ code: 1, out: '', err: message })
  expect(person.look()).toEqual(before)
}

const sync = ['sync', '-f', 'wrong.yaml', '--auto-approve']
const types = 'Repo, RoutingPolicy, NormalizationPolicy, EnrichmentPolicy, ProcessingPolicy'
const builtIn = 'expected a name of your own: "default", and what begins with "_", is kept for what a node has of its own'

/** An entry that is wrong, and what is said about it. It stands in line 9. */
const wrongEntries: readonly (readonly [title: string, entry: string, message: string])[] = [
  ['a misspelt type', 'type: Reop, name: r', 'unknown type "Reop"; did you mean "Repo"? (wrong.yaml:9:13)'],
  ['a type of a later day', 'type: Device, name: r', `unknown type "Device"; known are ${types} (wrong.yaml:9:13)`],
  ['no type', 'name: r', `needs a type: one of ${types} (wrong.yaml:9:5)`],
  ['no name', 'type: Repo', 'a Repo needs a name: a text that is not empty, found nothing (wrong.yaml:9:5)'],
  ['a misspelt field', `type: Repo, name: r, repohaa: [], ${paths}`, 'Repo/stockholm/r: unknown field "repohaa"; did you mean "repoha"? (wrong.yaml:9:28)'],
  ['a misspelt word', `type: Repo, name: r, adpot: true, ${paths}`, 'Repo/stockholm/r: unknown field "adpot"; did you mean "adopt"? (wrong.yaml:9:28)'],
  ['a word with no meaning', `type: Repo, name: r, protected: sure, ${paths}`, 'Repo/stockholm/r: protected: expected true or false, found "sure" (wrong.yaml:9:39)'],
  ['no paths', 'type: Repo, name: r', 'Repo/stockholm/r: hiddenrepopath: it is missing; expected a list (wrong.yaml:9:5)'],
  ['a path that is no list', 'type: Repo, name: r, hiddenrepopath: /opt', 'Repo/stockholm/r: hiddenrepopath: expected a list, found "/opt"; write [ ] around it (wrong.yaml:9:44)'],
  ['a retention in words', `type: Repo, name: r, ${paths.replace('90', 'ninety')}`, 'Repo/stockholm/r: hiddenrepopath[0].retention: expected a number, found "ninety" (wrong.yaml:9:86)'],
  ['a retention in quotes', `type: Repo, name: r, ${paths.replace('90', '"90"')}`, 'Repo/stockholm/r: hiddenrepopath[0].retention: expected a number, found "90"; write it without quotes (wrong.yaml:9:86)'],
  ['a retention that is too short', `type: Repo, name: r, ${paths.replace('90', '2')}`, 'Repo/stockholm/r: hiddenrepopath[0].retention: expected at least 3, found 2 (wrong.yaml:9:86)'],
  ['a name that is too long', `type: Repo, name: ${'a'.repeat(29)}, ${paths}`, `Repo/stockholm/${'a'.repeat(29)}: name: expected at most 28 characters, found "${'a'.repeat(29)}" (wrong.yaml:9:25)`],
  ['a name that the node has of its own', `type: Repo, name: _logpoint, ${paths}`, `Repo/stockholm/_logpoint: name: ${builtIn}, found "_logpoint" (wrong.yaml:9:25)`],
  ['a name that is there twice', 'type: RoutingPolicy, name: windows, catch_all: default', 'RoutingPolicy/stockholm/windows: a RoutingPolicy of this name stands in wrong.yaml, line 6 already; rename or remove one of them (wrong.yaml:9:5)'],
  ['no repo for what fits nothing', 'type: RoutingPolicy, name: r', 'RoutingPolicy/stockholm/r: catch_all: it is missing; expected a text (wrong.yaml:9:5)'],
  ['the spelling of the other policy', 'type: RoutingPolicy, name: r, catch_all: general, routing_criteria: [{ type: KeyPresents, key: user }]', 'RoutingPolicy/stockholm/r: routing_criteria[0].type: expected one of KeyPresent, KeyPresentValueMatches, found "KeyPresents"; did you mean "KeyPresent"? (wrong.yaml:9:84)'],
  ['the same the other way round', 'type: EnrichmentPolicy, name: e, specifications: [{ source: geo_ip, criteria: [{ type: KeyPresent, key: ip }] }]', 'EnrichmentPolicy/stockholm/e: specifications[0].criteria[0].type: expected one of KeyPresents, KeyPresentsValueMatches, found "KeyPresent"; did you mean "KeyPresents"? (wrong.yaml:9:94)'],
  ['a value that is missing', 'type: RoutingPolicy, name: r, catch_all: general, routing_criteria: [{ type: KeyPresentValueMatches, key: user }]', 'RoutingPolicy/stockholm/r: routing_criteria[0]: expected a value, which KeyPresentValueMatches looks for (wrong.yaml:9:76)'],
  ['a way to drop that is none', 'type: RoutingPolicy, name: r, catch_all: general, routing_criteria: [{ type: KeyPresent, key: user, drop: raw }]', 'RoutingPolicy/stockholm/r: routing_criteria[0].drop: expected one of store, discard_raw, discard, found "raw" (wrong.yaml:9:113)'],
  ['a policy that does nothing', 'type: NormalizationPolicy, name: n', 'NormalizationPolicy/stockholm/n: expected one of norm_packages and compiled_normalizer at least (wrong.yaml:9:5)'],
  ['a list of policies', 'type: ProcessingPolicy, name: p, norm_policy: [windows]', 'ProcessingPolicy/stockholm/p: norm_policy: expected a text, found a list (wrong.yaml:9:53)'],
  ['an old name that is its own', `type: Repo, name: r, moved: r, ${paths}`, 'Repo/stockholm/r: moved: expected the other name that it had until now, found "r" (wrong.yaml:9:35)'],
]

describe('an entry that is wrong', () => {
  it.each(wrongEntries)('%s', async (_, entry, message) => {
    person.write('wrong.yaml', declare(...good, entry))
    await expectRefusal(sync, `director: ${message}`)
  })

  it('an old name that is still declared', async () => {
    person.write('wrong.yaml', declare(...good, `type: Repo, name: r, moved: general, ${paths}`))
    const { code, out, err } = await person.run(sync)
    expect({ code, out, now: person.look() }).toEqual({ code: 1, out: '', now: before })
    expect(err).toMatch(/Repo\/stockholm\/general is declared itself; only what is not there any more can have moved \(wrong\.yaml:9:35\)$/)
  })

  it('all of them at once, in the order of the file', async () => {
    person.write('wrong.yaml', declare(...good, 'type: Reop, name: r', 'type: RoutingPolicy, name: r', 'type: NormalizationPolicy, name: n'))
    await expectRefusal(sync, [
      'director: 3 issues:',
      '  - unknown type "Reop"; did you mean "Repo"? (wrong.yaml:9:13)',
      '  - RoutingPolicy/stockholm/r: catch_all: it is missing; expected a text (wrong.yaml:10:5)',
      '  - NormalizationPolicy/stockholm/n: expected one of norm_packages and compiled_normalizer at least (wrong.yaml:11:5)',
    ].join('\n'))
  })
})

const [pool, logpoint] = (bankNodes['stockholm'] ?? '').split('/')
const head = `pool: ${pool}\nlogpoint: ${logpoint}\n`

describe('a file that is wrong', () => {
  it.each([
    ['no YAML', 'resources: [', 'invalid YAML: Flow sequence in block collection must be sufficiently indented and end with a ] (wrong.yaml:1:13)'],
    ['a tab', `${head}resources:\n\t- { type: Repo }`, 'invalid YAML: Tabs are not allowed as indentation (wrong.yaml:4:1)'],
    ['a text', 'hello', 'expected a map with pool, logpoint and resources at the top, found "hello" (wrong.yaml:1:1)'],
    ['a list without its head', '- { type: Repo, name: r }', 'expected a map with pool, logpoint and resources at the top, found a list (wrong.yaml:1:1)'],
    ['a misspelt key', `${head}resource: []`, 'director: 2 issues:\n  - unknown key "resource"; did you mean "resources"? (wrong.yaml:3:1)\n  - resources: expected a list, found nothing; write [] to say that there are none (wrong.yaml:1:1)'],
    ['no pool', `logpoint: ${logpoint}\nresources: []`, 'pool: expected the UUID of a pool, found nothing (wrong.yaml:1:1)'],
    ['a LogPoint by its host name', `pool: ${pool}\nlogpoint: lp1.example\nresources: []`, 'logpoint: expected the identifier of a LogPoint, which is 32 hex digits, found "lp1.example" (wrong.yaml:2:11)'],
    ['a name for the node that cannot be', `${head}node: stock/holm\nresources: []`, 'node: expected a short name of letters, digits, ".", "_" and "-", found "stock/holm" (wrong.yaml:3:7)'],
    ['two names for one node', `${head}node: a\nresources: []\n---\n${head}node: b\nresources: []`, 'this LogPoint (<stockholm>) is called "a" in wrong.yaml, line 1, and "b" here; write node: a (wrong.yaml:8:7)'],
    ['everything commented out', `${head}resources:\n#  - { type: Repo, name: r }`, 'resources: expected a list, found nothing; write [] to say that there are none (wrong.yaml:3:1)'],
    ['no text', new Uint8Array([0x72, 0xff, 0xfe]), 'it is no text (UTF-8) (wrong.yaml)'],
    ['nothing at all, which would delete everything', '', 'nothing is declared, so this would delete all 4 that exist; say allowEmpty (--allow-empty) if that is meant'],
  ])('%s', async (_, content, message) => {
    person.write('wrong.yaml', content)
    await expectRefusal(sync, message.startsWith('director:') ? message : `director: ${message}`)
  })

  it('one that is not there, and a folder without any', async () => {
    person.write('notes/readme.txt', 'hello')
    await expectRefusal(['sync', '-f', 'nowhere.yaml'], 'director: there is no such file or folder (nowhere.yaml)')
    await expectRefusal(['sync', '-f', 'notes/'], 'director: the folder holds no .yaml or .yml file (notes/)')
  })

  it('the standard input, which has no name', async () => {
    await expectRefusal(['sync', '-f', '-', '--auto-approve'], 'director: unknown key "resorces"; did you mean "resources"? (-:3:1)', { stdin: `${head}resorces: []\nresources: []` })
  })

  it('for a LogPoint that the pool does not have, and for a pool that is closed', async () => {
    person.write('wrong.yaml', declare(...good).replaceAll(String(logpoint), 'c'.repeat(32)))
    const { code, err } = await person.run(sync)
    expect({ code, now: person.look() }).toEqual({ code: 1, now: before })
    expect(err).toContain('Node/stockholm: there is no Node with id')
    person.write('wrong.yaml', declare(...good).replaceAll(String(pool), '00000000-0000-4000-8000-000000000000'))
    const closed = await person.run(sync)
    expect({ code: closed.code, now: person.look() }).toEqual({ code: 1, now: before })
    expect(closed.out + closed.err).toContain('No access to the pool "<id>"')
  })
})

describe('an environment that is wrong', () => {
  const set = 'set DIRECTOR_URL (https://director.example, say), DIRECTOR_TOKEN, and DIRECTOR_SECRET to the secret key of that token'
  const blank = 'holds a blank or a character that is not ASCII; set it to what the Director gave you, and nothing else'
  it.each([
    ['no address', { DIRECTOR_URL: undefined }, `DIRECTOR_URL is not set; ${set}`],
    ['nothing', { DIRECTOR_URL: undefined, DIRECTOR_TOKEN: '', DIRECTOR_SECRET: undefined }, `DIRECTOR_URL, DIRECTOR_TOKEN and DIRECTOR_SECRET are not set; ${set}`],
    ['an address without a scheme', { DIRECTOR_URL: 'director.example' }, 'DIRECTOR_URL is "director.example", expected an address such as https://director.example'],
    ['another scheme', { DIRECTOR_URL: 'ssh://director.example' }, 'DIRECTOR_URL is "ssh://director.example", expected an address such as https://director.example'],
    ['the address of the API', { DIRECTOR_URL: 'https://director.example/configapi' }, 'DIRECTOR_URL is "https://director.example/configapi", expected an address without a path: https://director.example; pool and logpoint are in the input'],
    ['an address with a password, which is not said', { DIRECTOR_URL: `https://root:${SECRET}@director.example` }, 'DIRECTOR_URL holds a user name; leave it out, and set DIRECTOR_TOKEN and DIRECTOR_SECRET'],
    ['a placeholder for a token', { DIRECTOR_TOKEN: '…' }, `DIRECTOR_TOKEN ${blank}`],
    ['a secret with a line feed', { DIRECTOR_SECRET: `${SECRET}\n` }, `DIRECTOR_SECRET ${blank}`],
    ['all names as ours', { DIRECTOR_OWNED: '*' }, 'DIRECTOR_OWNED is "*", expected names such as bank-a-*: what they fit is deleted when it is not declared'],
  ])('%s', async (_, env, message) => {
    await expectRefusal(['sync', '-f', 'bank.yaml'], `director: ${message}`, { env })
  })

  it('a pair that the Director does not know', async () => {
    const { code, out, err } = await person.run(['sync', '-f', 'bank.yaml'], { env: { DIRECTOR_TOKEN: 'another-one', DIRECTOR_SECRET: 'another-one' } })
    expect({ code, out, now: person.look() }).toEqual({ code: 1, out: '', now: before })
    expect(err).toContain('make a new token in the Director Console, and set DIRECTOR_TOKEN and DIRECTOR_SECRET to it and to its secret key')
    expect(err).not.toContain('another-one')
  })

  it('a Director that does not answer', async () => {
    const { code, out, err } = await person.run(['sync', '-f', 'bank.yaml'], { env: { DIRECTOR_URL: 'http://127.0.0.1:1' } })
    expect({ code, out, now: person.look() }).toEqual({ code: 1, out: '', now: before })
    expect(err).toMatch(/http:\/\/127\.0\.0\.1:1\S* cannot be reached/)
  })
})

describe('a command that is wrong', () => {
  it.each([
    ['a time that is none', ['plan', '-f', 'bank.yaml', '--poll-every', 'soon'], 'director: --poll-every: expected a number of seconds above 0, found "soon"'],
    ['a time of nothing', ['plan', '-f', 'bank.yaml', '--order-timeout', '0'], 'director: --order-timeout: expected a number of seconds above 0, found "0"'],
    ['a plan that is nowhere', ['sync', '--plan', 'plan.yml'], 'director: there is no plan plan.yml'],
    ['a declaration as a plan', ['sync', '--plan', 'bank.yaml'], 'director: plan: this is no plan'],
    ['a checkpoint that is nowhere', ['restore', 'yesterday'], 'director: stack default has no checkpoint yesterday; it has none'],
  ])('%s', async (_, command, message) => {
    const { code, err } = await person.run(command)
    expect({ code, now: person.look() }).toEqual({ code: 1, now: before })
    expect(err).toContain(message)
  })

  it('a delete that nobody agreed to', async () => {
    person.write('none.yaml', declare())
    const { code, err } = await person.run(['sync', '-f', 'none.yaml', '--allow-empty'])
    expect({ code, now: person.look() }).toEqual({ code: 1, now: before })
    expect(err).toBe('Warning: this sync removes 4 objects.\ndirector: this plan removes 4 objects, and there is no terminal to confirm it on; nothing was changed. Review it with plan, then pass --auto-approve')
  })

  it('a plan of another stack, of another mode, or changed by hand', async () => {
    person.write('less.yaml', declare(...good.slice(0, 3)))
    expect(await person.run(['plan', '-f', 'less.yaml', '--mode', 'sync', '-o', 'plan.json'])).toMatchObject({ code: 2 })
    const refusal = async (...command: readonly string[]): Promise<string> => {
      const { code, err } = await person.run([...command, '--auto-approve'])
      expect({ code, now: person.look() }).toEqual({ code: 1, now: before })
      return err
    }
    expect(await refusal('sync', '--plan', 'plan.json', '--stack', 'bank-b')).toBe('director: plan <id> is for stack default, not bank-b; name its stack with --stack, or plan again')
    expect(await refusal('apply', '--plan', 'plan.json')).toContain('was made in mode sync and would delete ProcessingPolicy/stockholm/windows')
    person.write('plan.json', readFileSync(join(person.folder, 'plan.json'), 'utf8').replace('stockholm/windows', 'stockholm/general'))
    expect(await refusal('sync', '--plan', 'plan.json')).toBe('director: the plan plan.json was altered: it is not what its digest was made of; plan again')
  })
})
