import type { OperationContext, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema, type Instance } from '../../cluster.ts'
import type { HostReply } from '../../hosts/host.ts'
import { hostOf } from '../../hosts/shared-hosts.ts'
import type { Access } from '../engine.ts'
import { addressOf, listNodes, withRedis } from './query.ts'
import { poll, primaryOf } from './steps.ts'

const SLOTS = 16_384
/** What `redis-cli` leaves as it is, and some more. */
const TOLERANCE = 0.05
const ATTEMPTS = 5

const schema = z.strictObject({
  /** All that are in the cluster while slots are moved. */
  members: z.array(instanceSchema),
  /** Shards that have slots afterwards. */
  shards: z.array(z.string()),
  /** Shards that had them before: what taking it back leads to. */
  before: z.array(z.string()),
  password: z.string().exactOptional(),
})

type Params = z.infer<typeof schema>

/** Moves slots, with all that is in them, until every shard has an equal part; while it does, the cluster answers. */
export const rebalance = {
  schema,
  describe: ({ shards }) => `move slots, so that ${shards.join(', ')} have equal parts`,
  expects: ({ shards }) => [{ subject: `slots of ${shards.join(', ')}`, action: 'update' }],
  estimate: () => ({ durationMs: 20_000, basis: ['an empty cluster; what is in the slots comes on top'] }),
  timeoutMs: 3_600_000,
  isDone: (params, { signal }) => isBalanced(params, params.shards, signal),
  run: async (params, context) => {
    await balance(params, params.shards, context)
    return { changes: [{ subject: `slots of ${params.shards.join(', ')}`, action: 'update' }] }
  },
  undo: async (params, context) => balance(params, params.before, context),
} satisfies OperationDefinition<typeof schema>

async function isBalanced(params: Params, shards: readonly string[], signal: AbortSignal): Promise<boolean> {
  const access = { password: params.password, signal }
  const nodes = (await Promise.all(params.members.map((member) => withRedis(member, access, listNodes)))).flat()
  if (nodes.some(({ isMoving }) => isMoving)) return false
  const parts = (await listPrimaries(params.members, access)).filter(({ shard }) => shards.includes(shard))
  const equal = SLOTS / shards.length
  return parts.reduce((sum, { slots }) => sum + slots, 0) === SLOTS && parts.every(({ slots }) => Math.abs(slots - equal) <= equal * TOLERANCE)
}

async function balance(params: Params, shards: readonly string[], context: OperationContext): Promise<undefined> {
  const { signal, print, progress } = context
  const access = { password: params.password, signal }
  const seed = params.members[0] as Instance
  const programs = seed.programs
  // Only the process that asks reads the password: arguments are for everybody to see. Without a terminal it prints no colours.
  const command = (...args: readonly string[]): Promise<HostReply> =>
    hostOf(seed.host).run(['sh', '-c', 'IFS= read -r password; if [ -n "$password" ]; then REDISCLI_AUTH=$password; export REDISCLI_AUTH; fi; unset TERM; exec "$@" >&2', 'sh', `${programs}/redis-cli`, '--no-auth-warning', '--cluster', ...args, '--cluster-yes'], { signal, stdin: `${params.password ?? ''}\n` })
  for (let attempts = 1; ; attempts++) {
    progress('waiting until all nodes agree')
    await poll(() => agree(params.members, access), context)
    try {
      // Slots that were on their way when it was cut off.
      progress('closing what was left open')
      print((await command('fix', addressOf(seed))).stderr)
      const parts = await listPrimaries(params.members, access)
      const weights = parts.map(({ shard, id }) => `${id}=${shards.includes(shard) ? 1 : 0}`)
      progress('moving slots')
      print((await command('rebalance', addressOf(seed), '--cluster-use-empty-masters', '--cluster-threshold', '1', '--cluster-weight', ...weights)).stderr)
      break
    } catch (error) {
      // It stops at the first thing that it does not like, such as a node that says something else for a moment; what it moved stays moved.
      if (attempts === ATTEMPTS) throw error
      print(`${(error as Error).message}\n`)
    }
  }
  await poll(() => isBalanced(params, shards, signal), context)
}

/** True when gossip has reached everybody: all say the same of all. */
async function agree(members: readonly Instance[], access: Access): Promise<boolean> {
  const views = await Promise.all(
    members.map(async (member) => {
      const nodes = await withRedis(member, access, listNodes)
      if (nodes.length < members.length || nodes.some(({ isDoubtful }) => isDoubtful)) return undefined
      return nodes.map(({ id, primaryId = '', ranges }) => `${id} ${primaryId} ${ranges}`).sort().join('\n')
    }),
  )
  return views.every((view) => view !== undefined && view === views[0])
}

/** The primary of each shard. */
async function listPrimaries(members: readonly Instance[], access: Access): Promise<readonly { readonly shard: string; readonly id: string; readonly slots: number }[]> {
  const shards = [...new Set(members.map(({ shard = '' }) => shard))]
  return Promise.all(
    shards.map(async (shard) => {
      const primary = await primaryOf(members.filter((member) => member.shard === shard), access)
      if (primary === undefined) throw new Error(`shard ${shard} has no primary that answers; see what status says`)
      return { shard, id: primary.id, slots: primary.slots }
    }),
  )
}
