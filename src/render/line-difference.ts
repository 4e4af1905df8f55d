/** One line of a difference: kept, removed, added, or a gap of unchanged lines that are not shown. */
export interface DifferenceLine {
  readonly kind: 'same' | 'removed' | 'added' | 'gap'
  readonly text: string
}

// Beyond this many cells, the middle that differs is shown as removed and added as a whole.
const MAX_CELLS = 1_000_000

/** The lines that differ, each change with `context` unchanged lines around it. */
export function diffLines(before: readonly string[], after: readonly string[], context = 2): readonly DifferenceLine[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let tail = 0
  while (tail < before.length - start && tail < after.length - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  const all: DifferenceLine[] = [
    ...before.slice(0, start).map(same),
    ...diffMiddle(before.slice(start, before.length - tail), after.slice(start, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ]
  return foldGaps(all, context)
}

function same(text: string): DifferenceLine {
  return { kind: 'same', text }
}

/** Longest common subsequence, walked from the end of both texts. */
function diffMiddle(before: readonly string[], after: readonly string[]): DifferenceLine[] {
  const removed = before.map((text): DifferenceLine => ({ kind: 'removed', text }))
  const added = after.map((text): DifferenceLine => ({ kind: 'added', text }))
  if (before.length === 0 || after.length === 0 || before.length * after.length > MAX_CELLS) return [...removed, ...added]
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  const at = (row: number, column: number): number => lengths[row * width + column] as number
  for (let row = before.length - 1; row >= 0; row--)
    for (let column = after.length - 1; column >= 0; column--)
      lengths[row * width + column] = before[row] === after[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
  const lines: DifferenceLine[] = []
  let row = 0
  let column = 0
  while (row < before.length || column < after.length) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      lines.push(same(before[row++] as string))
      column++
    } else if (row < before.length && (column >= after.length || at(row + 1, column) >= at(row, column + 1))) lines.push(removed[row++] as DifferenceLine)
    else lines.push(added[column++] as DifferenceLine)
  }
  return lines
}

function foldGaps(lines: readonly DifferenceLine[], context: number): readonly DifferenceLine[] {
  const isShown = new Array<boolean>(lines.length).fill(false)
  for (const [index, { kind }] of lines.entries()) if (kind !== 'same') isShown.fill(true, Math.max(0, index - context), index + context + 1)
  const folded: DifferenceLine[] = []
  let hidden = 0
  const close = (): void => {
    if (hidden > 0) folded.push({ kind: 'gap', text: `… ${hidden} unchanged line${hidden === 1 ? '' : 's'}` })
    hidden = 0
  }
  for (const [index, line] of lines.entries()) {
    if (isShown[index] !== true) {
      hidden++
      continue
    }
    close()
    folded.push(line)
  }
  close()
  return folded
}
