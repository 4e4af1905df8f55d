import type { Document } from 'mongodb'
import type { Instance } from '../../cluster.ts'
import type { Access, Answer } from '../engine.ts'
import { codeOf, REFUSALS, talk, type Say } from './ask.ts'

/** A member of a set, as another one sees it. */
export interface SeenMember {
  /** `address:port`. */
  readonly address: string
  /** PRIMARY, SECONDARY, STARTUP2, RECOVERING … */
  readonly state: string
}

/** A shard, as a router knows it. */
export interface KnownShard {
  readonly name: string
  readonly isDraining: boolean
}

/** What an instance is right now. */
export async function describeInstance(instance: Instance, { signal }: Access): Promise<Answer> {
  return talk(instance, signal, describe)
}

async function describe(say: Say): Promise<Answer> {
  const hello = await say({ hello: 1 })
  const version = String((await say({ buildInfo: 1 }))['version'])
  if (hello['msg'] === 'isdbgrid') return describeRouter(say, version)
  if (hello['setName'] === undefined && hello['isreplicaset'] !== true) return { role: 'primary', version, details: { isPrimary: true }, about: 'standalone' }
  const status = await readStatus(say)
  if (status === undefined) return { role: 'none', version, details: { state: 'STARTUP' }, about: 'is of no replica set yet' }
  const members = listMembers(status)
  const state = members.find((_, at) => (status['members'] as readonly Document[])[at]?.['self'] === true)?.state ?? 'UNKNOWN'
  const primary = members.find((member) => member.state === 'PRIMARY')?.address
  const isConfig = hello['configsvr'] !== undefined
  const role = state === 'PRIMARY' || state === 'SECONDARY' ? (isConfig ? 'config' : state === 'PRIMARY' ? 'primary' : 'replica') : 'none'
  const about = state === 'PRIMARY' ? `primary of ${String(status['set'])}` : state === 'SECONDARY' ? `follows ${primary ?? 'nobody'}` : `is ${state}`
  return { role, version, details: { set: String(status['set']), state, isPrimary: state === 'PRIMARY', members }, about }
}

async function describeRouter(say: Say, version: string): Promise<Answer> {
  const { shards } = await say({ listShards: 1 })
  const known = (shards as readonly Document[]).map((shard): KnownShard => ({ name: String(shard['_id']), isDraining: shard['draining'] === true }))
  const { mode } = await say({ balancerStatus: 1 })
  const about = `${known.length === 0 ? 'no shards' : known.map(({ name, isDraining }) => `${name}${isDraining ? ' (draining)' : ''}`).join(', ')}${mode === 'off' ? ', balancer off' : ''}`
  return { role: 'router', version, details: { shards: known, isBalanced: mode !== 'off' }, about }
}

/** How a member sees its set; undefined: it is of none. */
export async function readStatus(say: Say): Promise<Document | undefined> {
  try {
    return await say({ replSetGetStatus: 1 })
  } catch (error) {
    // The second is what a member says that was taken out.
    const code = codeOf(error)
    if (code === REFUSALS.notYetInitialized || code === REFUSALS.invalidReplicaSetConfig) return undefined
    throw error
  }
}

export function listMembers(status: Document): readonly SeenMember[] {
  return (status['members'] as readonly Document[]).map((member) => ({ address: String(member['name']), state: member['health'] === 0 ? 'DOWN' : String(member['stateStr']) }))
}
