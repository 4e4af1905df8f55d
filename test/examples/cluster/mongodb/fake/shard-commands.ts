import { refuseUnless } from './refusal.ts'
import type { Command } from './server.ts'
import { hasMajority, type World } from './world.ts'

/** How many chunks the balancer moves between two questions. */
const CHUNKS_AT_ONCE = 2

/** Commands of routers, with the refusals of real ones. */
export const shardCommands: Readonly<Record<string, Command>> = {
  listShards: (_, __, { shards }) => ({ shards: shards.map(({ _id, host, draining }) => ({ _id, host, state: 1, ...(draining === true && { draining }) })) }),
  addShard: ({ addShard: seed, name }, _, world) => {
    const [setName = '', hosts = ''] = String(seed).split('/')
    const set = world.sets[setName]
    const known = world.shards.find(({ _id }) => _id === name)
    // The same once more is no fault; the same name for something else is one.
    if (known !== undefined && known.host.startsWith(`${setName}/`)) return { shardAdded: known._id }
    refuseUnless(known === undefined && !world.shards.some(({ host }) => host.startsWith(`${setName}/`)), 20, 'IllegalOperation', `A shard named ${String(name)} or of the set ${setName} exists already with other options`)
    refuseUnless(set?.primary !== undefined, 133, 'FailedToSatisfyReadPreference', `Could not find host matching read preference { mode: "primary" } for set ${setName}`)
    for (const host of hosts.split(',')) refuseUnless(set.config.members.some((member) => member.host === host), 96, 'OperationFailed', `in seed list ${String(seed)}, host ${host} does not belong to replica set ${setName}`)
    refuseUnless(set.config.members.every(({ host }) => world.processes[host]?.role === 'shardsvr'), 193, 'NoShardingEnabled', 'Cannot accept sharding commands if not started with --shardsvr')
    world.shards.push({ _id: String(name), host: `${setName}/${set.config.members.map(({ host }) => host).join(',')}`, chunks: 0, databases: [] })
    return { shardAdded: String(name) }
  },
  removeShard: ({ removeShard: name }, _, world) => {
    const shard = world.shards.find(({ _id }) => _id === name)
    refuseUnless(shard, 70, 'ShardNotFound', `Shard ${String(name)} does not exist`)
    const note = shard.databases.length > 0 ? { note: 'you need to call movePrimary for these databases', dbsToMove: shard.databases } : { dbsToMove: [] }
    if (shard.draining !== true) {
      refuseUnless(world.shards.some((other) => other !== shard && other.draining !== true), 20, 'IllegalOperation', "Can't remove last shard")
      shard.draining = true
      return { msg: 'draining started successfully', state: 'started', shard: shard._id, ...note }
    }
    if (world.balancer === 'full') shard.chunks = Math.max(0, shard.chunks - CHUNKS_AT_ONCE)
    if (shard.chunks > 0 || shard.databases.length > 0) return { msg: 'draining ongoing', state: 'ongoing', remaining: { chunks: shard.chunks, dbs: shard.databases.length, jumboChunks: 0 }, ...note }
    world.shards = world.shards.filter((other) => other !== shard)
    return { msg: 'removeshard completed successfully', state: 'completed', shard: shard._id }
  },
  balancerStatus: (_, __, { balancer }) => ({ mode: balancer, inBalancerRound: false, numBalancerRounds: 0 }),
  balancerStart: (_, __, world) => turn(world, 'full'),
  balancerStop: (_, __, world) => turn(world, 'off'),
}

function turn(world: World, mode: World['balancer']): Record<string, never> {
  const configs = Object.values(world.sets).find(({ config }) => config.configsvr === true)
  refuseUnless(configs && hasMajority(world, configs.config.members), 133, 'FailedToSatisfyReadPreference', 'Could not find host matching read preference { mode: "primary" } for the config servers')
  world.balancer = mode
  return {}
}
