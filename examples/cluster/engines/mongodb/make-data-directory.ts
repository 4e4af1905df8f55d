import type { OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema } from '../../cluster.ts'
import { hostOf } from '../../hosts/shared-hosts.ts'
import { dataOf } from './configuration.ts'

const schema = z.strictObject({ instance: instanceSchema })

/** Makes the folder of an instance's data, for whom its process runs as. */
export const makeDataDirectory = {
  schema,
  describe: ({ instance }) => `make the data directory of ${instance.name}`,
  expects: ({ instance }) => [{ subject: `directory ${dataOf(instance)}`, action: 'create' }],
  estimate: () => ({ durationMs: 50 }),
  isDone: async ({ instance }, { signal }) => (await hostOf(instance.host).run(['test', '-d', dataOf(instance)], { signal, codes: [0, 1] })).code === 0,
  run: async ({ instance }, { signal }) => {
    await hostOf(instance.host).run(['sh', '-c', MAKE, 'sh', dataOf(instance), instance.user ?? ''], { signal })
    return { changes: [{ subject: `directory ${dataOf(instance)}`, action: 'create' }] }
  },
  undo: async ({ instance }, { signal }) => void (await hostOf(instance.host).run(['rm', '-rf', dataOf(instance), `${dataOf(instance)}.new`], { signal })),
} satisfies OperationDefinition<typeof schema>

/** It is there once it is whose it should be. */
const MAKE = `mkdir -p "$1.new" && chmod 750 "$1.new" || exit
if [ -n "$2" ] && [ "$(id -u)" = 0 ]; then chown "$2:$(id -gn "$2")" "$1.new" || exit; fi
[ -d "$1" ] && rmdir "$1.new" || mv -T "$1.new" "$1"`
