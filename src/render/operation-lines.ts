import type { Action } from '../core/action.ts'
import type { OperationChange } from '../core/operation.ts'
import { renderValues, type Layout } from './change-lines.ts'
import { renderAmounts } from './estimate-text.ts'
import { cutLines, cutText } from './cut.ts'
import { neutralise } from './neutralise.ts'
import type { Palette } from './palette.ts'
import { formatValue } from './value-text.ts'

const MAX_CHANGES = 8

/** True where an operation is not run, but what it did is taken back. */
export function isTakenBack({ kind, steps }: Action): boolean {
  return kind === 'operation' && steps.some(({ call }) => call === 'undo')
}

/** What stands below an operation: its parameters, what it is expected to change, and what it takes. Nothing for other actions. */
export function renderOperation({ kind, inputs, expects = [], estimate }: Action, layout: Layout): readonly string[] {
  if (kind !== 'operation') return []
  const { palette, verbose, width } = layout
  const amounts = estimate === undefined ? '' : renderAmounts(estimate)
  const changes = expects.flatMap((change) => renderExpected(change, layout))
  return [
    ...(verbose ? changes : cutLines(changes, MAX_CHANGES, 'line')),
    ...(verbose && inputs !== undefined && Object.keys(inputs).length > 0 ? [palette.dim(`with ${cutText(formatValue(inputs), Math.max(400, width * 8))}`)] : []),
    ...(verbose && amounts !== '' ? [palette.dim(`takes ${amounts}`)] : []),
  ]
}

/** One thing that an operation changes: `~ update service a: 1 → 2`. */
export function renderExpected({ subject, action, before, after }: OperationChange, layout: Layout): readonly string[] {
  const head = `${symbolOf(action, layout.palette)} ${action === 'none' ? 'leave' : action} ${neutralise(subject)}`
  if (before === undefined && after === undefined) return [head]
  if (after === undefined) return renderValues(`${head}, as it was`, undefined, before, layout)
  return renderValues(head, before, after, layout)
}

function symbolOf(action: OperationChange['action'], palette: Palette): string {
  switch (action) {
    case 'create':
    case 'start':
      return palette.green('+')
    case 'delete':
    case 'stop':
      return palette.red('-')
    case 'update':
      return palette.yellow('~')
    case 'none':
      return palette.dim('=')
  }
}
