import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNewcomer, SECRET, type Newcomer } from './bench.ts'

let person: Newcomer
let before: unknown
beforeAll(async () => {
  person = await openNewcomer()
  person.write('firewall.yaml', file())
  expect(await person.run(['sync', '-f', 'firewall.yaml'])).toMatchObject({ code: 0, err: '' })
  before = person.look()
  expect(before).toMatchObject({ live: { rule: [{ description: 'Office may browse' }] } })
})
afterAll(() => person.close())

/** A firewall that works, with more entries. */
function file(...entries: readonly string[]): string {
  const good = [
    'type: alias, name: net_office, alias_type: network, content: [192.0.2.0/25]',
    'type: rule, name: http, protocol: TCP, source_net: [net_office], destination_port: 80, description: Office may browse',
    'type: server, name: web-1, address: 198.51.100.11, port: 8080',
    'type: backend, name: web, linkedServers: [web-1]',
  ]
  return ['resources:', ...[...good, ...entries].map((entry) => `  - { ${entry} }`)].join('\n')
}

/** A mistake is told in these words, with exit code 1, and nothing was changed. */
async function expectRefusal(command: readonly string[], message: string, surroundings: Parameters<Newcomer['run']>[1] = {}): Promise<void> {
  expect(await person.run(command, surroundings)).toEqual({ code: 1, out: '', err: message })
  expect(person.look()).toEqual(before)
}

const sync = ['sync', '-f', 'wrong.yaml', '--auto-approve']

/** An entry that is wrong, and what is said about it. It stands in line 6. */
const wrongEntries: readonly (readonly [title: string, entry: string, message: string])[] = [
  ['a misspelt type', 'type: rul, name: r', 'unknown type "rul"; did you mean "rule"? (wrong.yaml:6:13)'],
  ['a type of a later day', 'type: nat, name: r', 'unknown type "nat"; known are alias, backend, rule, server, vlan (wrong.yaml:6:13)'],
  ['no type', 'name: r', 'needs a type: one of alias, backend, rule, server, vlan (wrong.yaml:6:5)'],
  ['no name', 'type: rule', 'a rule needs a name: a text that is not empty, found nothing (wrong.yaml:6:5)'],
  ['a misspelt field', 'type: rule, name: r, destination_prot: 22', 'rule/r: unknown field "destination_prot"; did you mean "destination_port"? (wrong.yaml:6:28)'],
  ['a misspelt word', 'type: vlan, name: v, if: igb0, tag: 7, adpot: true', 'vlan/v: unknown field "adpot"; did you mean "adopt"? (wrong.yaml:6:46)'],
  ['a word with no meaning', 'type: rule, name: r, protected: sure', 'rule/r: protected: expected true or false, found "sure" (wrong.yaml:6:39)'],
  ['the type of an alias as its type', 'type: network, name: n, content: [10.0.0.0/8]', 'unknown type "network"; known are alias, backend, rule, server, vlan (wrong.yaml:6:13)'],
  ['a text for a number', 'type: vlan, name: v, if: igb0, tag: ten', 'vlan/v: tag: expected a number, found "ten" (wrong.yaml:6:43)'],
  ['a number in quotes', 'type: vlan, name: v, if: igb0, tag: "10"', 'vlan/v: tag: expected a number, found "10"; write it without quotes (wrong.yaml:6:43)'],
  ['yes for true', 'type: rule, name: r, log: yes', 'rule/r: log: expected true or false, found "yes"; write true (wrong.yaml:6:33)'],
  ['a map for a text', 'type: rule, name: r, description: { en: Browse }', 'rule/r: description: expected a text, found a map (wrong.yaml:6:41)'],
  ['a number that is too high', 'type: vlan, name: v, if: igb0, tag: 4095', 'vlan/v: tag: expected at most 4094, found 4095 (wrong.yaml:6:43)'],
  ['a word that is none of the choice', 'type: rule, name: r, action: drop', 'rule/r: action: expected one of pass, block, reject, found "drop" (wrong.yaml:6:36)'],
  ['a name that the firewall cannot have', 'type: alias, name: net-office, alias_type: network', 'alias/net-office: name: expected a letter, or a letter or "_" with a letter or digit behind it, then up to 29 letters, digits and "_", found "net-office" (wrong.yaml:6:26)'],
  ['a name that is there twice', 'type: server, name: web-1, address: 192.0.2.1', 'server/web-1: a server of this name stands in wrong.yaml, line 4 already; rename or remove one of them (wrong.yaml:6:5)'],
  ['two rules that are known by the same description', 'type: rule, name: r, description: ssh }\n  - { type: rule, name: s, description: ssh', 'rule/s: has the same natural key as rule/r; the backend cannot tell them apart, change one of them (wrong.yaml:7:5)'],
  ['a server that is nowhere', 'type: backend, name: b, linkedServers: [web-2]', 'backend/b: linkedServers[0]: no server "web-2" is declared; did you mean "web-1"? (wrong.yaml:6:47)'],
  ['an alias that is a part of itself', 'type: alias, name: grp, alias_type: networkgroup, content: [grp]', 'alias/grp: content[0]: "grp" is its own name: it cannot be a part of itself (wrong.yaml:6:67)'],
  ['aliases that hold each other', 'type: alias, name: aa, alias_type: networkgroup, content: [bb] }\n  - { type: alias, name: bb, alias_type: networkgroup, content: [aa]', 'these depend on each other: alias/aa → alias/bb → alias/aa; remove one of these dependencies (wrong.yaml:6:5)'],
]

