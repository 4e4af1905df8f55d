import { describe, expect, it } from 'vitest'
import { mongodbPlan } from '../../../../examples/cluster/engines/mongodb/mongodb-plan.ts'
import { mongodbSteps } from '../../../../examples/cluster/engines/mongodb/mongodb-steps.ts'
import type { Answer } from '../../../../examples/cluster/engines/engine.ts'
import type { Cluster } from '../../../../examples/cluster/cluster.ts'
import { clusterOf, SET, SHARDED } from './topologies.ts'

type Declared = ReturnType<typeof mongodbPlan.bringUp>['start'][number]

/** One line each: what, with what of it comes first. Parameters are what the schema of the step takes. */
function show(operations: readonly Declared[]): readonly string[] {
  for (const { type, params } of operations) if (Object.hasOwn(mongodbSteps, type)) mongodbSteps[type as keyof typeof mongodbSteps].schema.parse(params)
  return operations.map(({ address, dependsOn = [] }) => `${address}${dependsOn.length > 0 ? ` < ${dependsOn.join(' ')}` : ''}`)
}

const names = (groups: readonly (readonly { readonly name: string }[])[]): readonly string[] => groups.map((group) => group.map(({ name }) => name).join(' '))
const without = (cluster: Cluster, ...gone: readonly string[]): Cluster => ({ ...cluster, instances: cluster.instances.filter(({ name }) => !gone.includes(name)) })
const pick = ({ instances }: Cluster, ...some: readonly string[]): Cluster['instances'] => instances.filter(({ name }) => some.includes(name))

describe('bringing up', () => {
  it('a replica set: processes, then the set', () => {
    const cluster = clusterOf(SET)
    const { start, initialise } = mongodbPlan.bringUp(cluster, cluster.instances)
    expect(show(start)).toEqual(cluster.instances.flatMap(({ name }) => [`makeDataDirectory/${name}`, `startProcess/${name} < makeDataDirectory/${name}`, `waitForProcess/${name} < startProcess/${name}`]))
    expect(show(initialise)).toEqual(['initiateReplicaSet/shop'])
  })

  it('shards: config servers are a set before routers start, and shards are added one by one', () => {
    const cluster = clusterOf(SHARDED)
    const { start, initialise } = mongodbPlan.bringUp(cluster, cluster.instances)
    expect(show(start).filter((line) => !/^makeData|^startProcess\/[abc]|^waitForProcess\/[abc]/.test(line))).toEqual(['initiateReplicaSet/shop-config < waitForProcess/c-1', 'startProcess/r-1 < initiateReplicaSet/shop-config', 'waitForProcess/r-1 < startProcess/r-1', 'startProcess/r-2 < initiateReplicaSet/shop-config', 'waitForProcess/r-2 < startProcess/r-2'])
    expect(show(initialise)).toEqual(['initiateReplicaSet/shop-a', 'initiateReplicaSet/shop-b', 'addShard/a < initiateReplicaSet/shop-a', 'addShard/b < initiateReplicaSet/shop-b addShard/a'])
    expect(start.find(({ address }) => address === 'initiateReplicaSet/shop-config')?.params).toMatchObject({ isConfig: true })
  })

  it('one instance: nothing is to be initialised', () => {
    const cluster = clusterOf('topology: standalone\nhosts: { here: {} }\ninstances: { m: { host: here, port: 27017 } }')
    expect(mongodbPlan.bringUp(cluster, cluster.instances).initialise).toEqual([])
  })
})

