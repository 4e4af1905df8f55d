import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { root } from '../architecture/sources.ts'
import { findBlocks, findDocBlocks, readBlocks, toChecks, typeErrors } from './examples.ts'

const documents = ['README.md', 'examples/konnect/README.md', 'examples/postgres/README.md', 'examples/opnsense/README.md', 'examples/opnsense/mcp/README.md', 'examples/director/README.md', 'examples/dataiku/README.md'].filter((path) => existsSync(join(root, path)))
const blocks = [...documents.flatMap(readBlocks), ...findDocBlocks()]
const typescript = blocks.filter(({ tag }) => tag === 'ts' || tag.startsWith('ts '))
const folder = join(root, 'test/.generated')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const runnable = typescript
  .filter(({ tag }) => tag === 'ts')
  .map((block, index) => {
    const file = join(folder, `example-${index}.ts`)
    const { text, checks } = toChecks(block.code)
    writeFileSync(file, `${text}\nexport {}\n`)
    return { ...block, file, checks }
  })

describe('examples in the documentation', () => {
  it('are there, and every block says what it is', () => {
    expect(documents).toContain('README.md')
    expect(typescript.length).toBeGreaterThan(8)
    expect(blocks.filter(({ tag }) => !/^(ts|ts file=\S+|sh|yaml|json|text)$/.test(tag)).map(({ place, tag }) => `${place}: ${tag}`)).toEqual([])
  })
  it('have the right types', () => expect(typeErrors(runnable.map(({ file }) => file))).toEqual([]))
  it.each(runnable.map((block) => [block.place, block] as const))('%s runs', async (_, { file, code, checks, place }) => {
    if (place.startsWith('src/')) expect(checks, 'an example in a doc comment shows at least one value').toBeGreaterThan(0)
    expect(code).toContain('import ')
    await import(/* @vite-ignore */ pathToFileURL(file).href)
  })
  it.each(typescript.filter(({ tag }) => tag.includes('file=')).map((block) => [block.place, block] as const))('%s is that file', (_, { tag, code }) => {
    const path = tag.slice(tag.indexOf('file=') + 5)
    expect(code.trim()).toBe(readFileSync(join(root, path), 'utf8').trim())
  })
})

describe('the runner', () => {
  it('finds blocks and checks', () => {
    expect(findBlocks('a.md', 'x\n```ts\n1 + 1 // => 2\n```\n')).toEqual([{ place: 'a.md:2', tag: 'ts', code: '1 + 1 // => 2' }])
    expect(toChecks('1 + 1 // => 2').text).toContain('__check(1 + 1, 2)')
  })
  it('sees a wrong value and a wrong type', async () => {
    const file = join(folder, 'wrong.ts')
    writeFileSync(file, `${toChecks('const two: number = 2\ntwo // => 3').text}\nexport {}\n`)
    await expect(import(/* @vite-ignore */ pathToFileURL(file).href)).rejects.toThrow('expected 2 to deeply equal 3')
    writeFileSync(join(folder, 'mistyped.ts'), "const two: number = 'two'\nexport { two }\n")
    expect(typeErrors([join(folder, 'mistyped.ts')]).join()).toContain("Type 'string' is not assignable to type 'number'")
  })
})
