import type { Check, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { hostSchema } from '../cluster.ts'
import { hostOf } from '../hosts/shared-hosts.ts'
import { findOwner, makeOwnedDirectory, removeOwnedDirectory } from './owned-directory.ts'

const schema = z.strictObject({
  host: hostSchema,
  path: z.string(),
  /** Whose it is: nothing of another cluster is ever taken, or removed. */
  cluster: z.string(),
  user: z.string().exactOptional(),
})

type Params = z.infer<typeof schema>

const isFree: Check<Params> = {
  name: 'directory',
  run: async (params, { signal }) => {
    const found = await findOwner(hostOf(params.host), params.path, signal)
    if (found === 'absent' || found === 'empty' || found === params.cluster) return
    return found === 'foreign' ? `${params.path} on ${params.host.name} has files in it, and is of no cluster; empty it, or name another directory` : `${params.path} on ${params.host.name} is of cluster ${found}; name another directory`
  },
}

/** Makes the directory of an instance, and says in it whose it is. */
export const createDirectory = {
  schema,
  describe: ({ path, host }) => `create ${path} on ${host.name}`,
  expects: ({ path }) => [{ subject: `directory ${path}`, action: 'create' }],
  estimate: () => ({ durationMs: 50 }),
  checks: [isFree],
  isDone: async ({ host, path, cluster }, { signal }) => (await findOwner(hostOf(host), path, signal)) === cluster,
  run: async ({ host, path, cluster, user }, { signal }) => {
    await makeOwnedDirectory(hostOf(host), path, { cluster, user, signal })
    return { changes: [{ subject: `directory ${path}`, action: 'create' }] }
  },
  undo: async ({ host, path, cluster }, { signal }) => void (await removeOwnedDirectory(hostOf(host), path, cluster, signal)),
} satisfies OperationDefinition<typeof schema>
