import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { validate } from 'convergent'
import { cliOptions } from '../../../../examples/dataiku/cli.ts'
import { dataiku } from '../../../../examples/dataiku/dataiku.ts'
import { readCredentials } from '../../../../examples/dataiku/credentials-file.ts'
import { parseDataiku } from '../../../../examples/dataiku/input/load.ts'
import { flatDataset, flatProject, flatRecipe } from '../../../../examples/dataiku/input/flat-schemas.ts'
import { friendlyDataset, friendlyProject, friendlyRecipe } from '../../../../examples/dataiku/input/friendly-schemas.ts'
import { root } from '../../../architecture/sources.ts'
import { readBlocks } from '../../../docs/examples.ts'
import { blurTold } from '../../newcomer-desk.ts'
import { openNewcomer } from './bench.ts'

const path = 'examples/dataiku/README.md'
const text = readFileSync(join(root, path), 'utf8')
const blocks = readBlocks(path)
const yaml = blocks.find(({ tag }) => tag === 'yaml')?.code ?? ''

it('its walk-through is what happens, word by word, one command after the other', async () => {
  // The local server as it is without any options, but for its times.
  const person = await openNewcomer({ apiKey: 'local' })
  try {
    person.write('trips.yml', `${yaml}\n`)
    const codes: number[] = []
    for (const { tag, code } of blocks) {
      if (tag === 'sh') for (const line of code.split('\n').filter((each) => each.startsWith('sed '))) execFileSync('sh', ['-c', line], { cwd: person.folder })
      if (tag !== 'text') continue
      const [command = '', ...told] = code.split('\n')
      const start = `$ npm run -s ${cliOptions.name} -- `
      expect(command.startsWith(start), command).toBe(true)
      const { code: exit, out } = await person.run(command.slice(start.length).split(' '))
      codes.push(exit)
      // An ellipsis stands for what is left out; the rest is there, in this order.
      const parts = blurTold(told.join('\n')).split(/^…$/m).map((part) => part.replace(/^\n+|\n+$/g, ''))
      let [at, rest] = [0, out]
      for (const part of parts) {
        at = rest.indexOf(part)
        expect(at, `${command}\n${part}\n--- is not in ---\n${rest}`).toBeGreaterThanOrEqual(0)
        rest = rest.slice(at + part.length)
      }
    }
    // A plan with something to do ends with 2.
    expect(codes).toEqual([0, 2, 0, 0, 0, 2, 0, 0])
  } finally {
    await person.close()
  }
})

it('every script that it names is there, and its environment is what the host reads', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }
  for (const [, script = ''] of text.matchAll(/npm run (?:-s )?([\w:]+)/g)) expect(scripts, script).toHaveProperty([script])
  const read = readFileSync(join(root, 'examples/dataiku/environment.ts'), 'utf8')
  const variables = (found: string): readonly string[] => [...new Set(found.match(/DATAIKU_[A-Z_]+/g))].sort()
  expect(variables(text)).toEqual(variables(read))
  const flags = (cliOptions.flags ?? []).map(({ flags: words }) => words)
  expect([...text.matchAll(/^\| `(--\S+ <\w+>)` \| \S.* \|/gm)].map(([, words]) => words)).toEqual(flags)
})

it('it names every command of the host, and flags that there are', async () => {
  const person = await openNewcomer()
  const help = (await Promise.all(['apply', 'import', 'plan'].map((command) => person.run([command, '--help'])))).map(({ out }) => out).join('\n')
  await person.close()
  const named = [...text.matchAll(/^\| `(-[^`]*)`(?:, `(--[a-z-]+)`)?/gm)].flatMap(([, ...flags]) => flags.filter((flag) => flag !== undefined)).map((flag) => flag.split(' ')[0])
  expect(named.length).toBeGreaterThan(8)
  expect(named.filter((flag = '') => !new RegExp(`(^|[\\s,])${flag}\\b`, 'm').test(help))).toEqual([])
  for (const command of Object.keys(cliOptions.commands ?? {})) expect(text).toContain(`| \`${command} `)
})

it('its declaration is valid, and so is its credentials file', async () => {
  const desired = parseDataiku(yaml)
  expect(desired.length).toBe(4)
  await validate(desired, dataiku({ url: 'http://offline.invalid', apiKey: 'none' }))
  const person = await openNewcomer()
  person.write('config.json', blocks.find(({ tag }) => tag === 'json')?.code ?? '')
  expect(readCredentials(join(person.folder, 'config.json'), 'prod')).toMatchObject({ url: 'https://prod.example' })
  await person.close()
})

it('it names the fields of both formats', () => {
  const rows: readonly (readonly [start: string, schema: { readonly shape: object }])[] = [
    ['| `project` | `key`', friendlyProject], ['| `datasets` |', friendlyDataset], ['| `recipes` |', friendlyRecipe],
    ['| `project` | `label`', flatProject], ['| `dataset` |', flatDataset], ['| `recipe` |', flatRecipe],
  ]
  for (const [start, { shape }] of rows) {
    const row = text.split('\n').find((line) => line.startsWith(start)) ?? ''
    // What any entry has stands below.
    const fields = Object.keys(shape).filter((field) => !['type', 'name', 'adopt', 'protected'].includes(field))
    expect(fields.filter((field) => !row.includes(`\`${field}\``) && !row.includes(`\`${field}:`)), start).toEqual([])
  }
  for (const word of ['adopt: true', 'protected: true']) expect(text).toContain(`\`${word}\``)
})

it('it names every kind with its lines, and files that are there', () => {
  const folder = join(root, 'examples/dataiku/kinds')
  const linesOf = (name: string): number => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').length
  const measured = readdirSync(folder).map((name) => [name.replace('.ts', '').replace(/^\w/, (start) => start.toUpperCase()), linesOf(name)])
  const told = [...text.matchAll(/^\| `(\w+)` \| \/\S+ \| (\d+) \|$/gm)].map(([, kind, lines]) => [kind, Number(lines)])
  expect(told.sort()).toEqual(measured.sort())
  const lines = measured.map(([, count]) => Number(count))
  expect(text).toContain(`each a file of ${Math.min(...lines)} to ${Math.max(...lines)} lines`)
  expect(Math.max(...lines)).toBeLessThanOrEqual(60)
  const files = [...text.matchAll(/`([\w./-]+\.(?:ts|yaml))`/g)].map(([, name = '']) => name)
  expect(files.length).toBeGreaterThan(15)
  expect(files.filter((name) => ![root, join(root, 'examples/dataiku')].some((place) => existsSync(join(place, name))))).toEqual([])
})

it('it names every label once', () => {
  const labels = [...text.matchAll(/^\| (D\d[D\d, ]*) \|/gm)].flatMap(([, cell = '']) => cell.split(', '))
  expect(labels.map((label) => Number(label.slice(1))).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
})
