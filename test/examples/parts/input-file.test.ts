import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DeclarationError } from 'convergent'
import { isMap, type YAMLMap } from 'yaml'
import { parseInputFile, readInputFiles, sourceOf, type ParseOptions } from '../../../examples/parts/input-file.ts'
import { IssueList } from '../../../examples/parts/issue-list.ts'
import { at, describeNode, follow, hasKey, keyOf } from '../../../examples/parts/nodes.ts'
import { readTexts } from '../../../examples/parts/read-texts.ts'
import { formatIssue } from '../../../src/core/errors.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'parts-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** What is wrong, as a person is told, with the folder left out. */
function tell(issues: IssueList): readonly string[] {
  try {
    issues.throwIfAny()
  } catch (error) {
    if (error instanceof DeclarationError) return error.issues.map((issue) => `${issue.code}: ${formatIssue(issue).replaceAll(`${folder}/`, '')}`)
    throw error
  }
  return []
}

function faultsOf(text: string, options: ParseOptions = {}): readonly string[] {
  const issues = new IssueList()
  parseInputFile('in', text, issues, options)
  return tell(issues)
}

describe('a list of issues', () => {
  it('throws all of them at once, with what is known of each, and nothing when it is empty', () => {
    const issues = new IssueList()
    expect(() => issues.throwIfAny()).not.toThrow()
    issues.add('a', 'first', { file: 'x', line: 1 })
    issues.add('b', 'second', { file: 'y' }, { address: 'kind/name', path: ['list', 0] })
    expect(issues.count).toBe(2)
    expect(tell(issues)).toEqual(['a: first (x:1)', 'b: kind/name: list[0]: second (y)'])
  })
})

describe('texts are read', () => {
  it('in the order of the paths, a folder by the names of its YAML files, `-` from the standard input', () => {
    mkdirSync(join(folder, 'all'))
    for (const name of ['b.yml', 'a.yaml', 'c.txt']) writeFileSync(join(folder, 'all', name), name)
    writeFileSync(join(folder, 'one.txt'), 'one')
    const issues = new IssueList()
    const paths = [join(folder, 'one.txt'), '-', join(folder, 'all')]
    expect([...readTexts(paths, 'from stdin', issues)]).toEqual([
      { name: join(folder, 'one.txt'), text: 'one' },
      { name: '-', text: 'from stdin' },
      { name: join(folder, 'all/a.yaml'), text: 'a.yaml' },
      { name: join(folder, 'all/b.yml'), text: 'b.yml' },
    ])
    expect([...readTexts(['-'], undefined, issues)]).toEqual([{ name: '-', text: '' }])
    expect(tell(issues)).toEqual([])
  })

  it('each when it is asked for', () => {
    for (const name of ['a.yaml', 'b.yaml']) writeFileSync(join(folder, name), 'before')
    const texts = readTexts([folder], undefined, new IssueList())
    expect(texts.next().value).toMatchObject({ text: 'before' })
    writeFileSync(join(folder, 'b.yaml'), 'after')
    expect(texts.next().value).toMatchObject({ text: 'after' })
  })

  it('as far as they can be', () => {
    mkdirSync(join(folder, 'empty'))
    mkdirSync(join(folder, 'in.yaml'))
    writeFileSync(join(folder, 'a.yaml'), Buffer.from([0xff, 0xfe]))
    writeFileSync(join(folder, 'b.yaml'), 'b: [')
    writeFileSync(join(folder, 'c.yaml'), 'c: 1')
    const issues = new IssueList()
    const files = readInputFiles([folder, join(folder, 'none'), join(folder, 'empty')], undefined, issues)
    expect(files.map(({ name }) => name)).toEqual(['b.yaml', 'c.yaml'].map((name) => join(folder, name)))
    expect(tell(issues)).toEqual([
      'missing-file: there is no such file or folder (none)',
      'empty-folder: the folder holds no .yaml or .yml file (empty)',
      'unreadable-file: it is no text (UTF-8) (a.yaml)',
      expect.stringMatching(/^invalid-yaml: invalid YAML: .* \(b\.yaml:1:5\)$/),
      'unreadable-file: cannot be read: EISDIR: illegal operation on a directory, read (in.yaml)',
    ])
  })
})

