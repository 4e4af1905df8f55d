import { describe, expect, it } from 'vitest'
import { createCluster, type Cluster } from '../../../../examples/cluster/cluster.ts'
import { mongodb } from '../../../../examples/cluster/engines/mongodb/mongodb.ts'
import { refuseMongodb } from '../../../../examples/cluster/engines/mongodb/refuse.ts'
import type { Answer } from '../../../../examples/cluster/engines/engine.ts'
import { clusterOf, SET, SHARDED } from './topologies.ts'

const configure = (cluster: Cluster): string => cluster.instances.flatMap((instance) => mongodb.configure(instance, cluster).map(({ path, text }) => `# ${path}\n# ${mongodb.command(instance, cluster).join(' ')}\n${text}`)).join('\n')

describe('configuration', () => {
  it('is what mongod and mongos read', async () => {
    await expect(configure(clusterOf(SHARDED))).toMatchFileSnapshot('golden/sharded.yaml')
    await expect(configure(clusterOf(SET))).toMatchFileSnapshot('golden/replica-set.yaml')
    await expect(configure(clusterOf('topology: standalone\nhosts: { here: { address: "::1" } }\ninstances: { m: { host: here, port: 27017 } }'))).toMatchFileSnapshot('golden/standalone.yaml')
  })

  it('says how to connect', () => {
    expect(mongodb.connections(clusterOf(SET))).toEqual(['mongodb://127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003/?replicaSet=shop'])
    expect(mongodb.connections(clusterOf(SHARDED))).toEqual(['mongodb://127.0.0.1:7031,127.0.0.1:7032/'])
    expect(mongodb.connections(clusterOf('topology: standalone\nhosts: { here: { address: "::1" } }\ninstances: { m: { host: here, port: 27017 } }'))).toEqual(['mongodb://[::1]:27017/?directConnection=true'])
  })
})

describe('what is not supported', () => {
  it('is refused, with what to do instead', () => {
    expect(refuseMongodb(clusterOf(SET))).toEqual([])
    expect(refuseMongodb(clusterOf(SHARDED))).toEqual([])
    expect(refuseMongodb(clusterOf(`passwordFrom: SHOP_PASSWORD\n${SET}`))).toEqual(['passwordFrom is not supported for mongodb yet: it would be without a password, although SHOP_PASSWORD is declared; take passwordFrom out, and keep its ports from others'])
    expect(refuseMongodb(clusterOf(SHARDED.replace('shard: b', 'shard: config')))).toEqual(['no shard of mongodb can be called config; take another name'])
    expect(refuseMongodb(clusterOf(`settings: { net.port: 1, security.authorization: enabled, storage: x, operationProfiling: x, operationProfiling.mode: all }\n${SET}`))).toEqual([
      'setting net.port is decided by the cluster itself; take it out',
      'setting security.authorization is decided by the cluster itself; take it out',
      'setting storage is decided by the cluster itself; take it out',
      'setting operationProfiling is a section, as operationProfiling.mode shows; name what is in it',
    ])
    const [first, ...rest] = clusterOf(SET).instances as [Cluster['instances'][number], ...Cluster['instances']]
    expect(refuseMongodb({ ...clusterOf(SET), instances: [first, ...rest.map((instance) => ({ ...instance, host: { name: 'far', address: '10.0.0.2' } }))] })).toEqual(['m-1 would be known as 127.0.0.1, which means another machine to the others; give host here the address that all hosts reach it by'])
  })

  it('is said to a reviewer', () => {
    expect(mongodb.advise(clusterOf(SHARDED))).toEqual([
      'no password, which is not supported for mongodb yet: whoever reaches a port may do anything; keep the ports from others',
      'several mongod share a host, and each takes half of its memory for a cache; say how much with the setting storage.wiredTiger.engineConfig.cacheSizeGB',
      'there is one config server: with it the whole cluster is lost; make it three',
    ])
  })
})

describe('the judge', () => {
  const member = (address: string, state: string): object => ({ address, state })
  const answer = (role: Answer['role'], state: string, members: readonly object[] = [], set = 'shop'): Answer => ({ role, version: '7.0.14', details: { set, state, isPrimary: state === 'PRIMARY', members: [...members] }, about: `is ${state}` })
  const all = [member('127.0.0.1:7001', 'SECONDARY'), member('127.0.0.1:7002', 'PRIMARY'), member('127.0.0.1:7003', 'SECONDARY')]
  const judge = (answers: Readonly<Record<string, Answer>>): readonly string[] => mongodb.judge(clusterOf(SET), new Map(Object.entries(answers)))

  it('takes any member for primary, and one alone', () => {
    const healthy = { 'm-1': answer('replica', 'SECONDARY'), 'm-2': answer('primary', 'PRIMARY', all), 'm-3': answer('replica', 'SECONDARY') }
    expect(judge(healthy)).toEqual([])
    expect(judge({ ...healthy, 'm-1': answer('primary', 'PRIMARY', all) })).toEqual(['the replica set has 2 primaries: m-1, m-2'])
    expect(judge({ ...healthy, 'm-2': answer('replica', 'SECONDARY') })).toEqual(['the replica set has no primary'])
    expect(judge({ ...healthy, 'm-3': answer('none', 'RECOVERING') })).toEqual(['m-3 is RECOVERING'])
    expect(judge({ 'm-2': healthy['m-2'] })).toEqual(['m-1 does not answer', 'm-3 does not answer'])
  })

  it('compares who is a member with what is declared', () => {
    const others = { 'm-1': answer('replica', 'SECONDARY'), 'm-3': answer('replica', 'SECONDARY') }
    expect(judge({ ...others, 'm-2': answer('primary', 'PRIMARY', [...all.slice(0, 2), member('127.0.0.1:7009', 'SECONDARY')]) })).toEqual(['m-3 is no member of the replica set', '127.0.0.1:7009 is a member of the replica set, and is not declared'])
    expect(judge({ ...others, 'm-2': answer('primary', 'PRIMARY', [member('127.0.0.1:7001', 'DOWN'), ...all.slice(1)]) })).toEqual(['m-2 does not reach m-1'])
    expect(judge({ ...others, 'm-2': answer('primary', 'PRIMARY', all, 'other') })).toEqual(['m-2 is of set other, declared is shop'])
  })

  it('wants a standalone instance to answer', () => {
    const cluster = createdStandalone()
    expect(mongodb.judge(cluster, new Map())).toEqual(['m does not answer'])
    expect(mongodb.judge(cluster, new Map([['m', { role: 'primary', version: '7.0.14', details: {}, about: 'standalone' }]]))).toEqual([])
  })
})

function createdStandalone(): ReturnType<typeof createCluster> {
  return clusterOf('topology: standalone\nhosts: { here: {} }\ninstances: { m: { host: here, port: 27017 } }')
}
