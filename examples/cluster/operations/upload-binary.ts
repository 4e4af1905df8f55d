import { dirname, join } from 'node:path'
import type { Check, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { binarySchema, hostSchema } from '../cluster.ts'
import { checksumOf, copyTree, fileExists } from '../hosts/file.ts'
import { hostOf, thisMachine } from '../hosts/shared-hosts.ts'
import { checksumHere } from './fetch-binary.ts'
import { makeOwnedDirectory, OWNER_FILE, removeOwnedDirectory } from './owned-directory.ts'

const schema = z.strictObject({
  binary: binarySchema,
  host: hostSchema,
  /** Where it comes to lie on that host. */
  folder: z.string(),
  cluster: z.string(),
})

const isReachable: Check<z.infer<typeof schema>> = {
  name: 'binary on the host',
  run: async ({ host, folder, binary }, { signal }) => {
    const found = await checksumOf(hostOf(host), `${folder}/bin/${binary.program}`, signal)
    return { status: 'passed', message: found === undefined ? `${binary.name} is to be uploaded to ${host.name}` : `${binary.name} is on ${host.name}`, details: { sizeBytes: binary.bytes } }
  },
}

/** Uploads the engine's programs to a host that SSH reaches. */
export const uploadBinary = {
  schema,
  timeoutMs: 3_600_000,
  describe: ({ binary, host }) => `upload ${binary.name} to ${host.name}`,
  expects: ({ folder }) => [{ subject: `directory ${folder}`, action: 'create' }],
  estimate: ({ binary }) => ({ durationMs: 500 + binary.bytes / 50_000, diskBytes: binary.bytes, basis: ['50 MB/s'] }),
  checks: [isReachable],
  isDone: async ({ binary, host, folder }, { signal }) => {
    const found = await checksumOf(hostOf(host), `${folder}/bin/${binary.program}`, signal)
    return found !== undefined && found === (binary.sha256 ?? (await checksumHere(join(binary.programs, binary.program))))
  },
  run: async ({ binary, host, folder, cluster }, { signal }) => {
    await makeOwnedDirectory(hostOf(host), dirname(folder), { cluster, signal })
    await copyTree(thisMachine, dirname(binary.programs), hostOf(host), folder, { signal })
    return { changes: [{ subject: `directory ${folder}`, action: 'create' }] }
  },
  undo: async ({ host, folder, cluster }, { signal }) => remove(host, folder, cluster, signal),
} satisfies OperationDefinition<typeof schema>

const removal = z.strictObject({
  host: hostSchema,
  folder: z.string(),
  cluster: z.string(),
})

/** Removes what was uploaded. */
export const removeBinary = {
  schema: removal,
  describe: ({ host, folder }) => `remove ${folder} on ${host.name}`,
  expects: ({ folder }) => [{ subject: `directory ${folder}`, action: 'delete' }],
  estimate: () => ({ durationMs: 200 }),
  isDone: async ({ host, folder }, { signal }) => !(await fileExists(hostOf(host), folder, signal)),
  run: async ({ host, folder, cluster }, { signal }) => remove(host, folder, cluster, signal),
} satisfies OperationDefinition<typeof removal>

/** The folder above has the programs of other versions, and goes with the last of them. */
async function remove(host: z.infer<typeof hostSchema>, folder: string, cluster: string, signal: AbortSignal): Promise<undefined> {
  const { stdout } = await hostOf(host).run(['sh', '-c', 'rm -rf "$1" "$1.part"; if [ -d "$2" ]; then ls -A "$2"; fi', 'sh', folder, dirname(folder)], { signal })
  if (stdout.trim() === OWNER_FILE) await removeOwnedDirectory(hostOf(host), dirname(folder), cluster, signal)
}
