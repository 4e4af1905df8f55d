import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { DeclarationError, ref, validate } from 'convergent'
import { loadOpnsense, parseOpnsense } from '../../../../examples/opnsense/input/load.ts'
import { opnsense } from '../../../../examples/opnsense/opnsense.ts'
import { formatIssue } from '../../../../src/core/errors.ts'
import { root } from '../../../architecture/sources.ts'

const sample = join(root, '../shared/inputs/opnsense/sample.yaml')
const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })))

/** A folder with these files. */
function write(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'opnsense-'))
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

const listed = (...entries: readonly string[]): string => ['resources:', ...entries.map((entry) => `  - ${entry}`)].join('\n')
const inputsOf = (...entries: readonly string[]) => parseOpnsense(listed(...entries)).map(({ inputs }) => inputs)

describe('a declaration', () => {
  it.skipIf(!existsSync(sample))('is read as the format says (needs ../shared/inputs)', async () => {
    const desired = loadOpnsense([sample])
    const inputs = (address: string): unknown => desired.find(({ type, name }) => `${type}/${name}` === address)?.inputs
    expect(desired.map(({ type, name }) => `${type}/${name}`)).toEqual(['vlan/office', 'vlan/lab', 'alias/net_office', 'alias/net_lab', 'alias/grp_inside', 'alias/ports_ssh', 'rule/allow-ssh', 'rule/allow-http', 'server/app-1', 'server/app-2', 'backend/be-app'])
    expect(inputs('vlan/office')).toEqual({ if: 'vtnet1', tag: 10, pcp: 0, descr: 'Office' })
    expect(inputs('alias/grp_inside')).toEqual({ name: 'grp_inside', alias_type: 'networkgroup', content: [ref('alias/net_office', 'name'), ref('alias/net_lab', 'name')], description: 'Everything inside' })
    expect(inputs('alias/ports_ssh')).toEqual({ name: 'ports_ssh', alias_type: 'port', content: ['22', '2200:2210'], description: 'SSH' })
    expect(inputs('rule/allow-ssh')).toMatchObject({ source_net: [ref('alias/grp_inside', 'name')], destination_port: ref('alias/ports_ssh', 'name') })
    expect(inputs('rule/allow-http')).toMatchObject({ destination_port: '80', log: true })
    expect(inputs('backend/be-app')).toMatchObject({ linkedServers: [ref('server/app-1'), ref('server/app-2')] })
    expect(desired[0]?.source).toEqual({ file: sample, line: 11, column: 5 })
    await validate(desired, opnsense({ url: 'http://offline.invalid', key: '', secret: '' }))
  })

  it('has numbers in texts as they were written, and nothing where nothing is written', () => {
    expect(inputsOf('{ type: alias, name: p, alias_type: port, content: [022, 0x10, 1.10], description: 2024 }', '{ type: rule, name: r, sequence: 110, source_port: 80, log: true, tag: }')).toEqual([
      { name: 'p', alias_type: 'port', content: ['022', '0x10', '1.10'], description: '2024' },
      { sequence: 110, source_port: '80', log: true, tag: null },
    ])
  })

  it('refers to what is declared in any file, and leaves other names to the firewall', () => {
    const folder = write({ 'a.yaml': listed('{ type: rule, name: r, source_net: [inside, lan], destination_net: inside }'), 'b.yml': listed('{ type: alias, name: inside, alias_type: host, content: [192.0.2.1] }') })
    expect(loadOpnsense([folder])[0]?.inputs).toEqual({ source_net: [ref('alias/inside', 'name'), 'lan'], destination_net: ref('alias/inside', 'name') })
  })

  it('may name a server of the firewall by its id', () => {
    const id = '6f9619ff-8b86-4011-b42d-00c04fc964ff'
    expect(inputsOf(`{ type: backend, name: b, linkedServers: [${id}] }`)).toEqual([{ name: 'b', linkedServers: [id] }])
  })

  it('may say the same by an anchor', () => {
    expect(inputsOf('{ type: rule, name: a, interface: &nets [lan, opt1] }', '{ type: rule, name: b, interface: *nets }')).toEqual([{ interface: ['lan', 'opt1'] }, { interface: ['lan', 'opt1'] }])
  })

  it('may be empty, and may stand in the standard input', () => {
    expect(parseOpnsense('')).toEqual([])
    expect(parseOpnsense('resources: []')).toEqual([])
    expect(loadOpnsense(['-'], { stdin: listed('{ type: vlan, name: v, if: igb0, tag: 7 }') })).toEqual([{ type: 'vlan', name: 'v', inputs: { if: 'igb0', tag: 7 }, source: { file: '-', line: 2, column: 5 } }])
  })
})