describe('scaling', () => {
  it('adds members one after the other, shards as sets, and routers', () => {
    const cluster = clusterOf(SHARDED)
    const { start, initialise } = mongodbPlan.bringUp(cluster, pick(cluster, 'a-2', 'a-3', 'b-1', 'r-2'))
    expect(show(start).filter((line) => line.startsWith('startProcess'))).toEqual(['startProcess/a-2 < makeDataDirectory/a-2', 'startProcess/a-3 < makeDataDirectory/a-3', 'startProcess/b-1 < makeDataDirectory/b-1', 'startProcess/r-2'])
    expect(show(initialise)).toEqual(['initiateReplicaSet/shop-b', 'addShard/b < initiateReplicaSet/shop-b', 'addMember/a-2', 'addMember/a-3 < addMember/a-2'])
    expect((initialise.at(-1)?.params as { others: { name: string }[] }).others.map(({ name }) => name)).toEqual(['a-1', 'a-2'])
  })

  it('takes out while all still run, one after the other; a whole shard gives away what it has', () => {
    const cluster = clusterOf(SHARDED)
    const { before, after } = mongodbPlan.takeOut(without(cluster, 'a-2', 'a-3', 'b-1', 'r-2'), pick(cluster, 'a-2', 'a-3', 'b-1', 'r-2'))
    expect(show(before)).toEqual(['removeMember/a-2', 'removeMember/a-3 < removeMember/a-2', 'removeShard/b < removeMember/a-3'])
    expect(before.at(-1)?.params).toMatchObject({ set: 'shop-b', members: [{ name: 'b-1' }], routers: [{ name: 'r-1' }] })
    expect(after).toEqual([])
  })
})

describe('rolling over', () => {
  const answer = (details: Answer['details']): Answer => ({ role: 'replica', version: '7.0.14', details, about: '' })
  const roll = (cluster: Cluster, answers: Readonly<Record<string, Answer>>): readonly string[] =>
    mongodbPlan.rollOver(cluster, new Map(Object.entries(answers))).map(({ instance, before, after }) => [...show(before), instance.name, ...show(after)].join(', '))

  it('takes those that follow first, whoever is primary', () => {
    expect(roll(clusterOf(SET), { 'm-2': answer({ isPrimary: true }) })).toEqual(['m-1', 'm-3', 'stepDown/m-2, m-2'])
    expect(roll(clusterOf(SET), {})).toEqual(['m-2', 'm-3', 'stepDown/m-1, m-1'])
  })

  it('takes config servers, shards, routers, with the balancer off all the while', () => {
    expect(roll(clusterOf(SHARDED), { 'r-1': answer({ isBalanced: true }), 'a-3': answer({ isPrimary: true }) })).toEqual(['stopBalancer/shop, c-1', 'a-1', 'a-2', 'stepDown/a-3, a-3', 'b-1', 'r-1', 'r-2, startBalancer/shop'])
    expect(roll(clusterOf(SHARDED), { 'r-1': answer({ isBalanced: false }) }).filter((line) => line.includes('Balancer'))).toEqual([])
  })

  it('ends an upgrade with the compatibility of the data', () => {
    const [finish, ...rest] = mongodbPlan.finishUpgrade(clusterOf(SHARDED, '8.0.4')) as [Declared, ...Declared[]]
    expect(rest).toEqual([])
    expect(show([finish])).toEqual(['setFeatureCompatibility/shop'])
    expect(finish.params).toMatchObject({ version: '8.0', members: ['c-1', 'a-1', 'a-2', 'a-3', 'b-1'].map((name) => ({ name })), routers: [{ name: 'r-1' }, { name: 'r-2' }] })
    // One that is not downloaded yet is called by its checksum.
    expect(mongodbPlan.finishUpgrade(clusterOf(SET, '0123456789ab'))[0]?.params).not.toHaveProperty('version')
  })
})

it('starts what others need first, and stops it last', () => {
  const cluster = clusterOf(SHARDED)
  expect(names(mongodbPlan.startOrder(cluster))).toEqual(['c-1', 'a-1 a-2 a-3 b-1', 'r-1 r-2'])
  expect(names(mongodbPlan.stopOrder(cluster))).toEqual(['r-1 r-2', 'a-2 a-3', 'a-1 b-1', '', 'c-1'])
  expect(names(mongodbPlan.stopOrder(clusterOf(SET))).filter((group) => group !== '')).toEqual(['m-2 m-3', 'm-1'])
})
