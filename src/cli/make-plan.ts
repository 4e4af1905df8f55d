import { UsageError } from './flags.ts'
import type { Mode, Plan } from '../core/plan.ts'
import type { Hook } from '../engine/operation/hook.ts'
import { planOperations } from '../engine/operation/plan-operations.ts'
import { plan } from '../engine/plan.ts'
import type { Invocation } from './invocation.ts'
import type { LoadedParts } from './loaded.ts'

/** Plans what the files declare: resources against what exists, operations as they are declared. */
export async function makePlan(invocation: Invocation, mode: Mode): Promise<Plan> {
  const loaded = await invocation.load(mode === 'destroy')
  const made = await invocation.interruption.race(loaded.phases === undefined ? planResources(invocation, mode, loaded, await invocation.hooks()) : planPhases(invocation, mode, loaded, loaded.phases))
  invocation.remarkRequests('plan')
  return made
}

async function planResources(invocation: Invocation, mode: Mode, { desired = [], scope }: LoadedParts, hooks: readonly Hook[] = []): Promise<Plan> {
  const { flags, policies } = invocation
  return plan(desired, {
    ...(await commonOptions(invocation)),
    mode,
    ...(scope && { scope }),
    ...(flags.allowEmpty !== undefined && { allowEmpty: flags.allowEmpty }),
    ...(flags.allowReplace !== undefined && { allowReplace: flags.allowReplace }),
    policies,
    hooks,
  })
}

async function planPhases(invocation: Invocation, mode: Mode, loaded: LoadedParts, phases: NonNullable<LoadedParts['phases']>): Promise<Plan> {
  const { operation = Object.hasOwn(invocation.commands, invocation.command) ? invocation.command : undefined, checks } = loaded
  if (mode === 'destroy') throw new UsageError('what is declared are operations, which destroy nothing by themselves; run them with apply')
  const declared = typeof phases === 'function' ? phases(await planResources(invocation, mode, loaded)) : phases
  return planOperations(declared, {
    ...(await commonOptions(invocation)),
    ...(operation !== undefined && { operation }),
    ...(checks && { checks }),
    hooks: await invocation.hooks(),
    policies: invocation.policies,
  })
}

async function commonOptions(invocation: Invocation): Promise<Awaited<ReturnType<Invocation['base']>> & Pick<Parameters<typeof planOperations>[1], 'expiresInMs' | 'concurrency' | 'onEvent'>> {
  const { flags } = invocation
  return {
    ...(await invocation.base()),
    ...(flags.expiresIn !== undefined && { expiresInMs: flags.expiresIn }),
    ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }),
    onEvent: invocation.onPlanEvent,
  }
}