describe('an entry that is wrong', () => {
  it.each(wrongEntries)('%s', async (_, entry, message) => {
    person.write('wrong.yaml', file(entry))
    await expectRefusal(sync, `opnsense: ${message}`)
  })

  it('all of them at once, in the order of the file', async () => {
    person.write('wrong.yaml', file('type: rul, name: r', 'type: vlan, name: v, if: igb0, tag: ten', 'type: rule, name: s, log: on'))
    await expectRefusal(sync, [
      'opnsense: 3 issues:',
      '  - unknown type "rul"; did you mean "rule"? (wrong.yaml:6:13)',
      '  - vlan/v: tag: expected a number, found "ten" (wrong.yaml:7:43)',
      '  - rule/s: log: expected true or false, found "on"; write true (wrong.yaml:8:33)',
    ].join('\n'))
  })
})

describe('a file that is wrong', () => {
  it.each([
    ['no YAML', 'resources: [', 'invalid YAML: Flow sequence in block collection must be sufficiently indented and end with a ] (wrong.yaml:1:13)'],
    ['a tab', 'resources:\n\t- { type: rule, name: r }', 'invalid YAML: Tabs are not allowed as indentation (wrong.yaml:2:1)'],
    ['a text', 'hello', 'expected a map with the key resources at the top, found "hello" (wrong.yaml:1:1)'],
    ['a list without its key', '- { type: rule, name: r }', 'expected a map with the key resources at the top, found a list (wrong.yaml:1:1)'],
    ['a misspelt key', 'resource: []', 'unknown key "resource"; did you mean "resources"? (wrong.yaml:1:1)'],
    ['everything commented out', 'resources:\n#  - { type: rule, name: r }', 'resources: expected a list, found nothing; write [] to say that there are none (wrong.yaml:1:1)'],
    ['no text', new Uint8Array([0x72, 0xff, 0xfe]), 'it is no text (UTF-8) (wrong.yaml)'],
    ['nothing at all, which would delete everything', '', 'nothing is declared, so this would delete all 4 that exist; say allowEmpty (--allow-empty) if that is meant'],
  ])('%s', async (_, content, message) => {
    person.write('wrong.yaml', content)
    await expectRefusal(sync, `opnsense: ${message}`)
  })

  it('one that is not there, and a folder without any', async () => {
    person.write('notes/readme.txt', 'hello')
    await expectRefusal(['sync', '-f', 'nowhere.yaml'], 'opnsense: there is no such file or folder (nowhere.yaml)')
    await expectRefusal(['sync', '-f', 'notes/'], 'opnsense: the folder holds no .yaml or .yml file (notes/)')
  })

  it('the standard input, which has no name', async () => {
    await expectRefusal(['sync', '-f', '-', '--auto-approve'], 'opnsense: unknown key "resorces"; did you mean "resources"? (-:1:1)', { stdin: 'resorces: []' })
  })
})

