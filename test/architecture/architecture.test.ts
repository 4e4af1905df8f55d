import { describe, expect, it } from 'vitest'
import { collectReachable, findForbiddenImports, findImportCycle } from './imports.ts'
import { readSources, type SourceText } from './sources.ts'
import { findIdleTests, findImpurities, findStyleFaults, findTimeOutsideClock } from './style.ts'

const sources = readSources('src')
const inFolders = (...folders: readonly string[]): SourceText[] => sources.filter(({ path }) => folders.includes(path.split('/')[1] as string))

describe('the house', () => {
  it('imports only in the directions of the table', () => expect(findForbiddenImports(sources)).toEqual([]))
  it('has no cycle of imports', () => expect(findImportCycle(sources)).toBeUndefined())
  it('reaches nothing of Node from the main entry', () => {
    const reached = [...collectReachable(sources, 'src/index.ts')]
    expect(reached.length).toBeGreaterThan(50)
    expect(reached.filter((path) => path.startsWith('node:') || path.startsWith('src/node/') || path.startsWith('src/cli/'))).toEqual([])
  })
  it('keeps the rules of style', () => {
    const lines = sources.map(({ text }) => text.split('\n').length).sort((a, b) => a - b)
    console.log(`${sources.length} files in src, median ${lines[Math.floor(lines.length / 2)]} lines, longest ${lines.at(-1)}`)
    expect([...sources, ...readSources('examples')].flatMap(findStyleFaults)).toEqual([])
  })
  it('has a core without time, chance and promises', () => expect(inFolders('core', 'format', 'render').flatMap(findImpurities)).toEqual([]))
  it('has time in one file of the shell', () => expect(inFolders('engine', 'store').flatMap(findTimeOutsideClock)).toEqual([]))
  it('runs every test', () => expect([...readSources('test'), ...readSources('examples')].flatMap(findIdleTests)).toEqual([]))
})

describe('the gates', () => {
  const file = (path: string, text: string): SourceText => ({ path, text })
  it('see a forbidden import, and none in an example', () => {
    expect(findForbiddenImports([file('src/core/a.ts', "import { b } from '../engine/b.ts'")])).toEqual(['src/core/a.ts imports src/engine/b.ts'])
    expect(findForbiddenImports([file('src/engine/a.ts', "import { readFile } from 'node:fs'")])).toEqual(['src/engine/a.ts imports node:fs'])
    expect(findForbiddenImports([file('src/core/a.ts', "/**\n * import { b } from '../engine/b.ts'\n */")])).toEqual([])
    expect(findForbiddenImports([file('src/wing/a.ts', '')])).toEqual(['src/wing/a.ts: the folder wing is not in the table'])
  })
  it('see a cycle', () => {
    expect(findImportCycle([file('src/core/a.ts', "import './b.ts'"), file('src/core/b.ts', "import './a.ts'")])).toEqual(['src/core/a.ts', 'src/core/b.ts', 'src/core/a.ts'])
  })
  it('see each fault of style', () => {
    const faults = (text: string, path = 'src/core/a.ts'): string[] => findStyleFaults(file(path, text)).map((fault) => fault.replace(/^[^ ]+ /, ''))
    expect(faults('enum A { B }')).toEqual(['declares an enum'])
    expect(faults('const a: any = 1')).toEqual(['says any'])
    expect(faults('export default 1')).toEqual(['has a default export'])
    expect(faults('export default function a() {}')).toEqual(['has a default export'])
    expect(faults("export * from './b.ts'", 'src/index.ts')).toEqual(['exports *'])
    expect(faults("export { b } from './b.ts'")).toEqual(['passes on what another file exports'])
    expect(faults('const a = 1', 'src/index.ts')).toEqual(['an entry point has no logic'])
    expect(faults('', 'src/core/utils.ts')).toEqual(['has a name that says nothing'])
    expect(faults('\n'.repeat(301))).toEqual(['has 301 lines, at most 300'])
    expect(faults(`// ${'TO'}${'DO'}: later`)).toEqual(['has something left to do'])
    expect(faults(`// @ts-${'ignore'}`)).toEqual(['silences the compiler'])
  })
  it('see impurity, and no more than that', () => {
    const impurities = (text: string): string[] => findImpurities(file('src/core/a.ts', text)).map((fault) => fault.split(': ')[1] as string)
    expect(impurities('const a = Date.now()')).toEqual(['Date'])
    expect(impurities('const a = Math.random()')).toEqual(['Math.random'])
    expect(impurities('async function a() { await b() }')).toEqual(['async', 'await'])
    expect(impurities('setTimeout(a, 1); console.log(1)')).toEqual(['setTimeout', 'console'])
    expect(impurities('interface A { readonly process: string; b(): Promise<void> }')).toEqual([])
  })
  it('see time outside of the clock', () => {
    expect(findTimeOutsideClock(file('src/engine/a.ts', 'const a = performance.now() + Date.now(); setTimeout(b, 1)'))).toHaveLength(3)
    expect(findTimeOutsideClock(file('src/engine/a.ts', 'const a = new Date(clock.now())'))).toEqual([])
  })
  it('see tests that do not run', () => expect(findIdleTests(file('test/a.test.ts', `it.${'only'}('a', b)`))).toEqual(['test/a.test.ts:1: .only']))
})
