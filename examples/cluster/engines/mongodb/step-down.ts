import type { OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema } from '../../cluster.ts'
import { ask, codeOf, REFUSALS } from './ask.ts'
import { primaryOf } from './set-state.ts'
import { untilSo } from './until-so.ts'

/** How long the one that stepped down leaves the others alone. */
const PERIOD_S = 60
/** How long the others may take to read what they have not read yet. */
const CATCH_UP_S = 10

/** An instance of a set, and the rest of it. */
export const memberSchema = z.strictObject({
  set: z.string(),
  instance: instanceSchema,
  /** One of them is primary, becomes it, or takes over. */
  others: z.array(instanceSchema).min(1),
  waitMs: z.number(),
})

type Params = z.infer<typeof memberSchema>

/** Lets a primary hand over to a member that has all that it wrote. */
export const stepDown = {
  schema: memberSchema,
  describe: ({ instance, set }) => `let ${instance.name} hand over to another member of ${set}`,
  expects: ({ set }) => [{ subject: `primary of ${set}`, action: 'update' }],
  estimate: () => ({ durationMs: 3_000 }),
  timeoutMs: 900_000,
  isDone: async (params, { signal }) => {
    const primary = await primaryOf([params.instance, ...params.others], signal)
    return primary !== undefined && primary.name !== params.instance.name
  },
  run: async (params, { signal, print }) => {
    const primary = await handOver(params, signal)
    print(`${primary} is primary of ${params.set}\n`)
    return { changes: [{ subject: `primary of ${params.set}`, action: 'update', after: primary }] }
  },
  // Who is primary is nothing that was declared: the set is as good as before.
  undo: async () => undefined,
} satisfies OperationDefinition<typeof memberSchema>

/** Until another one is primary; nothing is done where it is so already. Says which. */
export async function handOver({ set, instance, others, waitMs }: Params, signal: AbortSignal): Promise<string> {
  let heir = ''
  await untilSo(waitMs, signal, async () => {
    const primary = await primaryOf([instance, ...others], signal)
    if (primary === undefined) return `${set} has no primary`
    heir = primary.name
    if (heir !== instance.name) return undefined
    // Whoever lost this election to another one is what we wanted.
    await ask(instance, { replSetStepDown: PERIOD_S, secondaryCatchUpPeriodSecs: CATCH_UP_S }, signal, (CATCH_UP_S + 10) * 1_000).catch((error: unknown) => {
      if (codeOf(error) !== REFUSALS.notWritablePrimary) throw error
    })
    return `${instance.name} is still primary of ${set}`
  })
  return heir
}
