import { describe, expect, it } from 'vitest'
import { addMember, removeMember } from '../../../../examples/cluster/engines/mongodb/members.ts'
import { initiateReplicaSet } from '../../../../examples/cluster/engines/mongodb/initiate-replica-set.ts'
import { stepDown } from '../../../../examples/cluster/engines/mongodb/step-down.ts'
import { context, fakeCluster, type FakeCluster } from './fake-cluster.ts'

// Against a fake: the real mongod was not available, see fake-cluster.ts.

const THREE = { 'm-1': '', 'm-2': 'role: replica', 'm-3': 'role: replica' }

const setOf = ({ cluster }: FakeCluster, names = Object.keys(THREE), waitMs = 10_000): Parameters<typeof initiateReplicaSet.run>[0] => ({ set: 'shop', members: cluster.instances.filter(({ name }) => names.includes(name)), isConfig: false, waitMs })
const memberOf = (fake: FakeCluster, name: string, waitMs = 10_000): Parameters<typeof addMember.run>[0] => ({ set: 'shop', instance: fake.instance(name), others: fake.cluster.instances.filter((other) => other.name !== name), waitMs })

/** Three that run, of which some are a set. */
async function startSet(names: readonly string[] = Object.keys(THREE)): Promise<FakeCluster> {
  const fake = await fakeCluster('replica-set', THREE)
  await fake.start()
  await initiateReplicaSet.run(setOf(fake, [...names]), context)
  fake.world((world) => world.history.splice(0))
  return fake
}

const rolesOf = async (fake: FakeCluster): Promise<object> => Object.fromEntries([...(await fake.ask())].map(([name, { role }]) => [name, role]))
const historyOf = (fake: FakeCluster): readonly string[] => fake.world(({ history }) => history)
const primaryNameOf = async (fake: FakeCluster): Promise<string | undefined> => [...(await fake.ask())].find(([, { role }]) => role === 'primary')?.[0]

describe('initiateReplicaSet', () => {
  it('makes a set, whose declared primary is elected, once', async () => {
    const fake = await fakeCluster('replica-set', THREE)
    expect(await initiateReplicaSet.isDone(setOf(fake), context)).toBe(false)
    await fake.start()
    expect(await rolesOf(fake)).toEqual({ 'm-1': 'none', 'm-2': 'none', 'm-3': 'none' })
    expect(await fake.judge()).toContain('m-1 is of no replica set yet')
    await initiateReplicaSet.run(setOf(fake), context)
    expect(await initiateReplicaSet.isDone(setOf(fake), context)).toBe(true)
    expect(await rolesOf(fake)).toEqual({ 'm-1': 'primary', 'm-2': 'replica', 'm-3': 'replica' })
    expect(await fake.judge()).toEqual([])
    await initiateReplicaSet.run(setOf(fake), context)
    expect(historyOf(fake)).toEqual(['replSetInitiate'])
  })

  it('is finished after a crash between the call and its reply, and when the call was lost', async () => {
    const fake = await fakeCluster('replica-set', THREE)
    await fake.start()
    fake.break({ command: 'replSetInitiate', kind: 'lost request' }, { command: 'replSetInitiate', kind: 'lost reply' })
    await initiateReplicaSet.run(setOf(fake), context)
    expect(historyOf(fake)).toEqual(['replSetInitiate', 'replSetInitiate'])
    expect(await fake.judge()).toEqual([])
  })

  it('says who could not be reached, when its time is up', async () => {
    const fake = await fakeCluster('replica-set', THREE)
    await fake.start(['m-1', 'm-2'])
    await expect(initiateReplicaSet.run(setOf(fake, undefined, 300), context)).rejects.toThrow(/not within 0.3 s: .*quorum check failed.*Connection refused/)
  })

  it('leaves alone what is another set already', async () => {
    const fake = await startSet(['m-1'])
    await expect(initiateReplicaSet.run(setOf(fake), context)).rejects.toThrow(/m-1 is of replica set shop with 127.0.0.1:\d+ already/)
    expect(historyOf(fake)).toEqual([])
  })
})

