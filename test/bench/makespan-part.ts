import type { Makespan, RealTime } from './makespan.ts'
import { describeFault, type Bench, type Findings, type Row, type Verdict } from './report.ts'

const SEED = 7

/** How near schedules come to the bound where calls take their time. */
export async function benchMakespan(bench: Bench): Promise<Findings> {
  const { small } = bench.options
  const size = small ? 30 : 1_000
  const rows: Row[] = []
  const verdicts: Verdict[] = []
  const compare = async (what: string, concurrency: number, run: () => Promise<readonly (Makespan | RealTime)[]>): Promise<void> => {
    bench.noise.beat()
    bench.say(`makespan, ${what}, ${concurrency} at once`)
    try {
      for (const { network, boundMs, ...ratios } of await run()) {
        rows.push({ network, 'at once': concurrency, 'bound ms': boundMs, ...describeRatios(ratios) })
        verdicts.push(judge(network, concurrency, ratios))
      }
    } catch (error) {
      rows.push({ network: what, 'at once': concurrency, note: `failed: ${describeFault(error)}` })
    }
  }
  for (const concurrency of [10, 100]) await compare('virtual time', concurrency, () => bench.perform({ kind: 'makespan', size, concurrency, seed: SEED }, 180_000))
  await compare('real time', 10, () => bench.perform({ kind: 'real-time', size: small ? 20 : 1_000, concurrency: 10, seed: SEED }, 180_000))
  return {
    sections: [
      {
        part: 'makespan',
        title: `Makespan of ${size} actions of 1–50 ms, as a multiple of max(longest path, work ÷ concurrency)`,
        rows,
        notes: [
          'By the durations that occurred. Virtual time is exact: it stands still while the engine works. Level barriers and first come are played through with the same durations.',
          'longest path: first what has the longest path behind it, all durations known beforehand. engine again: the same stack once more, so durations can have been learned.',
        ],
      },
    ],
    verdicts,
  }
}

function describeRatios(ratios: Omit<Makespan, 'network' | 'boundMs'> | Omit<RealTime, 'network' | 'boundMs'>): Row {
  if (!('levelBarriers' in ratios)) return { engine: ratios.engine }
  return { 'level barriers': ratios.levelBarriers, 'first come': ratios.firstCome, 'longest path': ratios.longestPath, engine: ratios.engine, 'engine again': ratios.engineAgain }
}

/** Where even known durations do not bring it to the bound, what they bring it to is the measure. */
function judge(network: string, concurrency: number, ratios: Pick<RealTime, 'engine'> & Partial<Makespan>): Verdict {
  const { engine, engineAgain = engine, longestPath = 1 } = ratios
  const found = ratios.engineAgain === undefined ? `${engine.toFixed(4)} ×` : `${engine.toFixed(4)} × at first, ${engineAgain.toFixed(4)} × when run before; with known durations ${longestPath.toFixed(4)} × is in reach`
  return { budget: `makespan within 1 % of the bound, or of what is in reach: ${network}, ${concurrency} at once`, found, kept: engineAgain <= 1.01 * longestPath }
}
