import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { runCommand } from 'convergent/node'
import type { Check, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { binarySchema, hostSchema } from '../cluster.ts'
import { checksumOf, fileExists } from '../hosts/file.ts'
import type { Host } from '../hosts/host.ts'
import { hostOf, thisMachine } from '../hosts/shared-hosts.ts'

const schema = z.strictObject({
  binary: binarySchema,
  /** Where it is to be already. Default: on this machine. */
  host: hostSchema.exactOptional(),
})

type Params = z.infer<typeof schema>

/** It is there, and it is the one that was planned. */
const isAsPlanned: Check<Params> = {
  name: 'binary',
  run: async (params, { signal }) => {
    const { binary, host } = params
    const found = await find(params, signal)
    const where = host === undefined ? 'cached' : `on ${host.name}`
    if (found === undefined && binary.url !== undefined) return { status: 'passed', message: `${binary.name} is to be downloaded`, details: describeSize(binary) }
    if (found === undefined) return { status: 'warning', message: `${binary.program} is not in ${binary.programs}${host === undefined ? '' : ` on ${host.name}`}: this can be planned and rehearsed, and will stop before anything is done` }
    if (binary.sha256 !== undefined && found !== binary.sha256) return `${binary.name} (${where}) has a wrong checksum: found ${found}, expected ${binary.sha256}; if it was replaced on purpose, plan again, with that checksum where the topology names one`
    return { status: 'passed', message: `${binary.name} is ${where}`, details: { source: binary.source, ...describeSize(binary), sha256: found } }
  },
}

const isThere: Check<Params> = {
  name: 'program',
  at: 'run',
  run: async (params, { signal }) => {
    const { binary, host } = params
    if (binary.url === undefined && !(await fileExists(hostFor(params), `${binary.programs}/${binary.program}`, signal))) return `${binary.program} is not in ${binary.programs}${host === undefined ? '' : ` on ${host.name}`}; install it, or name another folder in the topology`
  },
}

/** Downloads the engine's programs, once; what is there already is looked up and compared. */
export const fetchBinary = {
  schema,
  timeoutMs: 3_600_000,
  describe: ({ binary, host }) => (binary.url === undefined ? `locate ${binary.name} (${binary.source}${host === undefined ? '' : ` on ${host.name}`})` : `download ${binary.name}`),
  estimate: ({ binary }) => (binary.url === undefined ? { durationMs: 50 } : { durationMs: 1_000 + binary.bytes / 10_000, downloadBytes: binary.bytes, basis: ['10 MB/s'] }),
  checks: [isAsPlanned, isThere],
  isDone: async (params, { signal }) => {
    const { binary } = params
    const found = await find(params, signal)
    // What was replaced since the plan was made is a matter for the check.
    return found !== undefined && (binary.url !== undefined || binary.sha256 === undefined || found === binary.sha256)
  },
  run: async ({ binary }, { signal, print }) => {
    const folder = dirname(binary.programs)
    const archive = `${folder}.tar.gz`
    await mkdir(dirname(folder), { recursive: true })
    const response = await fetch(binary.url as string, { signal })
    if (!response.ok || response.body === null) throw new Error(`${binary.url} answers ${response.status}; look at the address of the binary`)
    await pipeline(Readable.fromWeb(response.body as never), createWriteStream(archive), { signal })
    const found = await checksumHere(archive)
    if (found !== binary.archiveSha256) {
      await rm(archive)
      throw new Error(`${binary.url} has a wrong checksum: found ${found}, expected ${binary.archiveSha256}; nothing of it was kept`)
    }
    await unpack(archive, folder, signal)
    print(`${binary.name} is in ${folder}\n`)
    return { changes: [{ subject: `binary ${binary.name}`, action: 'create', after: folder }] }
  },
  // What was downloaded serves the next run.
  undo: async () => undefined,
} satisfies OperationDefinition<typeof schema>

function find(params: Params, signal: AbortSignal): Promise<string | undefined> {
  return checksumOf(hostFor(params), `${params.binary.programs}/${params.binary.program}`, signal)
}

function hostFor({ host }: Params): Host {
  return host === undefined ? thisMachine : hostOf(host)
}

function describeSize({ bytes }: Params['binary']): Readonly<Record<string, number>> {
  return bytes > 0 ? { sizeBytes: bytes } : {}
}

/** The programs may lie in `bin`, or in that of the one folder that an archive has. */
async function unpack(archive: string, folder: string, signal: AbortSignal): Promise<void> {
  const part = `${folder}.part`
  await rm(part, { recursive: true, force: true })
  await mkdir(part)
  await runCommand({ command: 'tar', args: ['xzf', archive, '-C', part] }, { signal, print: () => undefined })
  const { stdout } = await runCommand({ command: 'sh', args: ['-c', 'cd "$1" && if [ -d bin ]; then echo .; else echo */bin | sed "s,/bin$,,"; fi', 'sh', part] }, { signal, print: () => undefined })
  await rm(folder, { recursive: true, force: true })
  await rename(join(part, stdout.trim()), folder)
  await rm(part, { recursive: true, force: true })
  await rm(archive)
}

/** SHA-256 of a file of this machine; undefined: it is not there. */
export async function checksumHere(file: string): Promise<string | undefined> {
  if (await access(file).then(() => false, () => true)) return undefined
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

