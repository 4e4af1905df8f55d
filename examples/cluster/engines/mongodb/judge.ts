import type { Cluster } from '../../cluster.ts'
import type { Answer } from '../engine.ts'
import type { KnownShard, SeenMember } from './answer.ts'
import { addressOf } from './ask.ts'
import { replicaSetsOf, routersOf, type ReplicaSet } from './replica-sets.ts'

type Answers = ReadonlyMap<string, Answer>

/** What is wrong with a cluster. Who is primary may have changed: what counts is that each set has one, and that the others follow it. */
export function judgeMongodb(cluster: Cluster, answers: Answers): readonly string[] {
  const sets = replicaSetsOf(cluster)
  return [
    ...cluster.instances.filter(({ name }) => !answers.has(name)).map(({ name }) => `${name} does not answer`),
    ...sets.flatMap((set) => judgeSet(set, answers)),
    ...routersOf(cluster.instances).flatMap(({ name }) => judgeRouter(name, sets, answers.get(name))),
  ]
}

function judgeSet({ name, shard, isConfig, members }: ReplicaSet, answers: Answers): readonly string[] {
  const what = isConfig ? 'the set of config servers' : shard === undefined ? 'the replica set' : `shard ${shard}`
  const there = members.flatMap((member) => {
    const answer = answers.get(member.name)
    return answer === undefined ? [] : [{ member, answer }]
  })
  const strange = there.flatMap(({ member, answer }) =>
    answer.details['set'] !== undefined && answer.details['set'] !== name
      ? [`${member.name} is of set ${String(answer.details['set'])}, declared is ${name}`]
      : answer.role === 'none' || answer.role === 'router' || (answer.role === 'config') !== isConfig ? [`${member.name} ${answer.role === 'none' ? answer.about : `is ${answer.role}, declared is ${member.role}`}`] : [],
  )
  const primaries = there.filter(({ answer }) => answer.details['isPrimary'] === true)
  const [primary] = primaries
  if (primary === undefined || primaries.length > 1) return [...strange, `${what} has ${primary === undefined ? 'no primary' : `${primaries.length} primaries: ${primaries.map(({ member }) => member.name).join(', ')}`}`]
  const seen = (primary.answer.details['members'] ?? []) as readonly SeenMember[]
  const expected = members.map(addressOf)
  return [
    ...strange,
    ...members.filter((member) => !seen.some(({ address }) => address === addressOf(member))).map((member) => `${member.name} is no member of ${what}`),
    ...seen.filter(({ address }) => !expected.includes(address)).map(({ address }) => `${address} is a member of ${what}, and is not declared`),
    // Somebody may answer us, and not the primary.
    ...members.filter((member) => there.some((other) => other.member === member && other.answer.role !== 'none') && seen.some(({ address, state }) => address === addressOf(member) && state !== 'PRIMARY' && state !== 'SECONDARY')).map((member) => `${primary.member.name} does not reach ${member.name}`),
  ]
}

function judgeRouter(name: string, sets: readonly ReplicaSet[], answer: Answer | undefined): readonly string[] {
  if (answer === undefined) return []
  if (answer.role !== 'router') return [`${name} is ${answer.role}, declared is router`]
  const known = answer.details['shards'] as readonly KnownShard[]
  const declared = sets.flatMap(({ shard }) => shard ?? [])
  return [
    ...declared.filter((shard) => !known.some((other) => other.name === shard)).map((shard) => `${name} does not know shard ${shard}`),
    ...known.filter((shard) => !declared.includes(shard.name)).map((shard) => `${name} also knows shard ${shard.name}, which is not declared`),
    ...known.filter((shard) => declared.includes(shard.name) && shard.isDraining).map((shard) => `shard ${shard.name} is being drained`),
  ]
}
