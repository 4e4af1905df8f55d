import type { OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema } from '../../cluster.ts'
import { askRouter } from './routers.ts'
import { untilSo } from './until-so.ts'

/** A move that is under way is waited for. */
const STOP_MS = 300_000

const schema = z.strictObject({
  routers: z.array(instanceSchema).min(1),
  waitMs: z.number(),
})

type Params = z.infer<typeof schema>

/** Lets nothing move between shards while their processes come and go. */
export const stopBalancer = {
  schema,
  describe: () => 'stop the balancer',
  expects: () => [{ subject: 'balancer', action: 'stop' }],
  estimate: () => ({ durationMs: 1_000, basis: ['no move is under way'] }),
  timeoutMs: 900_000,
  isDone: (params, { signal }) => isMode(params, 'off', signal),
  run: async (params, { signal }) => {
    await turn(params, 'off', signal)
    return { changes: [{ subject: 'balancer', action: 'stop' }] }
  },
  undo: async (params, { signal }) => turn(params, 'full', signal),
} satisfies OperationDefinition<typeof schema>

/** Lets data move between shards again. */
export const startBalancer = {
  schema,
  describe: () => 'start the balancer',
  expects: () => [{ subject: 'balancer', action: 'start' }],
  estimate: () => ({ durationMs: 500 }),
  timeoutMs: 900_000,
  isDone: (params, { signal }) => isMode(params, 'full', signal),
  run: async (params, { signal }) => {
    await turn(params, 'full', signal)
    return { changes: [{ subject: 'balancer', action: 'start' }] }
  },
  undo: async (params, { signal }) => turn(params, 'off', signal),
} satisfies OperationDefinition<typeof schema>

/** Off means that nothing is under way any more, too. */
async function isMode({ routers }: Params, mode: 'off' | 'full', signal: AbortSignal): Promise<boolean> {
  const status = await askRouter(routers, { balancerStatus: 1 }, signal)
  return status['mode'] === mode && (mode === 'full' || status['inBalancerRound'] !== true)
}

async function turn(params: Params, mode: 'off' | 'full', signal: AbortSignal): Promise<undefined> {
  await untilSo(params.waitMs, signal, async () => {
    if (await isMode(params, mode, signal)) return undefined
    await askRouter(params.routers, mode === 'off' ? { balancerStop: 1, maxTimeMS: STOP_MS } : { balancerStart: 1 }, signal, STOP_MS + 10_000)
    return `the balancer is not ${mode === 'off' ? 'off' : 'on'} yet`
  })
}
