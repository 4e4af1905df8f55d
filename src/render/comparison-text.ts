import type { Action } from '../core/action.ts'
import type { PlanComparison } from '../core/plan-comparison.ts'
import { renderAction } from './action-lines.ts'
import type { Layout } from './change-lines.ts'
import { diffLines } from './line-difference.ts'
import { layOut, type RenderOptions } from './plan-text.ts'

/** How two plans differ, as text: actions that came, that went, and that would do something else. */
export function renderPlanComparison(comparison: PlanComparison, options: RenderOptions = {}): string {
  const layout = layOut(options)
  const { palette } = layout
  const { added, removed, changed } = comparison
  const blocks = [
    ...section('Only in the second plan:', added, layout),
    ...section('Only in the first plan:', removed, layout),
    ...changed.map(({ before, after }) => [palette.bold('Different:'), ...renderDifference(before, after, layout)].join('\n')),
  ]
  const total = added.length + removed.length + changed.length
  blocks.push(palette.bold(total === 0 ? 'The plans do the same.' : `Comparison: ${added.length} added, ${removed.length} removed, ${changed.length} different.`))
  return blocks.join('\n\n')
}

function section(title: string, actions: readonly Action[], layout: Layout): readonly string[] {
  if (actions.length === 0) return []
  return [[layout.palette.bold(title), ...actions.flatMap((action) => renderAction(action, layout))].join('\n')]
}

function renderDifference(before: Action, after: Action, layout: Layout): readonly string[] {
  const plain = layOut({ width: layout.width, verbose: layout.verbose })
  const { palette } = layout
  const lines = diffLines(renderAction(before, plain), renderAction(after, plain), 3)
  if (lines.every(({ kind }) => kind === 'same' || kind === 'gap')) return [...renderAction(after, layout), '      the same, but what it works on has moved, or its order is another']
  return lines.map(({ kind, text }) => (kind === 'removed' ? palette.red(`- ${text}`) : kind === 'added' ? palette.green(`+ ${text}`) : `  ${text}`))
}
