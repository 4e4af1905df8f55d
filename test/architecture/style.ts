import ts from 'typescript'
import { lineOf, parse, visitNodes, type SourceText } from './sources.ts'

/** Names that say nothing. */
const FORBIDDEN_NAMES = ['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'manager', 'types']
export const LONGEST_FILE = 300
const ENTRY_POINTS = ['src/index.ts', 'src/node/index.ts', 'src/postgres/index.ts', 'src/cli/index.ts', 'src/engine/operation/index.ts', 'src/engine/state/index.ts', 'src/render/index.ts', 'src/testing/index.ts', 'src/provider/rest/index.ts']

/** What the house rules forbid in any source file. */
export function findStyleFaults(source: SourceText): string[] {
  const { path, text } = source
  const found: string[] = []
  const fault = (what: string, line?: number): void => void found.push(`${path}${line === undefined ? '' : `:${line}`}: ${what}`)
  const lines = text.split('\n').length - 1
  if (lines > LONGEST_FILE) fault(`has ${lines} lines, at most ${LONGEST_FILE}`)
  if (FORBIDDEN_NAMES.includes(path.split('/').at(-1)?.replace(/(\.test)?\.ts$/, '') ?? '')) fault('has a name that says nothing')
  const file = parse(source)
  if (/@ts-(ignore|nocheck)/.test(text)) fault('silences the compiler')
  if (/\b(TODO|FIXME|XXX|HACK)\b/.test(text)) fault('has something left to do')
  visitNodes(file, (node) => {
    const line = lineOf(file, node)
    if (ts.isEnumDeclaration(node)) fault('declares an enum', line)
    if (node.kind === ts.SyntaxKind.AnyKeyword) fault('says any', line)
    if (ts.isExportAssignment(node) || (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword))) fault('has a default export', line)
    if (ts.isExportDeclaration(node) && node.exportClause === undefined) fault('exports *', line)
    if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && path.startsWith('src/') && !ENTRY_POINTS.includes(path)) fault('passes on what another file exports', line)
  })
  if (ENTRY_POINTS.includes(path)) for (const statement of file.statements) if (!ts.isExportDeclaration(statement)) fault('an entry point has no logic', lineOf(file, statement))
  return found
}

const IMPURE_GLOBALS = ['Date', 'process', 'console', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'crypto', 'globalThis', 'localStorage', 'Promise']

/** What has no place in a functional core: time, chance, promises, input and output. */
export function findImpurities(source: SourceText): string[] {
  const file = parse(source)
  const found: string[] = []
  const fault = (what: string, node: ts.Node): void => void found.push(`${source.path}:${lineOf(file, node)}: ${what}`)
  visitNodes(file, (node) => {
    if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)) fault('async', node)
    if (ts.isAwaitExpression(node)) fault('await', node)
    if (ts.isPropertyAccessExpression(node) && node.expression.getText(file) === 'Math' && node.name.text === 'random') fault('Math.random', node)
    if (ts.isIdentifier(node) && IMPURE_GLOBALS.includes(node.text) && isValue(node)) fault(node.text, node)
  })
  return found
}

/** Time and timers have one home in the shell. */
export function findTimeOutsideClock(source: SourceText): string[] {
  // How long a portion took decides nothing but when others have their turn.
  if (source.path === 'src/engine/clock.ts' || source.path === 'src/store/turn.ts') return []
  const file = parse(source)
  const found: string[] = []
  visitNodes(file, (node) => {
    if (!ts.isIdentifier(node) || !isValue(node)) return
    const called = ts.isPropertyAccessExpression(node.parent) ? `${node.text}.${node.parent.name.text}` : node.text
    if (['setTimeout', 'setInterval', 'performance.now', 'Date.now', 'Math.random', 'crypto.randomUUID'].includes(called)) found.push(`${source.path}:${lineOf(file, node)}: ${called}`)
  })
  return found
}

/** Tests that run alone or not at all. */
export function findIdleTests(source: SourceText): string[] {
  const file = parse(source)
  const found: string[] = []
  visitNodes(file, (node) => {
    if (ts.isPropertyAccessExpression(node) && ['only', 'skip', 'todo'].includes(node.name.text) && /^(it|test|describe)$/.test(node.expression.getText(file))) found.push(`${source.path}:${lineOf(file, node)}: .${node.name.text}`)
  })
  return found
}

/** True where an identifier is used as a value, and is neither a property's name nor a type. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false
  if (ts.isTypeReferenceNode(parent) || ts.isExpressionWithTypeArguments(parent)) return false
  return !(ts.isPropertyAssignment(parent) && parent.name === node) && !ts.isPropertySignature(parent) && !ts.isMethodSignature(parent) && !ts.isMethodDeclaration(parent)
}
