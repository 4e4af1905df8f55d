import type { FieldChange } from '../core/action.ts'
import { formatPath, isFields } from '../core/json.ts'
import { isMarker } from '../core/value.ts'
import { cutLines, cutText } from './cut.ts'
import { diffLines, type DifferenceLine } from './line-difference.ts'
import { neutralise } from './neutralise.ts'
import type { Palette } from './palette.ts'
import { formatMarker, formatValue, formatValueLines } from './value-text.ts'

/** How text is laid out; all of it an argument, nothing is asked of the terminal. */
export interface Layout {
  readonly palette: Palette
  /** Characters in a line. */
  readonly width: number
  /** True: nothing is cut, and order and guarantees are shown. */
  readonly verbose: boolean
}

const MAX_LINES = 12

/** The lines of one changed field, without indentation. `isNew`: nothing was there before, whatever a secret hides. */
export function renderChange(change: FieldChange, layout: Layout, isNew = false): readonly string[] {
  const { palette } = layout
  const hasBefore = change.before !== undefined
  const isUnset = change.after === undefined && hasBefore
  const symbol = change.sensitive === true && !isNew ? palette.yellow('~') : isUnset ? palette.red('-') : hasBefore ? palette.yellow('~') : palette.green('+')
  const name = change.path.length === 0 ? '(all of it)' : neutralise(formatPath(change.path))
  const suffix = change.forcesReplace === true ? ` ${palette.red('# forces replacement')}` : ''
  const line = (text: string): readonly string[] => [`${symbol} ${name}: ${text}${suffix}`]
  if (change.sensitive === true) return line(`(sensitive)${isMarker(change.after) && change.after.kind === 'deferred' ? ` ${formatMarker(change.after)}` : ''}`)
  if (isUnset) return line(`${short(change.before, layout)} → ${palette.dim('(unset)')}`)
  return renderValues(`${symbol} ${name}`, change.before, change.after, layout, suffix)
}

/** What stands before and after, behind a name: on its line, or as the lines that differ. */
export function renderValues(head: string, before: unknown, after: unknown, layout: Layout, suffix = ''): readonly string[] {
  const hasBefore = before !== undefined
  const block = hasBefore ? renderDifference(before, after, layout) : renderBlock(after, layout)
  if (block !== undefined) return [`${head}:${suffix}`, ...block.map((each) => `    ${each}`)]
  return [`${head}: ${hasBefore ? `${short(before, layout)} → ${short(after, layout)}` : short(after, layout)}${suffix}`]
}

function short(value: unknown, { width, verbose }: Layout): string {
  const text = formatValue(value)
  return verbose ? text : cutText(text, Math.max(40, width - 30))
}

/** Several lines for what is new: texts with line breaks, and objects too long for one line. */
function renderBlock(value: unknown, layout: Layout): readonly string[] | undefined {
  const lines = linesOf(value, layout)
  if (lines === undefined) return undefined
  const cut = layout.verbose ? lines : cutLines(lines, MAX_LINES)
  return cut.map((text) => layout.palette.green(`+ ${limit(text, layout)}`))
}

/** Only the hunks that differ, where either side has several lines. */
function renderDifference(before: unknown, after: unknown, layout: Layout): readonly string[] | undefined {
  const [old, fresh] = [linesOf(before, layout), linesOf(after, layout)]
  if (old === undefined && fresh === undefined) return undefined
  const lines = diffLines(old ?? [formatValue(before)], fresh ?? [formatValue(after)])
  if (lines.every(({ kind }) => kind === 'same' || kind === 'gap')) return undefined
  const painted = lines.map((line) => paintLine(line, layout))
  return layout.verbose ? painted : cutLines(painted, MAX_LINES * 2, 'changed line')
}

function paintLine({ kind, text }: DifferenceLine, layout: Layout): string {
  const { palette } = layout
  const shown = limit(text, layout)
  if (kind === 'removed') return palette.red(`- ${shown}`)
  if (kind === 'added') return palette.green(`+ ${shown}`)
  return palette.dim(`  ${shown}`)
}

function limit(text: string, { width, verbose }: Layout): string {
  return verbose ? text : cutText(text, Math.max(40, width - 12))
}

/** The lines of a value that takes several; undefined for what fits on one. */
function linesOf(value: unknown, { width }: Layout): readonly string[] | undefined {
  if (typeof value === 'string') return value.includes('\n') ? value.split('\n').map(neutralise) : undefined
  const isCompound = (Array.isArray(value) || isFields(value)) && !isMarker(value)
  return isCompound && formatValue(value).length > Math.max(20, Math.floor(width / 2)) ? formatValueLines(value) : undefined
}
