import type { Action } from '../core/action.ts'
import type { Mode, Plan } from '../core/plan.ts'
import { countOf } from '../render/cut.ts'
import { neutralise } from '../render/neutralise.ts'
import { choosePalette } from '../render/palette.ts'
import { UsageError } from './flags.ts'
import { Interrupted } from './interruption.ts'
import type { Invocation } from './invocation.ts'

/** Actions that remove an object, a replace among them. */
export function listRemovals(plan: Plan): readonly Action[] {
  return plan.actions.filter(({ kind, blocked, deposed }) => blocked === undefined && (kind === 'delete' || kind === 'replace' || (deposed?.length ?? 0) > 0))
}

/** What of a plan is asked about where its removals will not run. */
export function leaveOutRemovals(plan: Plan): Plan {
  const removals = new Set(listRemovals(plan))
  return { ...plan, actions: plan.actions.filter((action) => !removals.has(action)) }
}

/** Operations that are run or taken back: nobody can tell what they touch. */
function listOperations(plan: Plan): readonly Action[] {
  return plan.actions.filter(({ kind, blocked }) => blocked === undefined && kind === 'operation')
}

/** True where a person has to agree: always to operations; mode apply when something that exists is changed, the others when something is removed. */
export function needsConfirmation(plan: Plan, mode: Mode): boolean {
  if (listRemovals(plan).length > 0 || listOperations(plan).length > 0) return true
  return mode === 'apply' && plan.actions.some(({ kind, blocked }) => blocked === undefined && kind === 'update')
}

/**
 * Asks whether the plan shall be applied, naming everything that is removed. True: yes. Throws `usage` where nobody can
 * answer.
 */
export async function confirm(invocation: Invocation, plan: Plan, mode: Mode): Promise<boolean> {
  const { io, flags, interruption, rendering } = invocation
  if (flags.autoApprove === true || !needsConfirmation(plan, mode)) return true
  const removals = listRemovals(plan)
  const operations = listOperations(plan).length
  const runs = operations === 0 ? '' : `${plan.mode === 'rollback' ? 'takes back' : 'runs'} ${countOf(operations, 'operation')}`
  const what = removals.length > 0 ? `${runs === '' ? '' : `${runs} and `}removes ${countOf(removals.length, 'object')}` : runs === '' ? 'changes what exists' : runs
  if (!io.isInteractive || flags.file.includes('-'))
    throw new UsageError(`this plan ${what}, and there is no terminal to confirm it on; nothing was changed. Review it with plan, then pass --auto-approve`)
  if (removals.length > 0) {
    const palette = choosePalette(rendering.color)
    invocation.remark(palette.red(`This ${what} for good:`))
    for (const { kind, address, id } of removals) invocation.remark(`  ${kind} ${neutralise(address)}${id === undefined ? '' : ` (id ${neutralise(id)})`}`)
  }
  const answer = await interruption.race(io.ask(`Do you want to ${mode} this ${plan.operation === undefined ? 'plan' : `${neutralise(plan.operation)} plan`} to stack ${neutralise(plan.stack)}? [y/N] `, interruption.signal))
  if (interruption.hasHappened) throw new Interrupted('interrupted; nothing was changed')
  if (/^y(es)?$/i.test((answer ?? '').trim())) return true
  invocation.remark('Declined; nothing was changed.')
  return false
}