describe('addMember and removeMember', () => {
  it('add one, wait until it has all data, and take it out', async () => {
    const fake = await startSet(['m-1', 'm-2'])
    expect(await fake.judge()).toContain('m-3 is no member of the replica set')
    expect(await addMember.isDone(memberOf(fake, 'm-3'), context)).toBe(false)
    await addMember.run(memberOf(fake, 'm-3'), context)
    expect(await addMember.isDone(memberOf(fake, 'm-3'), context)).toBe(true)
    expect(await fake.judge()).toEqual([])
    await addMember.run(memberOf(fake, 'm-3'), context)
    expect(historyOf(fake)).toEqual(['replSetReconfig'])
    await removeMember.run(memberOf(fake, 'm-3'), context)
    expect(await removeMember.isDone(memberOf(fake, 'm-3'), context)).toBe(true)
    expect(await rolesOf(fake)).toEqual({ 'm-1': 'primary', 'm-2': 'replica', 'm-3': 'none' })
    await removeMember.run(memberOf(fake, 'm-3'), context)
    expect(historyOf(fake)).toEqual(['replSetReconfig', 'replSetReconfig'])
    // And back again.
    await removeMember.undo(memberOf(fake, 'm-3'), { ...context, result: {} })
    expect(await fake.judge()).toEqual([])
  })

  it('read what somebody else changed first, and change that', async () => {
    const fake = await startSet(['m-1', 'm-2'])
    fake.break({ command: 'replSetReconfig', kind: 'overtaken' }, { command: 'replSetReconfig', kind: 'lost reply' })
    await addMember.run(memberOf(fake, 'm-3'), context)
    expect(historyOf(fake)).toEqual(['replSetReconfig', 'replSetReconfig'])
    fake.break({ command: 'replSetReconfig', kind: 'overtaken' }, { command: 'replSetReconfig', kind: 'lost reply' })
    await addMember.undo(memberOf(fake, 'm-3'), { ...context, result: {} })
    expect(await removeMember.isDone(memberOf(fake, 'm-3'), context)).toBe(true)
    expect(fake.world(({ sets }) => sets['shop']?.config.members.map(({ _id }) => _id))).toEqual([0, 1])
  })

  it('let a primary hand over before it leaves', async () => {
    const fake = await startSet()
    await removeMember.run(memberOf(fake, 'm-1'), context)
    expect(historyOf(fake)).toEqual(['replSetStepDown', 'replSetReconfig'])
    expect(await rolesOf(fake)).toMatchObject({ 'm-1': 'none' })
  })

  it('cannot tell without a primary, and say so', async () => {
    const fake = await startSet()
    await fake.kill('m-2')
    await fake.kill('m-3')
    await expect(addMember.isDone(memberOf(fake, 'm-3'), context)).rejects.toThrow('shop has no primary that answers; see what status says')
    await expect(removeMember.run(memberOf(fake, 'm-3', 100), context)).rejects.toThrow('not within 0.1 s: shop has no primary')
    expect(await fake.judge()).toEqual(['m-2 does not answer', 'm-3 does not answer', 'the replica set has no primary'])
  })
})

describe('stepDown', () => {
  const params = (fake: FakeCluster, name: string, waitMs?: number): Parameters<typeof stepDown.run>[0] => memberOf(fake, name, waitMs)

  it('lets another one be primary, once', async () => {
    const fake = await startSet()
    expect(await stepDown.isDone(params(fake, 'm-1'), context)).toBe(false)
    fake.break({ command: 'replSetStepDown', kind: 'lost reply' })
    await stepDown.run(params(fake, 'm-1'), context)
    expect(await stepDown.isDone(params(fake, 'm-1'), context)).toBe(true)
    await stepDown.run(params(fake, 'm-1'), context)
    expect(historyOf(fake)).toEqual(['replSetStepDown'])
    expect(await primaryNameOf(fake)).toMatch(/^m-[23]$/)
    expect(await fake.judge()).toEqual([])
  })

  it('waits for somebody who could take over, and says that there is nobody', async () => {
    const fake = await startSet(['m-1'])
    await expect(stepDown.run(params(fake, 'm-1', 300), context)).rejects.toThrow(/not within 0.3 s: No electable secondaries caught up/)
  })
})
