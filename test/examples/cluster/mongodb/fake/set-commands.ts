import { Refusal, refuseUnless } from './refusal.ts'
import { setOf, type Command, type Self } from './server.ts'
import type { Document } from './wire.ts'
import { hasMajority, isUp, listElectable, type FakeMember, type FakeSet, type World } from './world.ts'

/** How often one that was added is asked until it has all the data. */
const COPY_ASKS = 3

/** Commands of replica sets, with the refusals of real servers. */
export const setCommands: Readonly<Record<string, Command>> = {
  replSetInitiate: ({ replSetInitiate: given }, self, world) => {
    refuseUnless(self.setName, 76, 'NoReplicationEnabled', 'This node was not started with replication enabled.')
    refuseUnless(setOf(self, world) === undefined, 23, 'AlreadyInitialized', 'already initialized')
    const config = given as FakeSet['config']
    refuseUnless(config._id === self.setName, 93, 'InvalidReplicaSetConfig', `Attempting to initiate a replica set with name ${config._id}, but command line reports ${self.setName}; rejecting`)
    refuseUnless((config.configsvr === true) === (self.clusterRole === 'configsvr'), 93, 'InvalidReplicaSetConfig', 'configsvr: true must be set for config servers, and only for them')
    refuseUnless(config.members.some(({ host }) => host === self.address), 74, 'NodeNotFound', 'No host described in new configuration maps to this node')
    for (const { host } of config.members) {
      refuseUnless(isUp(world, host), 74, 'NodeNotFound', `replSetInitiate quorum check failed because not all proposed set members responded affirmatively: ${host} failed with Connection refused`)
      refuseUnless(world.processes[host]?.set === self.setName, 103, 'NewReplicaSetConfigurationIncompatible', `${host} was started with a different replica set name`)
    }
    world.sets[self.setName] = { config, term: 0, primary: undefined, blocked: {}, copying: {}, former: [] }
    return {}
  },
  replSetGetConfig: (_, self, world) => {
    const { config, term } = memberOf(self, world)
    return { config: { ...config, term } }
  },
  replSetGetStatus: (_, self, world) => {
    const set = memberOf(self, world)
    for (const host of Object.keys(set.copying)) copyOn(set, host)
    const members = set.config.members.map(({ _id, host }) => ({ _id, name: host, health: isUp(world, host) ? 1 : 0, ...stateOf(set, host, world), ...(host === self.address && { self: true }) }))
    return { set: set.config._id, term: set.term, myState: members.find(({ name }) => name === self.address)?.state, members }
  },
  replSetReconfig: ({ replSetReconfig: given }, self, world) => {
    const set = memberOf(self, world)
    const next = given as FakeSet['config']
    refuseUnless(set.primary === self.address, 10_107, 'NotWritablePrimary', 'replSetReconfig should only be run on a writable PRIMARY')
    checkSuccessor(set, next, self, world)
    const old = set.config.members.map(({ host }) => host)
    for (const { host } of next.members) if (!old.includes(host)) set.copying[host] = COPY_ASKS
    for (const host of old) if (!next.members.some((member) => member.host === host)) set.former.push(host)
    set.config = next
    return {}
  },
  replSetStepDown: ({ replSetStepDown: period, secondaryCatchUpPeriodSecs: catchUp = 10 }, self, world) => {
    const set = memberOf(self, world)
    refuseUnless(set.primary === self.address, 10_107, 'NotWritablePrimary', "not primary so can't step down")
    refuseUnless((period as number) > (catchUp as number), 2, 'BadValue', 'stepdown period must be longer than secondaryCatchUpPeriodSecs')
    refuseUnless(listElectable(world, set).some(({ host }) => host !== self.address), 262, 'ExceededTimeLimit', 'No electable secondaries caught up. Please use {force: true} to force node to step down.')
    set.blocked[self.address] = Date.now() + (period as number) * 1_000
    return {}
  },
}

function memberOf(self: Self, world: World): FakeSet {
  refuseUnless(self.setName, 76, 'NoReplicationEnabled', 'not running with --replSet')
  const set = setOf(self, world)
  if (set !== undefined) return set
  const wasMember = world.sets[self.setName]?.former.includes(self.address) === true
  throw wasMember ? new Refusal(93, 'InvalidReplicaSetConfig', 'Our replica set config is invalid or we are not a member of it') : new Refusal(94, 'NotYetInitialized', 'no replset config has been received')
}

function checkSuccessor({ config }: FakeSet, next: FakeSet['config'], self: Self, world: World): void {
  refuseUnless(next.version > config.version, 103, 'NewReplicaSetConfigurationIncompatible', `New replica set configuration version and term must be greater than old, but ${next.version} is not greater than ${config.version}`)
  refuseUnless(next._id === config._id, 103, 'NewReplicaSetConfigurationIncompatible', 'New and old configurations differ in replica set name')
  for (const { _id, host } of next.members) {
    const old = config.members.find((member) => member.host === host)
    refuseUnless(old === undefined || old._id === _id, 103, 'NewReplicaSetConfigurationIncompatible', `New and old configurations both have members with host of ${host}, but with another _id`)
  }
  refuseUnless(new Set(next.members.map(({ _id }) => _id)).size === next.members.length, 93, 'InvalidReplicaSetConfig', 'two members have the same _id')
  const voters = ({ members }: FakeSet['config']): number[] => members.filter(({ votes = 1 }: FakeMember) => votes > 0).map(({ _id }) => _id)
  const [before, after] = [voters(config), voters(next)]
  const changed = [...before.filter((id) => !after.includes(id)), ...after.filter((id) => !before.includes(id))]
  refuseUnless(changed.length <= 1, 93, 'InvalidReplicaSetConfig', 'Non force replica set reconfig can only add or remove at most 1 voting member.')
  refuseUnless(next.members.some(({ host }) => host === self.address), 74, 'NodeNotFound', 'No host described in new configuration maps to this node')
  refuseUnless(hasMajority(world, next.members), 74, 'NodeNotFound', 'replSetReconfig quorum check failed because not enough voting nodes responded')
}

/** One that has all the data gets its vote: the server itself makes a configuration of a new version then. */
function copyOn(set: FakeSet, host: string): void {
  const left = (set.copying[host] ?? 0) - 1
  if (left > 0) set.copying[host] = left
  else {
    delete set.copying[host]
    set.config = { ...set.config, version: set.config.version + 1 }
  }
}

function stateOf(set: FakeSet, host: string, world: World): Document & { readonly state: number } {
  if (!isUp(world, host)) return { state: 8, stateStr: '(not reachable/healthy)' }
  if (set.primary === host) return { state: 1, stateStr: 'PRIMARY' }
  return set.copying[host] !== undefined ? { state: 5, stateStr: 'STARTUP2' } : { state: 2, stateStr: 'SECONDARY' }
}
