import type { OperationContext, OperationDefinition } from 'convergent/operations'
import type * as z from 'zod'
import { addressOf, ask } from './ask.ts'
import { primaryOf, readConfiguration, seenByPrimary, withMember, withoutMember, type SetConfiguration } from './set-state.ts'
import { handOver, memberSchema } from './step-down.ts'
import { untilSo } from './until-so.ts'

/*
 * A configuration has a version, and a primary refuses one that is not newer than its own: whoever else changed it meanwhile came
 * first, and theirs is read and changed instead. The server does so itself, when a member that was added has all the data.
 */

const RECONFIGURE_MS = 60_000

type Params = z.infer<typeof memberSchema>

/** Makes an instance a member of a set, and waits until it has all the data. */
export const addMember = {
  schema: memberSchema,
  describe: ({ instance, set }) => `add ${instance.name} to ${set}, and wait until it has all data`,
  expects: ({ instance, set }) => [{ subject: `member ${instance.name} of ${set}`, action: 'create' }],
  estimate: () => ({ durationMs: 5_000, basis: ['an empty set; what is in it is copied'] }),
  timeoutMs: 3_600_000,
  isDone: async (params, { signal }) => (await stateOf(params, signal)) === 'follows',
  run: async (params, context) => {
    await join(params, context)
    return { changes: [{ subject: `member ${params.instance.name} of ${params.set}`, action: 'create' }] }
  },
  undo: async (params, context) => leave(params, context),
} satisfies OperationDefinition<typeof memberSchema>

/** Takes an instance out of its set, while it still runs; a primary hands over first. */
export const removeMember = {
  schema: memberSchema,
  describe: ({ instance, set }) => `take ${instance.name} out of ${set}`,
  expects: ({ instance, set }) => [{ subject: `member ${instance.name} of ${set}`, action: 'delete' }],
  estimate: () => ({ durationMs: 2_000 }),
  timeoutMs: 900_000,
  isDone: async (params, { signal }) => (await stateOf(params, signal)) === 'absent',
  run: async (params, context) => {
    await leave(params, context)
    return { changes: [{ subject: `member ${params.instance.name} of ${params.set}`, action: 'delete' }] }
  },
  undo: async (params, context) => join(params, context),
} satisfies OperationDefinition<typeof memberSchema>

/** What the primary says of it. Throws where there is none: nobody can tell then. */
async function stateOf({ set, instance, others }: Params, signal: AbortSignal): Promise<'absent' | 'joins' | 'follows'> {
  const seen = await seenByPrimary([instance, ...others], signal)
  if (seen === undefined) throw new Error(`${set} has no primary that answers; see what status says`)
  const state = seen.find(({ address }) => address === addressOf(instance))?.state
  return state === undefined ? 'absent' : state === 'SECONDARY' || state === 'PRIMARY' ? 'follows' : 'joins'
}

async function join(params: Params, { signal, progress }: Pick<OperationContext, 'signal' | 'progress'>): Promise<undefined> {
  const { instance } = params
  await untilSo(params.waitMs, signal, () => reconfigure(params, signal, (config) => (config.members.some(({ host }) => host === addressOf(instance)) ? undefined : withMember(config, instance))))
  progress(`${instance.name} copies the data`)
  // That takes as long as there is data: the operation's own timeout ends it.
  await untilSo(Infinity, signal, async () => ((await stateOf(params, signal)) === 'follows' ? undefined : `${instance.name} has not all the data yet`))
}

async function leave(params: Params, { signal }: Pick<OperationContext, 'signal'>): Promise<undefined> {
  const { instance, others, set, waitMs } = params
  await handOver({ set, instance, others, waitMs }, signal)
  await untilSo(waitMs, signal, () => reconfigure(params, signal, (config) => (config.members.some(({ host }) => host === addressOf(instance)) ? withoutMember(config, instance) : undefined)))
}

/** One attempt. `change`: the next configuration; nothing where it is as it should be. */
async function reconfigure({ set, instance, others }: Params, signal: AbortSignal, change: (config: SetConfiguration) => SetConfiguration | undefined): Promise<string | undefined> {
  const primary = await primaryOf([instance, ...others], signal)
  const config = primary && (await readConfiguration(primary, signal))
  if (primary === undefined || config === undefined) return `${set} has no primary`
  const next = change(config)
  if (next === undefined) return undefined
  await ask(primary, { replSetReconfig: next, maxTimeMS: RECONFIGURE_MS / 2 }, signal, RECONFIGURE_MS)
  return undefined
}
