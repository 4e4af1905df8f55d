import { describeFault, least, spread, type Bench, type Findings, type Row, type Verdict } from './report.ts'
import type { Shape } from './shape.ts'

/** The physical limit: the least that gives the same guarantees, in memory and on the disk, beside the engine. */
export async function benchLimit(bench: Bench): Promise<Findings> {
  const { small } = bench.options
  const memory: Row[] = []
  const shapes: readonly Shape[] = ['independent', 'layered']
  for (const shape of shapes) memory.push(await compareLoop(bench, shape, small ? 200 : Math.min(100_000, bench.options.max)))
  const disk: Row[] = []
  const verdicts: Verdict[] = []
  for (const concurrency of [1, 10, 100, 1_000]) {
    const row = await compareCommit(bench, concurrency, small ? 20 : concurrency === 1 ? 1_000 : 10_000)
    disk.push(row)
    const ratio = row['engine ÷ raw']
    if (typeof ratio === 'number') verdicts.push({ budget: `durable apply within 1.5 × raw group commit at ${concurrency} at once`, found: `${ratio.toFixed(2)} ×`, kept: ratio <= 1.5 })
  }
  return {
    sections: [
      { part: 'limit', title: 'In memory: the engine beside a bare loop', rows: memory, notes: ['The bare loop calls in dependency order and makes a line before and one after each call. No limits, retries, events or checks.'] },
      { part: 'limit', title: 'On the disk: apply with fileStore beside raw group commit of the same bytes', rows: disk, notes: ['Raw: the same lines of the journal by as many writers as the apply had actions under way, and then plan and state in one write each, with nothing but write and fdatasync. Rounds of both take turns, the ratio is of the least of each.'] },
    ],
    verdicts,
  }
}

async function compareLoop(bench: Bench, shape: Shape, size: number): Promise<Row> {
  const repeats = { shape, size, ...(bench.options.small ? { rounds: 1, atLeastMs: 0, warmMs: 0 } : { rounds: 3, atLeastMs: 600, warmMs: 400 }) }
  bench.noise.beat()
  bench.say(`bare loop, ${shape}, ${size}`)
  try {
    const bare = await bench.perform({ kind: 'bare', ...repeats }, 120_000)
    const engine = await bench.perform({ kind: 'phase', phase: 'apply in memory', ...repeats }, 300_000)
    const perAction = ({ roundsMs, actions }: typeof bare): number => (least(roundsMs) / actions) * 1_000
    return { shape, size, 'bare loop µs/action': perAction(bare), spread: spread(bare.roundsMs), 'apply µs/action': perAction(engine), 'spread of apply': spread(engine.roundsMs), 'engine ÷ bare': perAction(engine) / perAction(bare) }
  } catch (error) {
    return { shape, size, note: `failed: ${describeFault(error)}` }
  }
}

async function compareCommit(bench: Bench, concurrency: number, size: number): Promise<Row> {
  bench.noise.beat()
  bench.say(`group commit, ${concurrency} at once, ${size}`)
  try {
    const { actions, journalBytes, bytes, engineMs, rawMs } = await bench.perform({ kind: 'commit', size, concurrency, rounds: bench.options.small ? 1 : 5 }, 300_000)
    return {
      'at once': concurrency,
      size,
      'journal bytes/action': journalBytes / actions,
      'all bytes/action': bytes / actions,
      'raw µs/action': (least(rawMs) / actions) * 1_000,
      'spread of raw': spread(rawMs),
      'engine µs/action': (least(engineMs) / actions) * 1_000,
      'spread of engine': spread(engineMs),
      'engine ÷ raw': least(engineMs) / least(rawMs),
    }
  } catch (error) {
    return { 'at once': concurrency, size, note: `failed: ${describeFault(error)}` }
  }
}
