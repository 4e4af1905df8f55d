import { readFile } from 'node:fs/promises'
import { DeclarationError, type Issue } from 'convergent'
import { checkTopology } from './check-topology.ts'
import { parseYaml } from './parse-yaml.ts'
import { topologySchema, type Topology } from './topology.ts'

/** Reads the one file that describes a cluster. Throws `declaration` with every issue at once, each with its line. */
export async function loadTopology(files: readonly string[], readStdin?: () => Promise<string>): Promise<Topology> {
  const [file] = files
  if (file === undefined || files.length > 1) throw new DeclarationError([{ code: 'invalid-file', message: `a cluster is described by one file, ${files.length} are given; name it with --file` }])
  const text = file === '-' && readStdin !== undefined ? await readStdin() : await readText(file)
  return parseTopology(text, file)
}

/** The same for a text. `file`: what messages call it. */
export function parseTopology(text: string, file: string): Topology {
  const { data, sourceOf } = parseYaml(text, file, topologySchema, ({ code, path }) =>
    // A binary is one of three: what its own form says of it is clearer than that none fits.
    code === 'invalid_union' && path.at(-1) === 'binary' ? 'expected { package } (of npm), { onPath: true }, { folder } (both of each host) or { url, sha256 } (of a .tar.gz); sha256 is 64 hexadecimal digits' : undefined)
  const issues = checkTopology(data).map(({ code, message, path }): Issue => ({ code, message, path, source: sourceOf(path) }))
  if (issues.length > 0) throw new DeclarationError(issues)
  return data
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new DeclarationError([{ code: 'invalid-file', message: (error as Error).message }])
  }
}
