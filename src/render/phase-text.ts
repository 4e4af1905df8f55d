import type { Action } from '../core/action.ts'
import type { PlanPhase } from '../core/operation.ts'
import type { Plan } from '../core/plan.ts'
import { renderAction } from './action-lines.ts'
import type { Layout } from './change-lines.ts'
import { countOf } from './cut.ts'
import { renderAmounts } from './estimate-text.ts'
import { neutralise } from './neutralise.ts'

/** The actions of a plan, a block of lines each; where it has phases, phase by phase under what there is to say of it. */
export function renderActions({ actions, phases = [] }: Plan, layout: Layout): readonly (readonly string[])[] {
  const writes = new Map<string, number>()
  for (const { steps } of actions) for (const { settledBy } of steps) if (settledBy !== undefined) writes.set(settledBy, (writes.get(settledBy) ?? 0) + 1)
  const blocksOf = (some: readonly Action[]): readonly (readonly string[])[] => some.map((action) => renderAction(action, layout, writes.get(action.steps[0]?.key ?? '')))
  const names = new Set(phases.map(({ name }) => name))
  return [
    ...blocksOf(actions.filter(({ phase }) => phase === undefined || !names.has(phase))),
    ...phases.flatMap((phase, position) => {
      const own = actions.filter((action) => action.phase === phase.name)
      return [describePhase(phase, own, position, phases.length, layout), ...blocksOf(own)]
    }),
  ]
}

function describePhase({ name, description, parallel, before = [], after = [], estimate }: PlanPhase, actions: readonly Action[], position: number, total: number, { palette }: Layout): readonly string[] {
  const amounts = estimate === undefined ? '' : renderAmounts(estimate)
  const about = [countActions(actions), ...(parallel === undefined || actions.length < 2 ? [] : [`at most ${parallel} at once`])].join(', ')
  return [
    palette.bold(`Phase ${position + 1} of ${total}, ${neutralise(name)}${description === undefined ? '' : `: ${neutralise(description)}`}`),
    palette.dim(`  ${about}${amounts === '' ? '' : `; ${amounts}`}`),
    ...(before.length === 0 ? [] : [`  hooks before it: ${before.map(neutralise).join(', ')}`]),
    ...(after.length === 0 ? [] : [`  hooks after it: ${after.map(neutralise).join(', ')}`]),
  ]
}

function countActions(actions: readonly Action[]): string {
  const isOperations = actions.every(({ kind }) => kind === 'operation')
  return actions.length === 0 ? 'nothing to do' : countOf(actions.length, isOperations ? 'operation' : 'action')
}