describe('a text', () => {
  it.each([
    ['a: 1\na: 2', 'invalid-yaml: invalid YAML: Map keys must be unique (in:2:1)'],
    ['a: 1\n---\nb: *none', 'unknown-alias: *none: no anchor &none stands before it (in:3:4)'],
    ['a: !own x', 'invalid-yaml: invalid YAML: unknown tag !own (in:1:4)'],
  ])('is refused with its place (%#)', (text, told) => expect(faultsOf(text)).toEqual([told]))

  it.each<[string, (depth: number) => string]>([
    ['lists of one line', (depth) => '['.repeat(depth) + ']'.repeat(depth)],
    ['maps of one line', (depth) => '{a: '.repeat(depth) + '}'.repeat(depth)],
    ['lists of lines', (depth) => '- '.repeat(depth)],
    ['maps as keys', (depth) => '? '.repeat(depth)],
    ['maps of lines', (depth) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
  ])('is refused where it is nested too deeply: %s', (_, nest) => {
    expect(faultsOf(nest(200))).toEqual([])
    for (const depth of [201, 1000]) expect(faultsOf(nest(depth)), String(depth)).toEqual([expect.stringMatching(/^invalid-yaml: invalid YAML: it is nested too deeply, more than 200 lists and maps in one another \(in:\d+:\d+\)$/)])
    expect(faultsOf(`a: 1\n---\n${nest(201)}`)).toHaveLength(1)
  })

  it('may have tags of the host, and a misspelt one is told with the nearest', () => {
    const customTags: ParseOptions['customTags'] = [{ tag: '!own', resolve: (value) => `own ${value}` }]
    const issues = new IssueList()
    expect(parseInputFile('in', 'a: !own x', issues, { customTags }).documents[0]?.toJS()).toEqual({ a: 'own x' })
    expect(tell(issues)).toEqual([])
    expect(faultsOf('a: !onw x', { customTags })).toEqual(['invalid-yaml: invalid YAML: unknown tag !onw; did you mean "!own"? (in:1:4)'])
  })

  it('is refused where an alias stands inside of what it stands for', () => {
    expect(faultsOf('- &x { a: 1, b: [*x] }\n- &y [&z { *y : *z }]')).toEqual([
      'circular-alias: *x stands inside of what it stands for (in:1:18)',
      'circular-alias: *y stands inside of what it stands for (in:2:12)',
      'circular-alias: *z stands inside of what it stands for (in:2:17)',
    ])
    // The last anchor before it counts, which is a text here.
    expect(faultsOf('- &x [&x text, *x]')).toEqual([])
  })

  it('is refused where aliases stand for more than a person writes, in all of its documents together', () => {
    const told = (place: string): string => `too-many-aliases: aliases (*name) stand for more than 10000 lists, maps and values; write some of them out (in:${place})`
    const laughs = ['&l0 [x, x, x, x, x, x, x, x, x]', ...Array.from({ length: 60 }, (_, at) => `&l${at + 1} [${Array<string>(10).fill(`*l${at}`).join(', ')}]`)]
    expect(faultsOf(laughs.map((each) => `- ${each}\n`).join(''))).toEqual([told('4:48')])
    const uses = (count: number): string => `- &l [x, x, x, x]\n- [${Array<string>(count).fill('*l').join(', ')}]`
    expect(faultsOf(uses(2000))).toEqual([])
    expect(faultsOf(uses(2001))).toEqual([told('2:8004')])
    expect(faultsOf(`${uses(1000)}\n---\n${uses(1001)}`)).toEqual([told('5:4004')])
  })

  it('of which nobody could read to the end has no documents', () => {
    const documentsOf = (text: string): number => parseInputFile('in', text, new IssueList()).documents.length
    expect(['- &x [*x]', 'a: 1\n---\n- &x [*x]', '- *none'].map(documentsOf)).toEqual([0, 0, 1])
  })

  it('leaves an alias to a host that follows it itself', () => expect(['a: *none', '- &x [*x]'].flatMap((text) => faultsOf(text, { leavesAliases: true }))).toEqual([]))

  it('may hold nothing, or several documents', () => {
    const documentsOf = (text: string): number => parseInputFile('in', text, new IssueList()).documents.length
    expect(['', '# nothing', 'a: 1\n---\nb: 2'].map(documentsOf)).toEqual([0, 0, 2])
  })
})

describe('a node', () => {
  const file = parseInputFile('in', 'map: { 1: one }\nlist: &l [a]\nsame: *l\nempty:\ntext: t\nnumber: 2', new IssueList())
  const [document] = file.documents
  const map = document?.contents as YAMLMap

  it('is found by its key, and followed where it is an alias', () => {
    expect(map.items.map(keyOf)).toEqual(['map', 'list', 'same', 'empty', 'text', 'number'])
    const inner = at(map, 'map')
    expect(isMap(inner) && [keyOf(inner.items[0] as (typeof inner.items)[number]), hasKey(inner, '1'), hasKey(inner, 'one')]).toEqual(['1', true, false])
    expect(document && follow(at(map, 'same'), document)).toBe(at(map, 'list'))
    expect(document && follow(at(map, 'text'), document)).toBe(at(map, 'text'))
    expect([at(map, 'none'), hasKey(map, 'none'), hasKey(map, 'empty')]).toEqual([undefined, false, true])
  })

  it('has a name for messages, and a place', () => {
    expect(['map', 'list', 'empty', 'none', 'text', 'number'].map((key) => describeNode(at(map, key)))).toEqual(['a map', 'a list', 'nothing', 'nothing', '"t"', '2'])
    expect(sourceOf(file, at(map, 'number'))).toEqual({ file: 'in', line: 6, column: 9 })
    expect([undefined, null].map((node) => sourceOf(file, node))).toEqual([{ file: 'in' }, { file: 'in' }])
  })
})