describe('a mistake is told', () => {
  it.each([
    ['{ type: alia, name: a }', 'unknown type "alia"; did you mean "alias"? (in:2:13)'],
    ['{ type: nat, name: a }', 'unknown type "nat"; known are alias, backend, rule, server, vlan (in:2:13)'],
    ['{ name: a }', 'needs a type: one of alias, backend, rule, server, vlan (in:2:5)'],
    ['{ type: vlan, if: igb0, tag: 1 }', 'a vlan needs a name: a text that is not empty, found nothing (in:2:5)'],
    ['{ type: vlan, name: [v], if: igb0, tag: 1 }', 'a vlan needs a name: a text that is not empty, found a list (in:2:25)'],
    ['{ type: rule, name: r, sourcenet: any }', 'rule/r: unknown field "sourcenet"; did you mean "source_net"? (in:2:28)'],
    ['{ type: vlan, name: v, if: igb0, tag: 1, zzz: 1 }', 'vlan/v: unknown field "zzz"; a vlan has if, tag, pcp, proto, descr, vlanif (in:2:46)'],
    ['{ type: vlan, name: v, if: igb0 }', 'vlan/v: tag: it is missing; expected a number (in:2:5)'],
    ['{ type: vlan, name: v, if: igb0, tag: "10" }', 'vlan/v: tag: expected a number, found "10"; write it without quotes (in:2:43)'],
    ['{ type: vlan, name: v, if: igb0, tag: 4095 }', 'vlan/v: tag: expected at most 4094, found 4095 (in:2:43)'],
    ['{ type: vlan, name: v, if: igb0, tag: 1.5 }', 'vlan/v: tag: expected a whole number, found 1.5 (in:2:43)'],
    ['{ type: rule, name: r, log: yes }', 'rule/r: log: expected true or false, found "yes"; write true (in:2:33)'],
    ['{ type: rule, name: r, action: allow }', 'rule/r: action: expected one of pass, block, reject, found "allow" (in:2:36)'],
    ['{ type: backend, name: b, algorithm: round }', 'backend/b: algorithm: expected one of source, roundrobin, static-rr, leastconn, uri, random, found "round"; did you mean "roundrobin"? (in:2:42)'],
    ['{ type: rule, name: r, icmptype: [echoreq, { a: b }] }', 'rule/r: icmptype[1]: expected a text, found a map (in:2:48)'],
    ['{ type: rule, name: r, source_net: { a: b } }', 'rule/r: source_net: expected a list of texts and numbers, or one of them, found a map (in:2:40)'],
    ['{ type: backend, name: b, linkedServers: app }', 'backend/b: linkedServers: expected a list, found "app"; write [ ] around it (in:2:46)'],
    ['{ type: backend, name: b, checkInterval: soon }', 'backend/b: checkInterval: expected a number, with us, ms, s, m, h or d behind it, found "soon" (in:2:46)'],
    ['{ type: alias, name: no-dash, alias_type: host }', 'alias/no-dash: name: expected a letter, or a letter or "_" with a letter or digit behind it, then up to 29 letters, digits and "_", found "no-dash" (in:2:26)'],
    ['{ type: alias, name: a, alias_type: networkgroup, content: [a] }', 'alias/a: content[0]: "a" is its own name: it cannot be a part of itself (in:2:65)'],
    ['just text', 'resources: expected a map with type and name, found "just text" (in:2:5)'],
  ])('%s', (entry, message) => expect(issuesOf(() => parseOpnsense(listed(entry), 'in'))).toContain(message))

  it.each([
    ['- a', 'expected a map with the key resources at the top, found a list (in:1:1)'],
    ['resource: []', 'unknown key "resource"; did you mean "resources"? (in:1:1)'],
    ['resources:', 'resources: expected a list, found nothing; write [] to say that there are none (in:1:1)'],
    ['resources: { a: b }', 'resources: expected a list, found a map (in:1:1)'],
    ['resources: [', 'invalid YAML: Flow sequence in block collection must be sufficiently indented and end with a ] (in:1:13)'],
    [listed('{ type: vlan, type: rule }'), 'invalid YAML: Map keys must be unique (in:2:19)'],
    [listed('{ type: rule, name: r, tag: *none }'), '*none: no anchor &none stands before it (in:2:33)'],
  ])('%s', (text, message) => expect(issuesOf(() => parseOpnsense(text, 'in')).join('\n')).toContain(message))

  it('of a name that is there twice, with the place of the first', () => {
    const entry = '{ type: vlan, name: v, if: igb0, tag: 1 }'
    expect(issuesOf(() => parseOpnsense(listed(entry, entry), 'in'))).toEqual(['vlan/v: a vlan of this name stands in in, line 2 already; rename or remove one of them (in:3:5)'])
  })

  it('of a server that is not declared, with the nearest name', () => {
    const text = listed('{ type: server, name: app-1, address: 192.0.2.1 }', '{ type: backend, name: b, linkedServers: [app-1, app-l] }', '{ type: backend, name: c, linkedServers: [nobody] }')
    expect(issuesOf(() => parseOpnsense(text, 'in'))).toEqual([
      'backend/b: linkedServers[1]: no server "app-l" is declared; did you mean "app-1"? (in:3:54)',
      "backend/c: linkedServers[0]: no server \"nobody\" is declared; declare it, or write the UUID of one that is the firewall's own (in:4:47)",
    ])
  })

  it('with all others at once, over all files', () => {
    const folder = write({ 'a.yaml': listed('{ type: vlan, name: v, if: igb0, tag: 0, typo: 1 }'), 'b.yaml': listed('{ type: vlan, name: v, if: igb0, tag: 1 }', '{ type: nothing, name: n }') })
    expect(issuesOf(() => loadOpnsense([folder])).length).toBe(4)
  })

  it('of a file that is not there, is empty of files, or is no text', () => {
    const folder = write({ 'a.txt': '' })
    writeFileSync(join(folder, 'b.yaml'), Buffer.from([0xff, 0xfe, 0xfd]))
    const empty = write({ 'a.txt': '' })
    expect(issuesOf(() => loadOpnsense([join(folder, 'none.yaml'), folder, empty]))).toEqual([`there is no such file or folder (${join(folder, 'none.yaml')})`, `the folder holds no .yaml or .yml file (${empty})`, `it is no text (UTF-8) (${join(folder, 'b.yaml')})`])
  })
})
