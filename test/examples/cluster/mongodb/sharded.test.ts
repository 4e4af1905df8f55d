import { describe, expect, it } from 'vitest'
import { startBalancer, stopBalancer } from '../../../../examples/cluster/engines/mongodb/balancer.ts'
import { setFeatureCompatibility } from '../../../../examples/cluster/engines/mongodb/feature-compatibility.ts'
import { initiateReplicaSet } from '../../../../examples/cluster/engines/mongodb/initiate-replica-set.ts'
import { replicaSetsOf } from '../../../../examples/cluster/engines/mongodb/replica-sets.ts'
import { addShard, removeShard } from '../../../../examples/cluster/engines/mongodb/shards.ts'
import { context, fakeCluster, type FakeCluster } from './fake-cluster.ts'

// Against a fake: the real mongod and mongos were not available, see fake-cluster.ts.

const SHARDED = { 'c-1': 'role: config', 'a-1': 'shard: a', 'b-1': 'shard: b', 'r-1': 'role: router' }

/** All processes, and sets of one; no shards yet. */
async function startSets(): Promise<FakeCluster> {
  const fake = await fakeCluster('sharded', SHARDED)
  await fake.start()
  await Promise.all(replicaSetsOf(fake.cluster).map(({ name, members, isConfig }) => initiateReplicaSet.run({ set: name, members: [...members], isConfig, waitMs: 10_000 }, context)))
  fake.world((world) => world.history.splice(0))
  return fake
}

const routersOf = ({ instance }: FakeCluster): ReturnType<FakeCluster['instance']>[] => [instance('r-1')]
const shardOf = (fake: FakeCluster, shard: string, waitMs = 10_000): Parameters<typeof addShard.run>[0] => ({ shard, set: `shop-${shard}`, members: [fake.instance(`${shard}-1`)], routers: routersOf(fake), waitMs })
const historyOf = (fake: FakeCluster): readonly string[] => fake.world(({ history }) => history)

async function startShards(): Promise<FakeCluster> {
  const fake = await startSets()
  await addShard.run(shardOf(fake, 'a'), context)
  await addShard.run(shardOf(fake, 'b'), context)
  fake.world((world) => world.history.splice(0))
  return fake
}

describe('addShard', () => {
  it('makes sets shards, once, whatever is lost on the way', async () => {
    const fake = await fakeCluster('sharded', SHARDED)
    expect(await addShard.isDone(shardOf(fake, 'a'), context)).toBe(false)
    await fake.start(['c-1', 'a-1', 'r-1'])
    for (const { name, members, isConfig } of replicaSetsOf(fake.cluster).slice(0, 2)) await initiateReplicaSet.run({ set: name, members: [...members], isConfig, waitMs: 10_000 }, context)
    fake.break({ command: 'addShard', kind: 'lost request' }, { command: 'addShard', kind: 'lost reply' })
    await addShard.run(shardOf(fake, 'a'), context)
    await addShard.run(shardOf(fake, 'a'), context)
    expect(historyOf(fake).filter((name) => name === 'addShard')).toEqual(['addShard', 'addShard'])
    expect(await addShard.isDone(shardOf(fake, 'a'), context)).toBe(true)
    expect(await fake.judge()).toEqual(['b-1 does not answer', 'shard b has no primary', 'r-1 does not know shard b'])
    // The only one there is stays: it goes with its directories.
    await addShard.undo(shardOf(fake, 'a'), { ...context, result: {} })
    expect(await addShard.isDone(shardOf(fake, 'a'), context)).toBe(true)
  })

  it('never takes a shard for another set of its name', async () => {
    const fake = await startShards()
    await expect(addShard.isDone({ ...shardOf(fake, 'a'), set: 'other' }, context)).rejects.toThrow(/shard a is shop-a\/127.0.0.1:\d+, expected is the set other/)
  })
})