describe('an environment that is wrong', () => {
  it.each([
    ['no address', { OPNSENSE_URL: undefined }, 'OPNSENSE_URL is not set; set OPNSENSE_URL (https://192.0.2.1, say), OPNSENSE_KEY and OPNSENSE_SECRET'],
    ['nothing', { OPNSENSE_URL: undefined, OPNSENSE_KEY: '', OPNSENSE_SECRET: undefined }, 'OPNSENSE_URL, OPNSENSE_KEY and OPNSENSE_SECRET are not set; set OPNSENSE_URL (https://192.0.2.1, say), OPNSENSE_KEY and OPNSENSE_SECRET'],
    ['an address without a scheme', { OPNSENSE_URL: '192.0.2.1' }, 'OPNSENSE_URL is "192.0.2.1", expected an address such as https://192.0.2.1'],
    ['an address of nothing', { OPNSENSE_URL: 'https://' }, 'OPNSENSE_URL is "https://", expected an address such as https://192.0.2.1'],
    ['another scheme', { OPNSENSE_URL: 'ssh://192.0.2.1' }, 'OPNSENSE_URL is "ssh://192.0.2.1", expected an address such as https://192.0.2.1'],
    ['the address of a page', { OPNSENSE_URL: 'https://192.0.2.1/ui/firewall/filter' }, 'OPNSENSE_URL is "https://192.0.2.1/ui/firewall/filter", expected an address without a path, or with /api: https://192.0.2.1'],
    ['an address with a password, which is not said', { OPNSENSE_URL: `https://root:${SECRET}@192.0.2.1` }, 'OPNSENSE_URL holds a user name; leave it out, and put key and secret into OPNSENSE_KEY and OPNSENSE_SECRET'],
    ['a placeholder for a key', { OPNSENSE_KEY: '…' }, 'OPNSENSE_KEY holds a blank or a character that is not ASCII; set it to what the firewall gave you, and nothing else'],
    ['a secret with a line feed', { OPNSENSE_SECRET: `${SECRET}\n` }, 'OPNSENSE_SECRET holds a blank or a character that is not ASCII; set it to what the firewall gave you, and nothing else'],
    ['key and secret in one', { OPNSENSE_KEY: `a-key:${SECRET}` }, 'OPNSENSE_KEY holds ":"; key and secret are two variables, OPNSENSE_KEY and OPNSENSE_SECRET'],
  ])('%s', async (_, env, message) => {
    await expectRefusal(['sync', '-f', 'firewall.yaml'], `opnsense: ${message}`, { env })
  })

  it('a secret that the firewall does not know', async () => {
    const { code, out, err } = await person.run(['sync', '-f', 'firewall.yaml'], { env: { OPNSENSE_SECRET: 'another-one' } })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^opnsense: nothing could be read: POST \/\S+\/search\S+: 401 Authentication Failed: the firewall does not know this key and secret/)
    expect(err).not.toContain('another-one')
    expect(person.look()).toEqual(before)
  })

  it('a firewall that does not answer', async () => {
    const { code, out, err } = await person.run(['sync', '-f', 'firewall.yaml'], { env: { OPNSENSE_URL: 'http://firewall.invalid' } })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^opnsense: nothing could be read: POST \/\S+\/search\S+: http:\/\/firewall\.invalid\/api cannot be reached: \w/)
  })
})

describe('a command that is wrong', () => {
  it.each([
    ['nothing to load', ['plan'], 'opnsense: plan needs something to load: name files or folders with --file'],
    ['a misspelt command', ['snyc', '-f', 'firewall.yaml'], "error: unknown command 'snyc'\n(Did you mean sync?)\n(opnsense --help shows what there is)"],
    ['a misspelt flag', ['sync', '-f', 'firewall.yaml', '--auto-aprove'], "error: unknown option '--auto-aprove'\n(Did you mean --auto-approve?)\n(opnsense --help shows what there is)"],
    ['a plan that is nowhere', ['sync', '--plan', 'nowhere.json'], 'opnsense: there is no plan nowhere.json: neither a file of that name nor a plan of stack default with that id in .convergent'],
    ['a declaration as a plan', ['sync', '--plan', 'firewall.yaml'], 'opnsense: plan: this is no plan: expected JSON that begins with {"format":"convergent.plan", found other text (firewall.yaml)'],
    ['a checkpoint that is nowhere', ['restore', 'yesterday'], 'opnsense: stack default has no checkpoint yesterday; it has none'],
    ['a delete that nobody agreed to', ['sync', '-f', 'none.yaml', '--allow-empty'], 'Warning: this sync removes 4 objects.\nopnsense: this plan removes 4 objects, and there is no terminal to confirm it on; nothing was changed. Review it with plan, then pass --auto-approve'],
  ])('%s', async (_, command, message) => {
    person.write('none.yaml', 'resources: []')
    const { code, err } = await person.run(command)
    expect({ code, err }).toEqual({ code: 1, err: message })
    expect(person.look()).toEqual(before)
  })
})

describe('a plan', () => {
  it('of another stack, of another mode, or changed by hand is refused', async () => {
    person.write('more.yaml', file('type: vlan, name: v, if: igb0, tag: 7').replace(/\n.*name: http.*/, ''))
    expect(await person.run(['plan', '-f', 'more.yaml', '--mode', 'sync', '-o', 'plan.json'])).toMatchObject({ code: 2 })
    const refusal = async (...command: readonly string[]): Promise<string> => {
      const { code, err } = await person.run([...command, '--auto-approve'])
      expect({ code, now: person.look() }).toEqual({ code: 1, now: before })
      return err
    }
    expect(await refusal('sync', '--plan', 'plan.json', '--stack', 'branch-2')).toMatchInlineSnapshot(`"opnsense: plan <id> is for stack default, not branch-2; name its stack with --stack, or plan again"`)
    expect(await refusal('apply', '--plan', 'plan.json')).toMatchInlineSnapshot(`"opnsense: plan <id> was made in mode sync and would delete rule/http; run it with sync, or leave these out with --skip-deletes"`)
    person.write('plan.json', readFileSync(join(person.folder, 'plan.json'), 'utf8').replace('igb0', 'igb1'))
    expect(await refusal('sync', '--plan', 'plan.json')).toMatchInlineSnapshot(`"opnsense: the plan plan.json was altered: it is not what its digest was made of; plan again"`)
  })
})
