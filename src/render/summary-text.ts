import type { Plan } from '../core/plan.ts'
import { countOf } from './cut.ts'

const PHRASES = [
  ['create', 'to create'],
  ['update', 'to update'],
  ['replace', 'to replace'],
  ['delete', 'to delete'],
  ['forget', 'to forget'],
  ['settle', 'to settle'],
  ['blocked', 'blocked'],
] as const

/** One line that says what a plan comes to: `Plan: 3 to create, 1 blocked; 31 unchanged.`, `Plan: 7 operations in 2 phases.` or `Nothing to do: …`. */
export function renderSummary(plan: Plan): string {
  const { summary, phases = [] } = plan
  const operations = summary.operation ?? 0
  const ofPhases = phases.length === 0 ? '' : ` in ${countOf(phases.length, 'phase')}`
  const parts = PHRASES.filter(([kind]) => (summary[kind] ?? 0) > 0).map(([kind, phrase]) => `${summary[kind]} ${phrase}`)
  if (operations > 0) return `Plan: ${[`${countOf(operations, 'operation')}${plan.mode === 'rollback' ? ' to take back' : ''}${ofPhases}`, ...parts].join(', ')}${parts.length > (summary.blocked > 0 ? 1 : 0) || summary.unchanged > 0 ? `; ${summary.unchanged} unchanged` : ''}.`
  if (parts.length > 0) return `Plan: ${parts.join(', ')}; ${summary.unchanged} unchanged.`
  if (plan.unreadable.length > 0) return `Nothing to do for what could be read; ${countOf(plan.unreadable.length, 'thing')} could not be read.`
  if ((phases.length > 0 || plan.operation !== undefined) && summary.unchanged === 0) return 'Nothing to do: the plan has no operations.'
  if (plan.mode === 'destroy') return 'Nothing to do: nothing that is owned and in scope exists.'
  if (summary.unchanged === 0) return 'Nothing to do: nothing is declared, and nothing is to be removed.'
  return `Nothing to do: ${countOf(summary.unchanged, 'resource')} ${summary.unchanged === 1 ? 'is' : 'are'} as declared.`
}
