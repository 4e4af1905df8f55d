import type { Action } from '../core/action.ts'
import type { Mode, Plan } from '../core/plan.ts'
import { countOf } from '../render/cut.ts'
import { renderIntent } from '../render/intent-text.ts'
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

/** True where the host says that what its command does cannot be undone; also where another command applies a plan of that one. */
function isDestructive({ command, commands }: Invocation, plan: Plan): boolean {
  if (plan.actions.every(({ blocked }) => blocked !== undefined) || plan.mode === 'rollback') return false
  return [command, plan.operation ?? command].some((name) => Object.hasOwn(commands, name) && commands[name]?.isDestructive === true)
}

/**
 * Asks whether the plan shall be applied, saying what it will do and naming everything that is removed. True: yes. What
 * cannot be undone is agreed to by typing the stack's name. Throws `usage` where nobody can answer.
 */
export async function confirm(invocation: Invocation, plan: Plan, mode: Mode): Promise<boolean> {
  const { io, flags, interruption, rendering } = invocation
  const wantsName = isDestructive(invocation, plan)
  if (flags.autoApprove === true || (!wantsName && !needsConfirmation(plan, mode))) return true
  const removals = listRemovals(plan)
  const operations = listOperations(plan).length
  const runs = operations === 0 ? '' : `${plan.mode === 'rollback' ? 'takes back' : 'runs'} ${countOf(operations, 'operation')}`
  const what = removals.length > 0 ? `${runs === '' ? '' : `${runs} and `}removes ${countOf(removals.length, 'object')}` : runs === '' ? 'changes what exists' : runs
  const review = invocation.givenPlan !== undefined ? 'show' : Object.hasOwn(invocation.commands, invocation.command) ? '--plan-only' : 'plan'
  if (!io.isInteractive || flags.file.includes('-'))
    throw new UsageError(`this plan ${what}, and there is no terminal to confirm it on; nothing was changed. Review it with ${review}, then pass --auto-approve`)
  const palette = choosePalette(rendering.color)
  for (const line of renderIntent(plan)) invocation.remark(line)
  if (removals.length > 0) {
    invocation.remark(palette.red(`This ${what} for good:`))
    for (const { kind, address, id } of removals) invocation.remark(`  ${kind} ${neutralise(address)}${id === undefined ? '' : ` (id ${neutralise(id)})`}`)
  }
  if (wantsName) invocation.remark(palette.red(`This cannot be undone: ${neutralise(plan.operation ?? invocation.command)} of stack ${neutralise(plan.stack)}.`))
  const question = wantsName
    ? `Type the name of the stack, ${neutralise(plan.stack)}, to go on: `
    : `Do you want to ${mode} this ${plan.operation === undefined ? 'plan' : `${neutralise(plan.operation)} plan`} to stack ${neutralise(plan.stack)}? [y/N] `
  const answer = (await interruption.race(io.ask(question, interruption.signal)))?.trim() ?? ''
  if (interruption.hasHappened) throw new Interrupted('interrupted; nothing was changed')
  if (wantsName ? answer === plan.stack : /^y(es)?$/i.test(answer)) return true
  invocation.remark(`Declined${wantsName && answer !== '' ? `, since that is not ${neutralise(plan.stack)}` : ''}; nothing was changed.`)
  return false
}