describe('removeShard', () => {
  it('waits until all is moved, whatever is lost on the way', async () => {
    const fake = await startShards()
    expect(await fake.judge()).toEqual([])
    fake.world(({ shards }) => void ((shards[1] as { chunks: number }).chunks = 3))
    fake.break({ command: 'removeShard', kind: 'lost reply' }, { command: 'removeShard', kind: 'lost request' })
    await removeShard.run(shardOf(fake, 'b'), context)
    expect(await removeShard.isDone(shardOf(fake, 'b'), context)).toBe(true)
    expect(await fake.judge()).toEqual(['r-1 does not know shard b'])
    const before = historyOf(fake).length
    await removeShard.run(shardOf(fake, 'b'), context)
    expect(historyOf(fake).slice(before)).toEqual(['removeShard'])
    await expect(removeShard.run(shardOf(fake, 'a'), context)).rejects.toThrow('a is the last shard')
  })

  it('leaves the home of a database to somebody, and goes on where it stood', async () => {
    const fake = await startShards()
    fake.world(({ shards }) => Object.assign(shards[1] as object, { chunks: 1, databases: ['orders'] }))
    await expect(removeShard.run(shardOf(fake, 'b'), context)).rejects.toThrow('still the home of orders; move each with { movePrimary: "orders", to: "another shard" }')
    expect(await fake.judge()).toEqual(['shard b is being drained'])
    fake.world(({ shards }) => Object.assign(shards[1] as object, { databases: [] }))
    await removeShard.run(shardOf(fake, 'b'), context)
    expect(await removeShard.isDone(shardOf(fake, 'b'), context)).toBe(true)
  })

  it('does not begin while the balancer is off', async () => {
    const fake = await startShards()
    const [check] = removeShard.checks
    expect(await check?.run(shardOf(fake, 'b'), context)).toBeUndefined()
    await stopBalancer.run({ routers: routersOf(fake), waitMs: 10_000 }, context)
    expect(await check?.run(shardOf(fake, 'b'), context)).toBe('the balancer is off, so nothing would leave shard b; start it with sh.startBalancer()')
  })
})

describe('the balancer', () => {
  it('is stopped and started, once each, whatever is lost on the way', async () => {
    const fake = await startShards()
    const params = { routers: routersOf(fake), waitMs: 10_000 }
    expect(await stopBalancer.isDone(params, context)).toBe(false)
    fake.break({ command: 'balancerStop', kind: 'lost reply' }, { command: 'balancerStart', kind: 'lost request' })
    await stopBalancer.run(params, context)
    await stopBalancer.run(params, context)
    expect(await stopBalancer.isDone(params, context)).toBe(true)
    expect((await fake.ask()).get('r-1')).toMatchObject({ role: 'router', version: '7.0.14', about: 'a, b, balancer off' })
    await startBalancer.run(params, context)
    expect(await startBalancer.isDone(params, context)).toBe(true)
    expect(historyOf(fake)).toEqual(['balancerStop', 'balancerStart', 'balancerStart'])
    await startBalancer.undo(params, { ...context, result: {} })
    expect(await startBalancer.isDone(params, context)).toBe(false)
  })
})

describe('setFeatureCompatibility of a sharded cluster', () => {
  it('is told to a router, and finished where it was cut off', async () => {
    const fake = await startShards()
    const members = fake.cluster.instances.filter(({ role }) => role !== 'router')
    const params = { version: '8.0', members, routers: routersOf(fake), waitMs: 10_000 }
    const [path, versions] = setFeatureCompatibility.checks
    expect(await path?.run(params, context)).toMatchObject({ status: 'passed', message: '7.0 becomes 8.0', details: { 'c-1': '7.0, compatible with 7.0', 'a-1': '7.0, compatible with 7.0', 'b-1': '7.0, compatible with 7.0' } })
    expect(await versions?.run(params, context)).toBe('c-1 still runs 7.0, a-1 still runs 7.0, b-1 still runs 7.0; all must run 8.0 first')
    for (const { name } of fake.cluster.instances) await fake.kill(name)
    await fake.start(undefined, '8.0.4')
    expect(await setFeatureCompatibility.isDone(params, context)).toBe(false)
    expect(await versions?.run(params, context)).toBeUndefined()
    fake.break({ command: 'setFeatureCompatibilityVersion', kind: 'half' })
    expect(await setFeatureCompatibility.run(params, context)).toMatchObject({ value: { before: '7.0' } })
    expect(await setFeatureCompatibility.isDone(params, context)).toBe(true)
    expect(historyOf(fake)).toEqual(['setFeatureCompatibilityVersion', 'setFeatureCompatibilityVersion'])
    await setFeatureCompatibility.undo(params, { ...context, result: { value: { before: '7.0' } } })
    expect(fake.world(({ compatibility }) => compatibility)).toEqual({ 'shop-config': { version: '7.0' }, 'shop-a': { version: '7.0' }, 'shop-b': { version: '7.0' } })
  })
})
