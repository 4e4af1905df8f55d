import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { validate } from 'convergent'
import { cliOptions } from '../../../../examples/opnsense/cli.ts'
import { parseOpnsense } from '../../../../examples/opnsense/input/load.ts'
import { opnsense } from '../../../../examples/opnsense/opnsense.ts'
import { root } from '../../../architecture/sources.ts'
import { readBlocks } from '../../../docs/examples.ts'
import { openNewcomer } from './bench.ts'

const path = 'examples/opnsense/README.md'
const text = readFileSync(join(root, path), 'utf8')

it('its commands work as they are pasted, one after the other', async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }
  const lines = readBlocks(path).filter(({ tag }) => tag === 'sh').flatMap(({ code }) => code.split('\n'))
  for (const [, script = ''] of text.matchAll(/npm run (?:-s )?([\w:]+)/g)) expect(scripts, script).toHaveProperty([script])
  const person = await openNewcomer()
  try {
    const commands = lines.filter((line) => line.startsWith(`npm run -s ${cliOptions.name} -- `))
    const codes: number[] = []
    for (const command of commands) {
      const words = [...command.slice(`npm run -s ${cliOptions.name} -- `.length).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
      codes.push((await person.run(words.map((word) => (word.startsWith('examples/') ? join(root, word) : word)))).code)
    }
    // A plan with something to do ends with 2.
    expect(codes).toEqual([2, 0, 0, 0])
    expect(person.server.live().rule.length).toBe(2)
  } finally {
    await person.close()
  }
})

it('its declaration is valid', async () => {
  const [block] = readBlocks(path).filter(({ tag }) => tag === 'yaml')
  const desired = parseOpnsense(block?.code ?? '')
  expect(desired.length).toBe(7)
  expect(desired).toContainEqual(expect.objectContaining({ name: 'inside', protected: true }))
  await validate(desired, opnsense({ url: 'http://offline.invalid', key: '', secret: '' }))
})

it('it names every kind with its lines, and files that are there', () => {
  const folder = join(root, 'examples/opnsense/kinds')
  const measured = readdirSync(folder).map((name) => [name.replace('.ts', ''), readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').length])
  const told = [...text.matchAll(/^\| `(\w+)` \| \/\S+ \| (\d+) \|$/gm)].map(([, kind, lines]) => [kind, Number(lines)])
  expect(told.sort()).toEqual(measured.sort())
  const files = [...text.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name = '']) => name)
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((name) => ![root, join(root, 'examples/opnsense'), join(root, 'test/examples/opnsense')].some((place) => existsSync(join(place, name))))).toEqual([])
})

it('it names every label once', () => {
  const labels = [...text.matchAll(/^\| (O\d[O\d, ]*) \|/gm)].flatMap(([, cell = '']) => cell.split(', '))
  expect(labels.map((label) => Number(label.slice(1))).sort((a, b) => a - b)).toEqual(Array.from({ length: 26 }, (_, index) => index + 1))
})
