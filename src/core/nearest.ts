const MAX_LENGTH = 200

/**
 * The known word that somebody who wrote this one most likely meant, the first of several; undefined when none is near.
 * Case does not count, and a beginning of three letters or more is near, though less so than a slip of the pen.
 */
export function findNearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > MAX_LENGTH) return undefined
  const wanted = word.toLowerCase()
  const limit = Math.max(1, Math.floor(Math.min(wanted.length, 60) / 3))
  let nearest: string | undefined
  let least = limit + 1
  for (const candidate of known) {
    const name = candidate.toLowerCase()
    const measured = measureDistance(wanted, name, least)
    const distance = isBeginning(wanted, name) ? Math.min(measured, limit + 0.5) : measured
    // As many edits as letters would make any word of any other.
    if (distance >= least || (distance > 0 && distance >= Math.max(wanted.length, name.length))) continue
    least = distance
    nearest = candidate
  }
  return nearest
}

/** `; did you mean "x"?`, or nothing where no known word is near: the end of a message. */
export function suggest(word: string, known: Iterable<string>): string {
  const nearest = findNearest(word, known)
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`
}

/** Edits (insert, remove, change, swap of neighbours) between two words, or at least `limit` when there are that many. */
function measureDistance(a: string, b: string, limit: number): number {
  if (a === b) return 0
  if (Math.abs(a.length - b.length) >= limit) return limit
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1]
      let edits = Math.min((above[column] as number) + 1, (current[column - 1] as number) + 1, (above[column - 1] as number) + (isSame ? 0 : 1))
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) edits = Math.min(edits, (before[column - 2] as number) + 1)
      current.push(edits)
    }
    if (Math.min(...current) >= limit) return limit
    before = above
    above = current
  }
  return above[b.length] as number
}

function isBeginning(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a))
}
