import type { Document } from 'mongodb'
import type { Instance } from '../../cluster.ts'
import { listMembers, readStatus, type SeenMember } from './answer.ts'
import { addressOf, ask, codeOf, isSilence, REFUSALS, talk } from './ask.ts'

/** A member of a set as its configuration has it; there is more in it, which is kept as it is. */
export interface ConfiguredMember extends Document {
  readonly _id: number
  readonly host: string
}

/** The configuration of a set. */
export interface SetConfiguration extends Document {
  readonly _id: string
  readonly version: number
  readonly members: readonly ConfiguredMember[]
}

/** The configuration as an instance has it; undefined: it is of no set yet. */
export async function readConfiguration(instance: Instance, signal: AbortSignal): Promise<SetConfiguration | undefined> {
  try {
    return (await ask(instance, { replSetGetConfig: 1 }, signal))['config'] as SetConfiguration
  } catch (error) {
    if (codeOf(error) === REFUSALS.notYetInitialized) return undefined
    throw error
  }
}

/** Who takes writes right now, of those that answer. One that was cut off may believe it for a while: the one of the latest election counts. */
export async function primaryOf(members: readonly Instance[], signal: AbortSignal): Promise<Instance | undefined> {
  return (await bestClaim(members, signal))?.member
}

/** How the set is seen by its primary; undefined: there is none. */
export async function seenByPrimary(members: readonly Instance[], signal: AbortSignal): Promise<readonly SeenMember[] | undefined> {
  const status = (await bestClaim(members, signal))?.status
  return status && listMembers(status)
}

/** A configuration with one member more, under a number that none of them has. */
export function withMember(config: SetConfiguration, instance: Instance): SetConfiguration {
  const _id = Math.max(-1, ...config.members.map((member) => member._id)) + 1
  return { ...config, version: config.version + 1, members: [...config.members, { _id, host: addressOf(instance), priority: priorityOf(instance), votes: 1 }] }
}

/** A configuration with one member less. */
export function withoutMember(config: SetConfiguration, instance: Instance): SetConfiguration {
  return { ...config, version: config.version + 1, members: config.members.filter(({ host }) => host !== addressOf(instance)) }
}

/** The one that is declared primary takes over where it can. */
export function priorityOf({ role }: Pick<Instance, 'role'>): number {
  return role === 'primary' ? 2 : 1
}

interface Claim {
  readonly member: Instance
  /** Of its set; a server that is of none is always its own primary. */
  readonly status: Document | undefined
}

async function bestClaim(members: readonly Instance[], signal: AbortSignal): Promise<Claim | undefined> {
  const claims = await Promise.all(members.map((member) => claimOf(member, signal)))
  return claims.reduce((a, b) => (b !== undefined && (a === undefined || termOf(b) > termOf(a)) ? b : a), undefined)
}

function termOf({ status }: Claim): number {
  return Number(status?.['term'] ?? 0)
}

async function claimOf(member: Instance, signal: AbortSignal): Promise<Claim | undefined> {
  try {
    return await talk(member, signal, async (say) => {
      const hello = await say({ hello: 1 })
      if (hello['isWritablePrimary'] !== true) return undefined
      return { member, status: hello['setName'] === undefined ? undefined : await readStatus(say) }
    })
  } catch (error) {
    signal.throwIfAborted()
    if (isSilence(error) || codeOf(error) !== undefined) return undefined
    throw error
  }
}
