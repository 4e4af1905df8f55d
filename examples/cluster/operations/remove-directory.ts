import type { OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { hostSchema } from '../cluster.ts'
import { hostOf } from '../hosts/shared-hosts.ts'
import { OWNER_FILE, REMOVE } from './create-directory.ts'

const schema = z.strictObject({
  host: hostSchema,
  path: z.string(),
  /** Nothing of another one is removed. */
  cluster: z.string(),
  /** Goes as well, where nothing is left in it. */
  parent: z.string(),
})

/** Removes the directory of an instance, data and all. There is no way back. */
export const removeDirectory = {
  schema,
  describe: ({ path, host }) => `remove ${path} on ${host.name}, with all data`,
  expects: ({ path }) => [{ subject: `directory ${path}`, action: 'delete' }],
  estimate: () => ({ durationMs: 200 }),
  isDone: async ({ host, path }, { signal }) => (await hostOf(host).run(['test', '!', '-e', path], { signal, codes: [0, 1] })).code === 0,
  run: async ({ host, path, cluster, parent }, { signal }) => {
    await hostOf(host).run(['sh', '-c', REMOVE, 'sh', path, cluster, OWNER_FILE, parent], { signal })
    return { changes: [{ subject: `directory ${path}`, action: 'delete' }] }
  },
} satisfies OperationDefinition<typeof schema>
