import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { root } from './sources.ts'

/** Most names that an entry point may export: past it, it should be two. */
const ENTRIES = { '.': ['src/index.ts', 225], './node': ['src/node/index.ts', 10], './postgres': ['src/postgres/index.ts', 10], './cli': ['src/cli/index.ts', 20], './operations': ['src/engine/operation/index.ts', 60], './render': ['src/render/index.ts', 15], './rest': ['src/provider/rest/index.ts', 15], './state': ['src/engine/state/index.ts', 10], './testing': ['src/testing/index.ts', 45] } as const

const config = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root)
const program = ts.createProgram(
  Object.values(ENTRIES).map(([path]) => join(root, path)),
  config.options,
)
const checker = program.getTypeChecker()

function exportedNames(path: string): string[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(join(root, path)) as ts.SourceFile) as ts.Symbol
  return checker
    .getExportsOfModule(module)
    .map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      return `${target.flags & ts.SymbolFlags.Value ? 'value' : 'type '} ${symbol.name}`
    })
    .sort((a, b) => (a.slice(6) < b.slice(6) ? -1 : 1))
}

describe('the exported names', () => {
  it('are these', async () => {
    const listing = Object.entries(ENTRIES).map(([name, [path]]) => `${name}\n${exportedNames(path).map((line) => `  ${line}\n`).join('')}`)
    await expect(listing.join('\n')).toMatchFileSnapshot('exports.txt')
  })
  it.each(Object.entries(ENTRIES))('of %s are few enough', (_, [path, most]) => {
    const names = exportedNames(path)
    expect(names.length).toBeGreaterThan(0)
    expect(names.length).toBeLessThanOrEqual(most)
  })
})
