import type { OperationOutput } from '../core/operation.ts'
import { cutText } from './cut.ts'
import { neutralise } from './neutralise.ts'

const MAX_LINES = 8
const MAX_WIDTH = 200

/** What something printed, line by line, its end where that is long; says where all of it is. `all`: as much as there is. */
export function renderOutput({ text, length, document }: OperationOutput, all: boolean): readonly string[] {
  const lines = text.replace(/\n$/, '').split('\n').map(neutralise)
  const skipped = all ? 0 : Math.max(0, lines.length - MAX_LINES)
  const missing = text.length < length
  return [
    ...(skipped > 1 ? [`… ${skipped} lines before`] : []),
    ...lines.slice(skipped > 1 ? skipped : 0).map((line) => `| ${all ? line : cutText(line, MAX_WIDTH)}`),
    ...(document === undefined && !missing ? [] : [`the end of ${length} characters${document === undefined ? '' : `, all of it: document ${neutralise(document)}`}`]),
  ]
}
