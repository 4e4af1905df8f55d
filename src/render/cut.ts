/** A text of at most `limit` characters; what was left out is counted. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text
  const kept = Array.from(text.slice(0, limit)).slice(0, Math.max(1, limit)).join('')
  return `${kept}… (${text.length - kept.length} more characters)`
}

/** At most `limit` lines; what was left out is counted in one line more. */
export function cutLines(lines: readonly string[], limit: number, noun = 'line'): readonly string[] {
  if (lines.length <= limit + 1) return lines
  return [...lines.slice(0, limit), `… ${countOf(lines.length - limit, `more ${noun}`)}`]
}

/** `1 resource`, `2 resources`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
