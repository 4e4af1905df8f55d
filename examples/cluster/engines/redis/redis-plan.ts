import type { DeclaredOperation } from 'convergent/operations'
import type { Cluster, Instance } from '../../cluster.ts'
import { declare } from '../../operations/operations.ts'
import type { EnginePlan, RollingStep } from '../../plans/engine-plan.ts'
import { addressesOf, secretOf, startAndWait } from '../../plans/steps.ts'

const SLOTS = 16_384

/** All processes start at once; then they meet, share the slots, and replicas find their primaries. */
export const redisPlan: EnginePlan = {
  bringUp: (cluster, fresh) => {
    const start = fresh.flatMap((instance) => startAndWait(cluster, instance))
    if (cluster.topology === 'standalone') return { start, initialise: [] }
    const old = cluster.instances.filter((instance) => !fresh.includes(instance))
    const seed = (old[0] ?? fresh[0]) as Instance
    const joins = fresh.filter((instance) => instance !== seed).map((instance) => declare.joinCluster(instance.name, { instance, seed, members: cluster.instances.filter((other) => other !== instance), ...secretOf(cluster) }))
    const slots = old.length === 0 ? shareSlots(cluster, joins) : []
    const replicas = fresh.filter(({ role }) => role === 'replica').map((instance) => declare.followPrimary(instance.name, { instance, shard: membersOf(cluster, instance.shard), ...secretOf(cluster) }, { dependsOn: addressesOf([...joins, ...slots]) }))
    const before = shardsOf(old)
    const after = shardsOf(cluster.instances)
    const moves = old.length === 0 || before.length === after.length ? [] : [declare.rebalance(cluster.name, { members: cluster.instances, shards: after, before, ...secretOf(cluster) }, { dependsOn: addressesOf([...joins, ...replicas]) })]
    return { start, initialise: [...joins, ...slots, ...replicas, ...moves] }
  },
  takeOut: (cluster, gone) => {
    const members = cluster.instances
    const leavingOf = ({ shard }: Instance): Instance[] => gone.filter((instance) => instance.shard === shard)
    const after = gone.map((instance) => declare.forgetNode(instance.name, { instance, members, ...secretOf(cluster) }))
    const all = [...members, ...gone]
    const kept = shardsOf(members)
    const empties = shardsOf(all).length > kept.length
    // A shard that stays: where whoever leaves is its primary at that moment, one of those that stay takes over.
    const heirs = kept.flatMap((shard) => membersOf(cluster, shard).slice(0, 1)).filter((instance) => leavingOf(instance).length > 0)
    return {
      before: [
        ...heirs.map((instance) => declare.failOver(instance.name, { instance, leaving: leavingOf(instance), ...secretOf(cluster) })),
        ...(empties ? [declare.rebalance(`${cluster.name} without ${shardsOf(gone).filter((shard) => !kept.includes(shard)).join(', ')}`, { members: all, shards: kept, before: shardsOf(all), ...secretOf(cluster) })] : []),
      ],
      after,
    }
  },
  startOrder: ({ instances }) => [instances],
  stopOrder: ({ instances }) => [instances.filter(({ role }) => role === 'replica'), instances.filter(({ role }) => role !== 'replica')],
  // Within a shard the replicas first; then one of them takes over, and the old primary comes back as a replica.
  rollOver: (cluster, answers) =>
    shardsOf(cluster.instances).flatMap((shard): readonly RollingStep[] => {
      const members = membersOf(cluster, shard)
      const primary = members.find(({ name }) => answers.get(name)?.role === 'primary') ?? (members[0] as Instance)
      const replicas = members.filter((instance) => instance !== primary)
      const [heir] = replicas
      const before: readonly DeclaredOperation[] = heir === undefined ? [] : [declare.failOver(heir.name, { instance: heir, ...secretOf(cluster) })]
      return [...replicas.map((instance) => ({ instance, before: [], after: [] })), { instance: primary, before, after: [] }]
    }),
  finishUpgrade: () => [],
}

function shareSlots(cluster: Cluster, joins: readonly DeclaredOperation[]): readonly DeclaredOperation[] {
  const primaries = cluster.instances.filter(({ role }) => role === 'primary')
  const edge = (at: number): number => Math.round((SLOTS * at) / primaries.length)
  return primaries.map((instance, at) => declare.assignSlots(instance.shard ?? instance.name, { instance, from: edge(at), to: edge(at + 1) - 1, ...secretOf(cluster) }, { dependsOn: addressesOf(joins) }))
}

/** Shards by name, in the order of the topology; a standalone instance is one without a name. */
function shardsOf(instances: readonly Instance[]): string[] {
  return [...new Set(instances.map(({ shard = '' }) => shard))]
}

function membersOf({ instances }: Cluster, shard = ''): Instance[] {
  return instances.filter((instance) => (instance.shard ?? '') === shard)
}
