import { growthExponent, listSizes } from './growth.ts'
import type { Measured } from './measure.ts'
import { describeFault, least, spread, type Bench, type Findings, type Row, type Verdict } from './report.ts'
import type { Shape } from './shape.ts'
import { PHASES } from './task.ts'

/** One phase on one shape, over all sizes. */
interface Series {
  readonly phase: string
  readonly shape: Shape
  readonly rows: Row[]
  last: { readonly size: number; readonly ms: number; readonly whole: Measured } | undefined
  /** Nothing larger is tried after a size that could not be. */
  isOver: boolean
}

/** Rounds of each size: what takes long is less in need of them. */
const roundsOf = (size: number, small: boolean): number => (small || size >= 1_000_000 ? 1 : size >= 100_000 ? 2 : 5)

/** Everything that the engine does, at all sizes: the smaller first, so that what the minutes do not reach is the largest. */
export async function benchPhases(bench: Bench): Promise<Findings> {
  const { options } = bench
  const chosen = PHASES.filter(({ part }) => [...options.only].some((each) => each === part))
  const most = Math.max(0, ...chosen.map(({ shapes }) => shapes.length))
  // Shape by shape: the first ones are those of which every phase has a row.
  const series: Series[] = Array.from({ length: most }, (_, at) => chosen.flatMap(({ name, shapes }) => (shapes[at] === undefined ? [] : [{ phase: name, shape: shapes[at], rows: [], last: undefined, isOver: false }]))).flat()
  const bareUs = chosen.length === 0 ? undefined : await measureBare(bench)
  for (const size of listSizes(options.max)) for (const each of series) if (!each.isOver) await measureSize(bench, each, size, bareUs)

  const rows = chosen.flatMap(({ name }) => series.filter(({ phase }) => phase === name).flatMap((each) => each.rows))
  if (rows.length === 0) return { sections: [], verdicts: [] }
  return {
    sections: [
      {
        part: 'phases',
        title: 'What the engine does, by size and shape',
        rows,
        notes: [
          'µs/action: the least of the rounds; ÷ bare loop: as a multiple of what an action costs in a bare loop of the same run; CPU: of all threads, with those that collect garbage; spread: the longest round ÷ the shortest; exponent: log10 of the growth from a tenth of the size.',
          'peak MB: of a process that did nothing else, its making ready included (before: until the first round). 100 actions under way at once.',
          'resume: µs, bytes and requests of the actions that were left, with the reading of the journal of the others.',
          'bytes/action: of the plan as text; with fileStore all that is in its folder afterwards: journal, plan, state and its copy.',
        ],
      },
    ],
    verdicts: judge(series),
  }
}

/** What an action costs in a bare loop of this run, in microseconds: the measure that two machines have in common. */
async function measureBare({ perform, say, options }: Bench): Promise<number | undefined> {
  say('bare loop')
  try {
    const { roundsMs, actions } = await perform({ kind: 'bare', shape: 'independent', size: options.small ? 200 : 10_000, rounds: options.small ? 1 : 3, atLeastMs: options.small ? 0 : 600, warmMs: options.small ? 0 : 400 }, 60_000)
    return (least(roundsMs) / actions) * 1_000
  } catch (error) {
    say(`bare loop: ${describeFault(error)}`)
    return undefined
  }
}

async function measureSize(bench: Bench, series: Series, size: number, bareUs: number | undefined): Promise<void> {
  const { phase, shape, last } = series
  const { small } = bench.options
  const rounds = roundsOf(size, small)
  const expectedMs = last === undefined ? 0 : 11 * (last.whole.openMs + rounds * last.whole.wholeMs)
  const leftMs = bench.leftMs()
  if (expectedMs > leftMs) {
    series.isOver = true
    series.rows.push({ phase, shape, size, note: `not run: about ${Math.ceil(expectedMs / 1_000)} s expected, ${Math.max(0, Math.floor(leftMs / 1_000))} s left of --minutes; nor anything larger` })
    return
  }
  bench.noise.beat()
  bench.say(`${phase}, ${shape}, ${size}`)
  try {
    const whole = await bench.perform({ kind: 'phase', phase, shape, size, rounds, ...(small ? { atLeastMs: 0, warmMs: 0 } : { atLeastMs: 300, warmMs: 300 }) }, Math.max(60_000, leftMs))
    const ms = least(whole.roundsMs)
    series.rows.push({
      phase,
      shape,
      size,
      'µs/action': (ms / whole.actions) * 1_000,
      '÷ bare loop': bareUs === undefined ? undefined : ((ms / whole.actions) * 1_000) / bareUs,
      'CPU µs/action': (least(whole.roundsCpuMs) / whole.actions) * 1_000,
      rounds: whole.roundsMs.length,
      spread: spread(whole.roundsMs),
      exponent: last === undefined ? undefined : growthExponent({ size: last.size, ms: last.ms }, { size, ms }),
      'bytes/action': whole.bytes === undefined ? undefined : whole.bytes / whole.actions,
      requests: whole.requests,
      'peak MB': whole.peakBytes / 1e6,
      'before MB': whole.peakBeforeBytes / 1e6,
    })
    series.last = { size, ms, whole }
  } catch (error) {
    series.isOver = true
    series.rows.push({ phase, shape, size, note: `failed: ${describeFault(error)}` })
  }
}

/** The budgets that hold for whole series. */
function judge(series: readonly Series[]): readonly Verdict[] {
  const rows = series.flatMap((each) => each.rows).filter((row) => typeof row['µs/action'] === 'number')
  const worst = (budget: string, key: string, limit: number, among: readonly Row[], scale = 1): Verdict[] => {
    const measured = among.filter((row) => typeof row[key] === 'number')
    if (measured.length === 0) return []
    const top = measured.reduce((a, b) => (Number(b[key]) > Number(a[key]) ? b : a))
    const kept = measured.filter((row) => Number(row[key]) * scale <= limit).length
    return [{ budget, found: `${kept} of ${measured.length}, the worst ${(Number(top[key]) * scale).toFixed(2)} (${top.phase}, ${top.shape}, ${top.size})`, kept: kept === measured.length }]
  }
  const from = (size: number): Row[] => rows.filter((row) => Number(row.size) >= size)
  const of = (start: string, among: readonly Row[]): Row[] => among.filter((row) => String(row.phase).startsWith(start))
  return [
    ...worst('plan at most 10 µs a resource from 1,000 on', 'µs/action', 10, from(1_000).filter((row) => /^plan (create|no-op|1|destroy)/.test(String(row.phase)))),
    ...worst('apply in memory at most 10 µs an action from 1,000 on', 'µs/action', 10, of('apply in memory', from(1_000))),
    ...worst('growth exponent at most 1.05', 'exponent', 1.05, from(1_000)),
    ...worst('no-op plan of 100,000 within 1 s', 'µs/action', 1, of('plan no-op', rows.filter((row) => row.size === 100_000)), 0.1),
    ...worst('a million within 2,000 MB', 'peak MB', 2_000, from(1_000_000)),
  ]
}
