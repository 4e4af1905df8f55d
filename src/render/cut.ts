/** A text of at most `limit` characters; what was left out is counted. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text
  const kept = sliceWhole(text, limit)
  return `${kept}… (${text.length - kept.length} more characters)`
}

/** The first `length` characters, less one where that would cut a surrogate pair in half. */
export function sliceWhole(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

/** At most `limit` lines; what was left out is counted in one line more. */
export function cutLines(lines: readonly string[], limit: number, noun = 'line'): readonly string[] {
  if (lines.length <= limit + 1) return lines
  return [...lines.slice(0, limit), `… ${countOf(lines.length - limit, `more ${noun}`)}`]
}

/** `1 resource`, `2 resources`, `3 directories`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : pluralOf(noun)}`
}

/** By the rules of English that nouns keep mostly. */
function pluralOf(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`
  return /(?:s|x|z|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`
}
