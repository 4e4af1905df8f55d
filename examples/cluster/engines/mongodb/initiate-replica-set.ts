import type { OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema } from '../../cluster.ts'
import { addressOf, ask, codeOf, isSilence, REFUSALS } from './ask.ts'
import { primaryOf, priorityOf, readConfiguration } from './set-state.ts'
import { untilSo } from './until-so.ts'

/** All members are asked whether they agree, each with a timeout of its own. */
const INITIATE_MS = 60_000

const schema = z.strictObject({
  /** The name of the set. */
  set: z.string(),
  /** All of them; the first is told, and tells the others. */
  members: z.array(instanceSchema).min(1),
  isConfig: z.boolean(),
  waitMs: z.number(),
})

type Params = z.infer<typeof schema>

/** Makes a replica set of processes that are of none yet, and waits until they have elected a primary. */
export const initiateReplicaSet = {
  schema,
  describe: ({ set, members }) => `make ${members.map(({ name }) => name).join(', ')} the replica set ${set}`,
  expects: ({ set }) => [{ subject: `replica set ${set}`, action: 'create' }],
  estimate: () => ({ durationMs: 12_000, basis: ['the first election comes after ten seconds at the most'] }),
  timeoutMs: 900_000,
  isDone: async (params, { signal }) => {
    try {
      return (await isInitiated(params, signal)) && (await primaryOf(params.members, signal)) !== undefined
    } catch (error) {
      // Where nothing runs yet, nothing is made yet.
      if (isSilence(error)) return false
      throw error
    }
  },
  run: async (params, { signal, print }) => {
    const { set, members, isConfig, waitMs } = params
    const [first] = members as [Params['members'][number]]
    const config = { _id: set, version: 1, ...(isConfig && { configsvr: true }), members: members.map((member, at) => ({ _id: at, host: addressOf(member), priority: isConfig ? (at === 0 ? 2 : 1) : priorityOf(member) })) }
    await untilSo(waitMs, signal, async () => {
      if (await isInitiated(params, signal)) return undefined
      await ask(first, { replSetInitiate: config }, signal, INITIATE_MS).catch((error: unknown) => {
        if (codeOf(error) !== REFUSALS.alreadyInitialized) throw error
      })
      return `${first.name} has no configuration yet`
    })
    await untilSo(waitMs, signal, async () => {
      const primary = await primaryOf(members, signal)
      if (primary === undefined) return `${set} has no primary yet`
      print(`${primary.name} is primary of ${set}\n`)
      return undefined
    })
    return { changes: [{ subject: `replica set ${set}`, action: 'create' }] }
  },
  // What a set is lies in the data directories of its members: it goes with them.
  undo: async () => undefined,
} satisfies OperationDefinition<typeof schema>

/** Throws where it is of another set: nothing of that is ever changed. */
async function isInitiated({ set, members }: Params, signal: AbortSignal): Promise<boolean> {
  const [first] = members as [Params['members'][number]]
  const config = await readConfiguration(first, signal)
  if (config === undefined) return false
  const known = config.members.map(({ host }) => host)
  const expected = members.map(addressOf)
  if (config._id !== set || expected.some((address) => !known.includes(address)))
    throw new Error(`${first.name} is of replica set ${config._id} with ${known.join(', ')} already, expected is ${set} with ${expected.join(', ')}; its data directory is of something else, empty it or name another one`)
  return true
}
