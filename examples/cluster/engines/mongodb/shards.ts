import { setTimeout as sleep } from 'node:timers/promises'
import type { Document } from 'mongodb'
import type { Check, OperationContext, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema, type Instance } from '../../cluster.ts'
import { codeOf, isSilence, REFUSALS } from './ask.ts'
import { seedOf } from './replica-sets.ts'
import { askRouter } from './routers.ts'
import { untilSo } from './until-so.ts'

/** What is empty leaves at once; what is moved takes minutes. */
const FIRST_POLL_MS = 50
const LAST_POLL_MS = 1_000
const ADD_MS = 60_000

const schema = z.strictObject({
  shard: z.string(),
  /** The name of its replica set. */
  set: z.string(),
  members: z.array(instanceSchema).min(1),
  routers: z.array(instanceSchema).min(1),
  waitMs: z.number(),
})

type Params = z.infer<typeof schema>

/** Without it nothing ever leaves a shard. */
const isBalanced: Check<Params> = {
  name: 'balancer',
  run: async ({ shard, routers }, { signal }) => {
    const { mode } = await askRouter(routers, { balancerStatus: 1 }, signal)
    return mode === 'off' ? `the balancer is off, so nothing would leave shard ${shard}; start it with sh.startBalancer()` : undefined
  },
}

/** Makes a replica set a shard: it gets its part of what is sharded. */
export const addShard = {
  schema,
  describe: ({ shard, set }) => `make ${set} the shard ${shard}`,
  expects: ({ shard }) => [{ subject: `shard ${shard}`, action: 'create' }],
  estimate: () => ({ durationMs: 2_000 }),
  timeoutMs: 900_000,
  isDone: async (params, { signal }) => {
    try {
      return (await findShard(params, signal)) !== undefined
    } catch (error) {
      // Where no router runs yet, there is no shard yet.
      if (isSilence(error)) return false
      throw error
    }
  },
  run: async (params, { signal }) => {
    const { shard, routers, waitMs } = params
    await untilSo(waitMs, signal, async () => {
      if ((await findShard(params, signal)) !== undefined) return undefined
      await askRouter(routers, { addShard: seedOf({ name: params.set, members: params.members }), name: shard }, signal, ADD_MS)
      return `no router knows shard ${shard} yet`
    })
    return { changes: [{ subject: `shard ${shard}`, action: 'create' }] }
  },
  undo: async (params, context) => drain(params, context, { keepLast: true }),
} satisfies OperationDefinition<typeof schema>

/** Lets a shard give all that it has to the others, and takes it out. There is no way back: its processes would have to begin with empty directories. */
export const removeShard = {
  schema,
  describe: ({ shard }) => `let the other shards take over what is in ${shard}, and take it out`,
  expects: ({ shard }) => [{ subject: `shard ${shard}`, action: 'delete' }],
  estimate: () => ({ durationMs: 10_000, basis: ['an empty shard; what is in it is moved, at the pace of the balancer'] }),
  checks: [isBalanced],
  timeoutMs: 86_400_000,
  isDone: async (params, { signal }) => (await findShard(params, signal)) === undefined,
  run: async (params, context) => {
    await drain(params, context, { keepLast: false })
    return { changes: [{ subject: `shard ${params.shard}`, action: 'delete' }] }
  },
} satisfies OperationDefinition<typeof schema>

async function findShard({ shard, set, routers }: Params, signal: AbortSignal): Promise<Document | undefined> {
  const { shards } = await askRouter(routers, { listShards: 1 }, signal)
  const found = (shards as readonly Document[]).find(({ _id }) => _id === shard)
  if (found !== undefined && !String(found['host']).startsWith(`${set}/`)) throw new Error(`shard ${shard} is ${String(found['host'])}, expected is the set ${set}; take it out, or give the shard another name`)
  return found
}

/** The command begins it, and when it is given again it says how far that is: it may be given as often as one likes. */
async function drain({ waitMs, ...params }: Params, { signal, progress }: Pick<OperationContext, 'signal' | 'progress'>, { keepLast }: { readonly keepLast: boolean }): Promise<undefined> {
  const { shard, routers } = params
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(2 * pollMs, LAST_POLL_MS)) {
    let reply: Document | 'gone' | 'last' | undefined
    // A router that restarts, a config server that is elected: only for so long.
    await untilSo(waitMs, signal, async () => void (reply = await askToLeave(shard, routers, signal)))
    if (reply === undefined || reply === 'gone') return
    if (reply === 'last') {
      // Of a cluster that is taken back as a whole: there is nobody who could take over.
      if (keepLast) return
      throw new Error(`${shard} is the last shard: nobody could take over what it has; destroy the cluster instead`)
    }
    if (reply['state'] === 'completed') return
    refuseDatabases(shard, reply)
    progress(`${shard}: ${String(reply['remaining']?.['chunks'] ?? 'all')} chunks are to be moved`)
    await sleep(pollMs, undefined, { signal })
  }
}

async function askToLeave(shard: string, routers: readonly Instance[], signal: AbortSignal): Promise<Document | 'gone' | 'last'> {
  try {
    return await askRouter(routers, { removeShard: shard }, signal)
  } catch (error) {
    const code = codeOf(error)
    if (code === REFUSALS.shardNotFound) return 'gone'
    if (code === REFUSALS.illegalOperation) return 'last'
    throw error
  }
}

/** Where a database is at home is moved by no balancer; while it is moved, its writes may fail. That is for somebody to decide. */
function refuseDatabases(shard: string, reply: Document): void {
  const databases = (reply['dbsToMove'] ?? []) as readonly string[]
  const isDrained = Number(reply['remaining']?.['chunks'] ?? Number.NaN) === 0
  if (databases.length === 0 || !isDrained) return
  throw new Error(`shard ${shard} has given away what is sharded, and is still the home of ${databases.join(', ')}; move each with { movePrimary: "${databases[0]}", to: "another shard" } when its writers can wait, then resume`)
}
