import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { validate } from 'convergent'
import { cliOptions } from '../../../../examples/director/cli.ts'
import { director } from '../../../../examples/director/director.ts'
import { parseDirector } from '../../../../examples/director/input/load.ts'
import { root } from '../../../architecture/sources.ts'
import { readBlocks } from '../../../docs/examples.ts'
import { blur, openNewcomer } from './bench.ts'

const path = 'examples/director/README.md'
const text = readFileSync(join(root, path), 'utf8')
const blocks = readBlocks(path)
const yaml = blocks.find(({ tag }) => tag === 'yaml')?.code ?? ''

it('its walk-through is what happens, word by word, one command after the other', async () => {
  // The local server as it is without any options, but for its times.
  const person = await openNewcomer({ nodes: ['11111111-2222-4333-8444-555555555555/0123456789abcdef0123456789abcdef'] })
  try {
    person.write('bank.yaml', `${yaml}\n`)
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
      const parts = blur(told.join('\n')).split(/^…$/m).map((part) => part.replace(/^\n+|\n+$/g, ''))
      let [at, rest] = [0, out]
      for (const part of parts) {
        at = rest.indexOf(part)
        expect(at, `${command}\n${part}\n--- is not in ---\n${rest}`).toBeGreaterThanOrEqual(0)
        rest = rest.slice(at + part.length)
      }
    }
    // A plan with something to do ends with 2.
    expect(codes).toEqual([0, 2, 0, 0, 0])
    expect(person.server.orders().map(({ outcome }) => outcome?.isSuccess)).toEqual(Array(9).fill(true))
  } finally {
    await person.close()
  }
})

it('every script that it names is there, and its environment is what the host reads', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }
  for (const [, script = ''] of text.matchAll(/npm run (?:-s )?([\w:]+)/g)) expect(scripts, script).toHaveProperty([script])
  const read = readFileSync(join(root, 'examples/director/environment.ts'), 'utf8')
  expect([...new Set(text.match(/DIRECTOR_[A-Z]+/g))].sort()).toEqual([...new Set(read.match(/DIRECTOR_[A-Z]+/g))].sort())
  const flags = (cliOptions.flags ?? []).map(({ flags: words }) => words)
  expect([...text.matchAll(/^\| `(--\S+ <\w+>)` \| \d+ \|/gm)].map(([, words]) => words)).toEqual(flags)
})

it('its declaration is valid', async () => {
  const desired = parseDirector(yaml)
  expect(desired.length).toBe(7)
  await validate(desired, director({ url: 'http://offline.invalid', token: '', secret: '' }))
})

it('its one more kind is that file', () => {
  const [block] = blocks.filter(({ tag }) => tag.startsWith('ts file='))
  expect(block?.code.trim()).toBe(readFileSync(join(root, 'examples/director/one-more/device-group.ts'), 'utf8').trim())
})

it('it names every kind with its lines, and files that are there', () => {
  const folder = join(root, 'examples/director/kinds')
  const linesOf = (name: string): number => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').length
  const measured = readdirSync(folder).filter((name) => name !== 'node.ts').map((name) => [name.replace('.ts', '').replace(/(^|-)\w/g, (start) => start.slice(-1).toUpperCase()), linesOf(name)])
  const told = [...text.matchAll(/^\| `(\w+)` \| \/\S+ \| (\d+) \|$/gm)].map(([, kind, lines]) => [kind, Number(lines)])
  expect(told.sort()).toEqual(measured.sort())
  const lines = measured.map(([, count]) => Number(count))
  expect(text).toContain(`each a file of ${Math.min(...lines)} to ${Math.max(...lines)} lines`)
  expect(Math.max(...lines, linesOf('node.ts'))).toBeLessThanOrEqual(60)
  const files = [...text.matchAll(/`([\w./-]+\.(?:ts|yaml))`/g)].map(([, name = '']) => name).filter((name) => name !== 'bank.yaml')
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((name) => ![root, join(root, 'examples/director'), join(root, 'test/examples/director')].some((place) => existsSync(join(place, name))))).toEqual([])
})

it('it names every label once', () => {
  const labels = [...text.matchAll(/^\| (L\d[L\d, ]*) \|/gm)].flatMap(([, cell = '']) => cell.split(', '))
  expect(labels.map((label) => Number(label.slice(1))).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
})
