import * as z from 'zod'

/** What an object is called, from the outside in: `['shop', 'app', 'orders']`. */
export type Names = readonly string[]

/** PostgreSQL cuts longer names without a word: two of them could become one. */
const LONGEST_NAME = 63

/** A text that PostgreSQL can hold: no NUL, and no half of a surrogate pair. */
export const text = z.string().refine((value) => !value.includes('\0'), 'holds a NUL, which PostgreSQL cannot store').refine(isWellFormed, 'is no well-formed text: it holds half of a surrogate pair')

/** A name of anything. */
export const name = text.min(1, 'is empty, and a name is not').refine((value) => Buffer.byteLength(value) <= LONGEST_NAME, {
  error: ({ input }) => `is ${Buffer.byteLength(String(input))} bytes long as UTF-8, and a name has at most ${LONGEST_NAME}: PostgreSQL would cut it`,
})

/** The id of an object, as others refer to it. */
export const id = text.min(1)

/** Joins names into an id: `shop.app.orders`, with quotes as in SQL where a name has a dot or a quote. A single name stays as it is. */
export function formatId(names: Names): string {
  return names.length === 1 ? (names[0] as string) : names.map((each) => (/^[^".]+$/.test(each) ? each : `"${each.replaceAll('"', '""')}"`)).join('.')
}

/** The names in an id; undefined where it is none. */
export function parseId(id: string): Names | undefined {
  const names: string[] = []
  let rest = id
  for (;;) {
    const found = /^(?:"((?:[^"]|"")+)"|([^".]+))(\.|$)/s.exec(rest)
    if (found === null) return undefined
    names.push(found[1]?.replaceAll('""', '"') ?? (found[2] as string))
    if (found[3] === '') return names
    rest = rest.slice(found[0].length)
  }
}

/** The names in an id of so many names, where the first may be left out: then it is the database of the connection. */
export function completeId(id: unknown, count: number, database: string): Names | undefined {
  if (typeof id !== 'string') return undefined
  const names = count === 1 ? [id] : count === 2 && !/[".]/.test(id) ? [id] : parseId(id)
  if (names?.length === count) return names
  return names?.length === count - 1 ? [database, ...names] : undefined
}

function isWellFormed(value: string): boolean {
  return Buffer.from(value).toString() === value
}
