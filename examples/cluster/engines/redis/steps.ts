import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationContext, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema, type Instance } from '../../cluster.ts'
import type { Access } from '../engine.ts'
import { addressOf, listNodes, withRedis, type Node } from './query.ts'

/*
 * What makes one cluster of several Redis processes. Each step asks the nodes whether it is done, so what was cut off is looked
 * up and finished. What one node was told reaches the others by gossip, within a second or two.
 */

const POLL_MS = 100
const POLLS_A_WORD = 20
const password = z.string().exactOptional()
const instances = z.array(instanceSchema)

const join = z.strictObject({ instance: instanceSchema, seed: instanceSchema, members: instances, password })
const assign = z.strictObject({ instance: instanceSchema, from: z.number(), to: z.number(), password })
const follow = z.strictObject({ instance: instanceSchema, shard: instances, password })
const promote = z.strictObject({
  instance: instanceSchema,
  /** Those that are about to leave: where none of them is primary, nothing has to be done. */
  leaving: instances.exactOptional(),
  password,
})
const forget = z.strictObject({ instance: instanceSchema, members: instances, password })

/** Makes a node known to the others. */
export const joinCluster = {
  schema: join,
  describe: ({ instance, seed }) => `let ${seed.name} meet ${instance.name}`,
  expects: ({ instance }) => [{ subject: `node ${instance.name}`, action: 'create' }],
  estimate: () => ({ durationMs: 1_000 }),
  isDone: async ({ instance, seed, password }, { signal }) => (await knows(seed, instance, { password, signal })) && knows(instance, seed, { password, signal }),
  run: async ({ instance, seed, password }, context) => {
    const access = { password, signal: context.signal }
    await withRedis(seed, access, (client) => client.call('CLUSTER', 'MEET', instance.host.address, String(instance.port)))
    await poll(async () => (await knows(seed, instance, access)) && knows(instance, seed, access), context)
    return { changes: [{ subject: `node ${instance.name}`, action: 'create' }] }
  },
  undo: ({ instance, members, password }, context) => forgetNode.run({ instance, members, ...(password !== undefined && { password }) }, context),
} satisfies OperationDefinition<typeof join>

/** Gives a shard its part of the 16,384 slots. */
export const assignSlots = {
  schema: assign,
  describe: ({ instance, from, to }) => `give ${instance.name} the slots ${from} to ${to}`,
  expects: ({ instance, from, to }) => [{ subject: `slots ${from}-${to}`, action: 'create', after: instance.name }],
  estimate: () => ({ durationMs: 100 }),
  isDone: async ({ instance, from, to, password }, { signal }) => (await selfOf(instance, { password, signal })).slots === to - from + 1,
  run: async ({ instance, from, to, password }, { signal }) => {
    await withRedis(instance, { password, signal }, (client) => client.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to)))
    return { changes: [{ subject: `slots ${from}-${to}`, action: 'create', after: instance.name }] }
  },
  undo: async ({ instance, from, to, password }, { signal }) => void (await withRedis(instance, { password, signal }, (client) => client.call('CLUSTER', 'DELSLOTSRANGE', String(from), String(to)))),
} satisfies OperationDefinition<typeof assign>

/** Makes a node a replica of whoever is primary of its shard. */
export const followPrimary = {
  schema: follow,
  describe: ({ instance }) => `make ${instance.name} a replica of shard ${instance.shard ?? ''}`,
  expects: ({ instance }) => [{ subject: `replica ${instance.name}`, action: 'create' }],
  estimate: () => ({ durationMs: 1_500 }),
  isDone: async ({ instance, shard, password }, { signal }) => {
    const access = { password, signal }
    const self = await selfOf(instance, access)
    return self.primaryId !== undefined && self.primaryId === (await primaryOf(shard, access))?.id
  },
  run: async ({ instance, shard, password }, context) => {
    const access = { password, signal: context.signal }
    await poll(async () => {
      const primary = await primaryOf(shard, access)
      if (primary === undefined || !(await withRedis(instance, access, listNodes)).some(({ id }) => id === primary.id)) return false
      await withRedis(instance, access, (client) => client.call('CLUSTER', 'REPLICATE', primary.id))
      return true
    }, context)
    return { changes: [{ subject: `replica ${instance.name}`, action: 'create' }] }
  },
  // It knows nobody then, and the others forget it when its joining is taken back.
  undo: async ({ instance, password }, { signal }) => void (await withRedis(instance, { password, signal }, (client) => client.call('CLUSTER', 'RESET', 'SOFT'))),
} satisfies OperationDefinition<typeof follow>

