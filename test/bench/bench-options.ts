import { parseArgs } from 'node:util'

/** The parts of the report. */
export const PARTS = ['plan', 'format', 'apply', 'resume', 'rollback', 'limit', 'makespan', 'loop', 'peers'] as const
export type Part = (typeof PARTS)[number]

/** What to measure, and for how long. */
export interface BenchOptions {
  /** The largest number of actions. */
  readonly max: number
  readonly only: ReadonlySet<Part>
  /** Everything once, in this process, at sizes at which nothing can be said of speed: whether the bench itself works. */
  readonly small: boolean
  /** What would not be done by then is left out, and the report says so. */
  readonly minutes: number
  /** Where the report goes as JSON. */
  readonly json: string | undefined
}

export const HELP = `npm run bench -- [options]
  --max N         the largest number of actions, a power of ten (1000000)
  --only a,b      only these parts: ${PARTS.join(', ')}
  --minutes N     leave out what would take longer (15)
  --small         everything once at sizes up to 1000: does the bench itself work?
  --json FILE     the report as JSON too
Other tools are measured where they are: terraform on the PATH, the others after npm install --prefix test/bench/peers.
`

/** Reads the command line; undefined asks for help. Throws for what is not known. */
export function parseBenchOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: { max: { type: 'string' }, only: { type: 'string' }, minutes: { type: 'string' }, small: { type: 'boolean' }, json: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) return undefined
  const small = values.small === true
  const chosen = values.only?.split(',') ?? PARTS
  const unknown = chosen.find((name) => !PARTS.some((part) => part === name))
  if (unknown !== undefined) throw new Error(`--only: there is no part "${unknown}"; known: ${PARTS.join(', ')}`)
  return {
    max: readCount('--max', values.max, small ? 1_000 : 1_000_000),
    only: new Set(PARTS.filter((part) => chosen.includes(part))),
    small,
    minutes: readCount('--minutes', values.minutes, 15),
    json: values.json,
  }
}

function readCount(name: string, text: string | undefined, fallback: number): number {
  const count = text === undefined ? fallback : Number(text.replaceAll('_', ''))
  if (!(count > 0)) throw new Error(`${name}: expected a number above 0, found "${text}"`)
  return count
}
