import type { Cluster, Instance } from '../../cluster.ts'
import { addressOf } from './ask.ts'

/** Instances that have the same data. */
export interface ReplicaSet {
  readonly name: string
  /** The shard that it is; absent: it is all of the data, or the configuration of a sharded cluster. */
  readonly shard?: string
  readonly isConfig: boolean
  /** The one that is declared primary first; of config servers the first. */
  readonly members: readonly Instance[]
}

/** The replica sets of a cluster, in the order in which they come up: config servers before shards. A standalone instance and routers are of none. */
export function replicaSetsOf(cluster: Cluster, instances: readonly Instance[] = cluster.instances): readonly ReplicaSet[] {
  if (cluster.topology === 'standalone') return []
  if (cluster.topology === 'replica-set') return [{ name: cluster.name, isConfig: false, members: primaryFirst(instances) }]
  const configs = instances.filter(({ role }) => role === 'config')
  const data = instances.filter(isData)
  const shards = [...new Set(data.map(({ shard = '' }) => shard))]
  return [
    ...(configs.length > 0 ? [{ name: `${cluster.name}-config`, isConfig: true, members: configs }] : []),
    ...shards.map((shard) => ({ name: `${cluster.name}-${shard}`, shard, isConfig: false, members: primaryFirst(data.filter((each) => each.shard === shard)) })),
  ]
}

/** The set that an instance is of. */
export function replicaSetOf(cluster: Cluster, instance: Instance): ReplicaSet | undefined {
  const all = cluster.instances.some(({ name }) => name === instance.name) ? cluster.instances : [...cluster.instances, instance]
  return replicaSetsOf(cluster, all).find(({ members }) => members.some(({ name }) => name === instance.name))
}

/** `set/host:port,host:port`: how a router and `addShard` are told of a set. */
export function seedOf({ name, members }: Pick<ReplicaSet, 'name' | 'members'>): string {
  return `${name}/${members.map(addressOf).join(',')}`
}

export function routersOf(instances: readonly Instance[]): readonly Instance[] {
  return instances.filter(({ role }) => role === 'router')
}

function isData({ role }: Instance): boolean {
  return role === 'primary' || role === 'replica'
}

function primaryFirst(instances: readonly Instance[]): readonly Instance[] {
  return [...instances.filter(({ role }) => role === 'primary'), ...instances.filter(({ role }) => role !== 'primary')]
}
