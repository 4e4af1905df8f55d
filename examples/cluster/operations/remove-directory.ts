import type { OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { hostSchema } from '../cluster.ts'
import { fileExists } from '../hosts/file.ts'
import { hostOf } from '../hosts/shared-hosts.ts'
import { removeOwnedDirectory } from './owned-directory.ts'

const schema = z.strictObject({
  host: hostSchema,
  path: z.string(),
  /** Nothing of another one is removed. */
  cluster: z.string(),
})

/** Removes the directory of an instance, data and all. There is no way back. */
export const removeDirectory = {
  schema,
  timeoutMs: 600_000,
  describe: ({ path, host }) => `remove ${path} on ${host.name}, with all data`,
  expects: ({ path }) => [{ subject: `directory ${path}`, action: 'delete' }],
  estimate: () => ({ durationMs: 200 }),
  isDone: async ({ host, path }, { signal }) => !(await fileExists(hostOf(host), path, signal)),
  run: async ({ host, path, cluster }, { signal }) => {
    await removeOwnedDirectory(hostOf(host), path, cluster, signal)
    return { changes: [{ subject: `directory ${path}`, action: 'delete' }] }
  },
} satisfies OperationDefinition<typeof schema>