/** Makes a replica the primary, without losing a write: the old one stops taking them until the new one has all. */
export const failOver = {
  schema: promote,
  describe: ({ instance }) => `make ${instance.name} the primary of shard ${instance.shard ?? ''}`,
  expects: ({ instance }) => [{ subject: `primary ${instance.name}`, action: 'update' }],
  estimate: () => ({ durationMs: 1_500 }),
  isDone: async ({ instance, leaving, password }, { signal }) => {
    const access = { password, signal }
    if (leaving === undefined) return (await selfOf(instance, access)).isPrimary
    return (await Promise.all(leaving.map((each) => selfOf(each, access)))).every(({ isPrimary }) => !isPrimary)
  },
  run: async ({ instance, password }, context) => {
    const access = { password, signal: context.signal }
    await withRedis(instance, access, (client) => client.call('CLUSTER', 'FAILOVER'))
    await poll(async () => (await selfOf(instance, access)).isPrimary, context)
    return { changes: [{ subject: `primary ${instance.name}`, action: 'update' }] }
  },
  // Which of them is primary is nothing that was declared: the shard is as good as before.
  undo: async () => undefined,
} satisfies OperationDefinition<typeof promote>

/** Lets all others forget a node, all within the minute in which they would tell each other of it. */
export const forgetNode = {
  schema: forget,
  describe: ({ instance }) => `let the others forget ${instance.name}`,
  expects: ({ instance }) => [{ subject: `node ${instance.name}`, action: 'delete' }],
  estimate: () => ({ durationMs: 200 }),
  isDone: async ({ instance, members, password }, { signal }) => (await Promise.all(members.map((member) => find(member, instance, { password, signal })))).every((node) => node === undefined),
  run: async ({ instance, members, password }, { signal }: Pick<OperationContext, 'signal'>) => {
    const access = { password, signal }
    await Promise.all(
      members.map(async (member) => {
        const node = await find(member, instance, access)
        if (node !== undefined && !node.isMyself) await withRedis(member, access, (client) => client.call('CLUSTER', 'FORGET', node.id))
      }),
    )
    return { changes: [{ subject: `node ${instance.name}`, action: 'delete' as const }] }
  },
} satisfies OperationDefinition<typeof forget>

async function find(member: Instance, instance: Instance, access: Access): Promise<Node | undefined> {
  return (await withRedis(member, access, listNodes)).find(({ address }) => address === addressOf(instance))
}

async function knows(member: Instance, instance: Instance, access: Access): Promise<boolean> {
  const node = await find(member, instance, access)
  return node !== undefined && !node.isDoubtful
}

async function selfOf(instance: Instance, access: Access): Promise<Node> {
  const self = (await withRedis(instance, access, listNodes)).find(({ isMyself }) => isMyself)
  if (self === undefined) throw new Error(`${instance.name} does not know itself`)
  return self
}

/** Who is primary of a shard right now, by those of its members that answer. */
export async function primaryOf(shard: readonly Instance[], access: Access): Promise<Node | undefined> {
  const nodes = await Promise.all(shard.map((member) => selfOf(member, access).catch(() => undefined)))
  const primaries = nodes.filter((node) => node?.isPrimary === true)
  // One that has slots, where a new one has none yet.
  return primaries.find((node) => (node?.slots ?? 0) > 0) ?? primaries[0]
}

/** Until it is so; the operation's own timeout ends it. A node that does not answer for a moment is asked again, and people hear of it. */
export async function poll(isSo: () => Promise<boolean>, { signal, progress }: Pick<OperationContext, 'signal' | 'progress'>): Promise<void> {
  for (let attempts = 1; ; attempts++) {
    try {
      if (await isSo()) return
    } catch (error) {
      signal.throwIfAborted()
      if (attempts % POLLS_A_WORD === 0) progress((error as Error).message)
    }
    await sleep(POLL_MS, undefined, { signal })
  }
}
