import type { DeclaredOperation } from 'convergent/operations'
import type { Cluster, Instance } from '../../cluster.ts'
import { declare } from '../../operations/operations.ts'
import type { EnginePlan, RollingStep } from '../../plans/engine-plan.ts'
import { chain, startAndWait } from '../../plans/steps.ts'
import type { Answer } from '../engine.ts'
import { replicaSetsOf, routersOf, type ReplicaSet } from './replica-sets.ts'
import { seriesOf } from './series.ts'

/** Processes start; sets are made of them, and shards of sets. A router comes up once the config servers are a set: it would wait for them. */
export const mongodbPlan: EnginePlan = {
  bringUp: (cluster, fresh) => {
    const isFresh = (instance: Instance): boolean => fresh.includes(instance)
    const servers = fresh.filter(({ role }) => role !== 'router').flatMap((instance) => {
      const make = declare.makeDataDirectory(instance.name, { instance })
      return [make, ...startAndWait(cluster, instance, [make])]
    })
    const sets = replicaSetsOf(cluster)
    const whole = sets.filter(({ members }) => members.every(isFresh))
    const configs = whole.filter(({ isConfig }) => isConfig).map((set) => initiate(cluster, set, set.members.map(({ name }) => `waitForProcess/${name}`)))
    const routers = routersOf(fresh).flatMap((instance) => startAndWait(cluster, instance, configs))
    const shards = whole.filter(({ isConfig }) => !isConfig).map((set) => initiate(cluster, set, []))
    const added = whole.filter(({ shard }) => shard !== undefined).map((set) => declare.addShard(set.shard ?? '', describeShard(cluster, set), { dependsOn: [`initiateReplicaSet/${set.name}`] }))
    return { start: [...servers, ...configs, ...routers], initialise: [...shards, ...chain(added), ...sets.filter((set) => !whole.includes(set)).flatMap((set) => addMembers(cluster, set, set.members.filter(isFresh)))] }
  },
  // While all still run: a set that has lost half of its members could not agree on being smaller.
  takeOut: (cluster, gone) => {
    const sets = replicaSetsOf(cluster, [...cluster.instances, ...gone])
    const before = sets.flatMap((set): readonly DeclaredOperation[] => {
      const left = set.members.filter((member) => !gone.includes(member))
      if (left.length === 0 && set.shard !== undefined) return [declare.removeShard(set.shard, describeShard(cluster, set))]
      return set.members.filter((member) => gone.includes(member)).map((instance) => declare.removeMember(instance.name, { set: set.name, instance, others: [...left], waitMs: cluster.waitMs }))
    })
    return { before: chain(before), after: [] }
  },
  startOrder: ({ instances }) => [ofRole(instances, 'config'), instances.filter(({ role }) => role === 'primary' || role === 'replica'), routersOf(instances)],
  // Who follows is stopped before whom it follows: nobody is elected for a moment.
  stopOrder: ({ instances }) => [routersOf(instances), ofRole(instances, 'replica'), ofRole(instances, 'primary'), ofRole(instances, 'config').slice(1), ofRole(instances, 'config').slice(0, 1)],
  rollOver: (cluster, answers) => {
    const alone = cluster.topology === 'standalone' ? cluster.instances : []
    const steps = [...[...alone].map(plain), ...replicaSetsOf(cluster).flatMap((set) => rollSet(cluster, set, answers)), ...routersOf(cluster.instances).map(plain)]
    return isBalanced(cluster, answers) ? withoutBalancer(cluster, steps) : steps
  },
  finishUpgrade: (cluster) => {
    const { version } = cluster.binary
    // What is not downloaded yet is called by its checksum.
    const isKnown = /^\d+\.\d+(\.|$)/.test(version)
    return [declare.setFeatureCompatibility(cluster.name, { ...(isKnown && { version: seriesOf(version) }), members: cluster.instances.filter(({ role }) => role !== 'router'), routers: [...routersOf(cluster.instances)], waitMs: cluster.waitMs })]
  },
}

function initiate({ waitMs }: Cluster, { name, members, isConfig }: ReplicaSet, dependsOn: readonly string[]): DeclaredOperation {
  return declare.initiateReplicaSet(name, { set: name, members: [...members], isConfig, waitMs }, { dependsOn })
}

/** One after the other: a set takes one change of its voters at a time. */
function addMembers({ waitMs }: Cluster, { name: set, members }: ReplicaSet, fresh: readonly Instance[]): readonly DeclaredOperation[] {
  return chain(fresh.map((instance) => declare.addMember(instance.name, { set, instance, others: members.filter((other) => other !== instance), waitMs })))
}

function describeShard({ instances, waitMs }: Cluster, { shard = '', name: set, members }: ReplicaSet): Parameters<typeof declare.addShard>[1] {
  return { shard, set, members: [...members], routers: [...routersOf(instances)], waitMs }
}

/** Those that follow first; then the primary hands over, and comes back as one of them. */
function rollSet({ waitMs }: Cluster, { name: set, members }: ReplicaSet, answers: ReadonlyMap<string, Answer>): readonly RollingStep[] {
  const primary = members.find(({ name }) => answers.get(name)?.details['isPrimary'] === true) ?? (members[0] as Instance)
  const others = members.filter((member) => member !== primary)
  return [...others.map(plain), { instance: primary, before: others.length === 0 ? [] : [declare.stepDown(primary.name, { set, instance: primary, others, waitMs })], after: [] }]
}

/** A balancer that is off already was stopped by somebody, who will start it again. */
function isBalanced({ instances }: Cluster, answers: ReadonlyMap<string, Answer>): boolean {
  return routersOf(instances).some(({ name }) => answers.get(name)?.details['isBalanced'] === true)
}

function withoutBalancer({ name, instances, waitMs }: Cluster, steps: readonly RollingStep[]): readonly RollingStep[] {
  const params = { routers: [...routersOf(instances)], waitMs }
  return steps.map((step, at) => ({
    ...step,
    before: at === 0 ? [declare.stopBalancer(name, params), ...step.before] : step.before,
    after: at === steps.length - 1 ? [...step.after, declare.startBalancer(name, params)] : step.after,
  }))
}

function plain(instance: Instance): RollingStep {
  return { instance, before: [], after: [] }
}

function ofRole(instances: readonly Instance[], role: Instance['role']): readonly Instance[] {
  return instances.filter((instance) => instance.role === role)
}

