import { planRestore, restore } from '../../engine/checkpoint.ts'
import { planRollback, rollback } from '../../engine/rollback.ts'
import { resume } from '../../engine/resume.ts'
import { unlock } from '../../engine/unlock.ts'
import type { Plan } from '../../core/plan.ts'
import type { Run } from '../../engine/run.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { neutralise } from '../../render/neutralise.ts'
import { confirm } from '../confirmation.ts'
import { ExitCode, exitCodeOfRun } from '../exit-code.ts'
import { UsageError } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { nameHolder, runOptions } from '../run-options.ts'
import { watchRun } from '../watch-run.ts'

/** `resume`: goes on with a run that was paused, failed, was cancelled or crashed. */
export async function runResume(invocation: Invocation, runId: string | undefined): Promise<number> {
  const options = await runOptions(invocation)
  return finish(invocation, () => resume(runId, options))
}

/** `rollback`: shows what takes a run back, asks, and does it. */
export async function runRollback(invocation: Invocation, runId: string | undefined): Promise<number> {
  const options = { ...(await runOptions(invocation)), ...(invocation.flags.createsOnly === true && { scope: 'creates' as const }) }
  return carryOut(invocation, await planRollback(runId, options), () => rollback(runId, options))
}

/** `restore`: shows what leads back to a checkpoint, asks, and does it. */
export async function runRestore(invocation: Invocation, id: string | undefined): Promise<number> {
  if (id === undefined) throw new UsageError('restore needs the id of a checkpoint; checkpoints lists them')
  const options = await runOptions(invocation)
  return carryOut(invocation, await planRestore(id, { ...options, onEvent: invocation.onPlanEvent }), () => restore(id, options))
}

/** `unlock`: takes a stack from a holder that does nothing any more. */
export async function runUnlock(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation
  const stack = await invocation.stack()
  const store = await invocation.store()
  const holding = await store.holding(stack)
  if (holding === undefined) {
    invocation.print(`Stack ${neutralise(stack)} is free.`)
    return ExitCode.done
  }
  if (flags.reason === undefined) throw new UsageError(`stack ${stack} is held by ${holding.holder} since ${holding.since}; if it surely does nothing any more, say why with --reason, and it is taken from it`)
  invocation.remark(`Taking stack ${neutralise(stack)} from ${neutralise(holding.holder)}; what it had sent may still be on its way, so it is free in a minute.`)
  const taken = await unlock({ store, stack, holder: nameHolder(io), fence: holding.fence, reason: flags.reason, signal: invocation.interruption.signal })
  invocation.print(taken === undefined ? `Stack ${neutralise(stack)} is free.` : `Stack ${neutralise(stack)} was taken from ${neutralise(taken.from)}, and is free. What it began, resume or abandon.`)
  return ExitCode.done
}

async function carryOut(invocation: Invocation, plan: Plan, start: () => Run): Promise<number> {
  const { flags, rendering } = invocation
  invocation.print(`${renderPlan(plan, rendering)}\n`)
  if (flags.dryRun === true) {
    if (invocation.isForPrograms) invocation.printJson(JSON.stringify(plan, null, 2))
    return plan.actions.some(({ blocked }) => blocked === undefined) ? ExitCode.pending : ExitCode.done
  }
  if (!(await confirm(invocation, plan, 'sync'))) return ExitCode.done
  return finish(invocation, start)
}

async function finish(invocation: Invocation, start: () => Run): Promise<number> {
  const result = await watchRun(invocation, start)
  return invocation.interruption.hasHappened ? ExitCode.interrupted : exitCodeOfRun(result, invocation.flags.failOnBlocked === true)
}
