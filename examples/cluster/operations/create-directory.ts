import type { Check, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { hostSchema } from '../cluster.ts'
import { hostOf } from '../hosts/shared-hosts.ts'

const schema = z.strictObject({
  host: hostSchema,
  path: z.string(),
  /** Whose it is: nothing of another cluster is ever taken, or removed. */
  cluster: z.string(),
  user: z.string().exactOptional(),
})

type Params = z.infer<typeof schema>

/** The file that says whose a directory is. */
export const OWNER_FILE = '.cluster'

const isFree: Check<Params> = {
  name: 'directory',
  run: async (params, { signal }) => {
    const found = await look(params, signal)
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
  isDone: async (params, { signal }) => (await look(params, signal)) === params.cluster,
  run: async ({ host, path, cluster, user = '' }, { signal }) => {
    const { stdout } = await hostOf(host).run(['sh', '-c', MAKE, 'sh', path, cluster, user, OWNER_FILE], { signal })
    return { value: { parents: stdout.split('\n').filter((line) => line !== '') }, changes: [{ subject: `directory ${path}`, action: 'create' }] }
  },
  undo: async ({ host, path, cluster }, { signal, result }) => {
    const { parents = [] } = (result.value ?? {}) as { readonly parents?: readonly string[] }
    await hostOf(host).run(['sh', '-c', REMOVE, 'sh', path, cluster, OWNER_FILE, ...parents], { signal })
  },
} satisfies OperationDefinition<typeof schema>

async function look({ host, path }: Params, signal: AbortSignal): Promise<string> {
  const { stdout } = await hostOf(host).run(['sh', '-c', LOOK, 'sh', path, OWNER_FILE], { signal })
  return stdout.trim()
}

const LOOK = 'if [ -f "$1/$2" ]; then cat "$1/$2"; elif [ ! -e "$1" ]; then echo absent; elif [ -d "$1" ] && [ -z "$(ls -A "$1")" ]; then echo empty; else echo foreign; fi'

/** Prints the parents that were missing, the inner ones first: whoever takes it back removes them too, where nothing else came into them. */
const MAKE = `umask 022
parent=$(dirname "$1")
while [ ! -d "$parent" ]; do echo "$parent"; parent=$(dirname "$parent"); done
mkdir -p "$1" || exit
chmod 750 "$1"
printf '%s\\n' "$2" >"$1/$4.new" && sync "$1/$4.new" && mv "$1/$4.new" "$1/$4" || exit
if [ -n "$3" ] && [ "$(id -u)" = 0 ]; then chown "$3:$(id -gn "$3")" "$1"; fi`

/** Removes nothing that is of somebody else. The file that says so goes last: what is cut off is begun anew. */
export const REMOVE = `path=$1 cluster=$2 owner=$3
shift 3
if [ -e "$path" ]; then
  if [ -n "$(ls -A "$path")" ] && [ "$(cat "$path/$owner" 2>/dev/null)" != "$cluster" ]; then echo "$path is not of cluster $cluster: it is left as it is" >&2; exit 1; fi
  find "$path" -mindepth 1 -maxdepth 1 ! -name "$owner" -exec rm -rf {} +
  rm -f "$path/$owner"
  rmdir "$path" || exit
fi
for parent in "$@"; do rmdir "$parent" 2>/dev/null; done
exit 0`
