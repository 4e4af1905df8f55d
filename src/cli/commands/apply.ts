import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { OpenRunError } from '../../core/errors.ts'
import type { Mode, Plan } from '../../core/plan.ts'
import type { RunResult } from '../../core/result.ts'
import { apply } from '../../engine/apply.ts'
import type { ApplyOptions } from '../../engine/options.ts'
import { eventToJson, runToJson } from '../../render/json-text.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { confirm, leaveOutRemovals, listRemovals } from '../confirmation.ts'
import { ExitCode, exitCodeOfRun } from '../exit-code.ts'
import { Interrupted } from '../interruption.ts'
import type { Invocation } from '../invocation.ts'
import { makePlan } from '../make-plan.ts'
import { pickPart } from '../pick-part.ts'
import { refuseBeforehand, refuseInvalid } from '../refusal.ts'
import { resumeFirst } from '../resume-first.ts'
import { runOptions } from '../run-options.ts'
import { watchRun } from '../watch-run.ts'

/** `apply`, `sync`, `destroy` and what the host's own commands load: plan (or take a plan), show it, ask, and do it. */
export async function runApply(invocation: Invocation, mode: Mode): Promise<number> {
  const { flags, interruption, rendering } = invocation
  const { givenPlan } = invocation
  const resumed = await resumeFirst(invocation, mode)
  if (resumed !== undefined) return resumed
  const isGiven = givenPlan !== undefined
  const plan = pickPart(givenPlan === undefined ? await makePlan(invocation, mode) : await invocation.readPlan(givenPlan), flags)
  if (isGiven) await refuseBeforehand(plan, invocation, mode)
  if (isGiven && plan.mode === 'apply' && mode !== 'apply' && plan.phases === undefined) invocation.remark(`Warning: plan ${plan.id} was made in mode apply: it deletes nothing, also when it is run by ${mode}.`)
  invocation.print(`${renderPlan(plan, rendering)}\n`)
  refuseInvalid(plan)
  if (plan.openRun !== undefined && flags.dryRun !== true) throw new OpenRunError(plan.stack, plan.openRun)
  if (interruption.hasHappened) throw new Interrupted('interrupted; nothing was changed')

  const hasWork = plan.actions.some(({ blocked }) => blocked === undefined)
  // A plan that was given is admitted or refused also when it is empty; a fresh one that has nothing to do writes nothing.
  if (!hasWork && !isGiven) return finishIdle(invocation, plan)
  if (flags.dryRun !== true) {
    const asked = mode === 'apply' && flags.skipDeletes === true ? leaveOutRemovals(plan) : plan
    const removals = listRemovals(asked).length
    if (removals > 0 && mode !== 'apply') invocation.remark(`Warning: this ${mode} removes ${removals} object${removals === 1 ? '' : 's'}.`)
    if (!(await confirm(invocation, asked, mode))) return ExitCode.done
  }
  const options = await applyOptions(invocation, isGiven ? mode : undefined)
  const result = await watchRun(invocation, () => apply(plan, options), plan)
  return interruption.hasHappened ? ExitCode.interrupted : exitCodeOfRun(result, flags.failOnBlocked === true)
}

async function applyOptions(invocation: Invocation, expectMode: Mode | undefined): Promise<ApplyOptions> {
  const { flags, givenPlan } = invocation
  const planPath = givenPlan !== undefined && existsSync(givenPlan) ? resolve(givenPlan) : undefined
  return { ...(await runOptions(invocation)), ...(expectMode && { expectMode }), ...(planPath !== undefined && { planPath }), onDelete: flags.skipDeletes === true ? 'skip' : 'refuse', dryRun: flags.dryRun === true }
}

/** Nothing to do: programs still get a result. The dry run of such a plan makes it without a lease or a journal. */
async function finishIdle(invocation: Invocation, plan: Plan): Promise<number> {
  const { flags } = invocation
  const rehearsed = await apply(plan, { ...(await invocation.base()), dryRun: true }).result
  const result: RunResult = { ...rehearsed, dryRun: flags.dryRun === true }
  if (flags.ndjson === true) invocation.printJson(eventToJson({ name: 'run:finished', result }))
  else if (flags.json === true) invocation.printJson(runToJson(result))
  if (plan.unreadable.length > 0) return ExitCode.error
  return exitCodeOfRun(result, flags.failOnBlocked === true)
}
