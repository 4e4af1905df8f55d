import type { RunEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import { countOf } from './cut.ts'
import { renderAmounts } from './estimate-text.ts'

/** What a dry run of operations lists in all, in one line: phases, operations, hooks and what it is expected to take. */
export function renderRehearsal({ phases = [], estimate }: Plan, events: readonly RunEvent[]): string {
  const operations = events.filter((event) => event.name.startsWith('action:') && 'result' in event && 'action' in event && event.action.kind === 'operation')
  const idle = operations.filter((event) => event.name === 'action:succeeded' && event.result.message !== undefined).length
  const hooks = events.filter(({ name }) => name === 'hook:finished').length
  const amounts = estimate === undefined ? '' : renderAmounts(estimate)
  return `In all: ${countOf(phases.length, 'phase')}, ${countOf(operations.length, 'operation')}${idle === 0 ? '' : ` (${idle} with nothing to do)`}, ${countOf(hooks, 'hook')}${amounts === '' ? '' : `; ${amounts}`}.`
}
