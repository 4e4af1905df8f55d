import { importsOf, type SourceText } from './sources.ts'

interface Rule {
  readonly folders: readonly string[]
  readonly packages: readonly string[]
}

/** Who may import whom: the table of the design. A subpath's own optional peers are listed where it lives. */
const RULES: Readonly<Record<string, Rule>> = {
  core: { folders: ['core'], packages: ['ts-pattern'] },
  format: { folders: ['core', 'format'], packages: ['zod'] },
  render: { folders: ['core', 'format', 'render'], packages: ['zod'] },
  provider: { folders: ['core', 'format', 'provider', 'store'], packages: [] },
  store: { folders: ['core', 'format', 'provider', 'store'], packages: [] },
  engine: { folders: ['core', 'format', 'provider', 'store', 'engine'], packages: ['eventemitter3', 'p-limit', 'ts-pattern'] },
  testing: { folders: ['core', 'format', 'render', 'provider', 'store', 'engine', 'testing'], packages: ['zod', 'eventemitter3', 'p-limit', 'ts-pattern'] },
  node: { folders: ['*'], packages: ['node:*'] },
  postgres: { folders: ['core', 'format', 'provider', 'store', 'postgres'], packages: ['node:*', 'pg'] },
  cli: { folders: ['*'], packages: ['node:*', 'commander', 'log-update', 'zod'] },
}

/** Imports that the table forbids. `src/index.ts` may name anything of what it may reach: nothing of node, cli, testing. */
export function findForbiddenImports(sources: readonly SourceText[]): string[] {
  const found: string[] = []
  for (const source of sources) {
    const [, folder = ''] = source.path.split('/')
    const rule = source.path === 'src/index.ts' ? { folders: ['core', 'format', 'render', 'provider', 'store', 'engine'], packages: [] } : RULES[folder]
    if (rule === undefined) {
      found.push(`${source.path}: the folder ${folder} is not in the table`)
      continue
    }
    for (const target of importsOf(source)) {
      const isAllowed = target.startsWith('src/')
        ? rule.folders.includes('*') || rule.folders.includes(target.split('/')[1] as string)
        : rule.packages.some((name) => target === name || target.startsWith(`${name}/`) || (name.endsWith(':*') && target.startsWith(name.slice(0, -1))))
      if (!isAllowed) found.push(`${source.path} imports ${target}`)
    }
  }
  return found
}

/** A cycle of imports, as the files on it; undefined where there is none. */
export function findImportCycle(sources: readonly SourceText[]): string[] | undefined {
  const graph = new Map(sources.map((source) => [source.path, importsOf(source).filter((target) => target.startsWith('src/'))]))
  const done = new Set<string>()
  const walk = (path: string, trail: readonly string[]): string[] | undefined => {
    const at = trail.indexOf(path)
    if (at !== -1) return [...trail.slice(at), path]
    if (done.has(path)) return undefined
    for (const target of graph.get(path) ?? []) {
      const cycle = walk(target, [...trail, path])
      if (cycle !== undefined) return cycle
    }
    done.add(path)
    return undefined
  }
  for (const path of graph.keys()) {
    const cycle = walk(path, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}

/** Everything that a file reaches through imports, packages and `node:` included. */
export function collectReachable(sources: readonly SourceText[], from: string): ReadonlySet<string> {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const reached = new Set<string>()
  const queue = [from]
  for (const path of queue) {
    if (reached.has(path)) continue
    reached.add(path)
    const source = byPath.get(path)
    if (source !== undefined) queue.push(...importsOf(source))
  }
  return reached
}
