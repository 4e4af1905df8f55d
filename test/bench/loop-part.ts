import { describeFault, type Bench, type Findings, type Row } from './report.ts'

const PHASES = ['plan create', 'plan no-op', 'apply in memory', 'apply, fileStore', 'resume half, fileStore', 'roll back in memory'] as const

/** For how long the event loop of the host stands still while the engine works. */
export async function benchLoop(bench: Bench): Promise<Findings> {
  const { small, max } = bench.options
  const size = small ? 200 : Math.min(100_000, max)
  const rows: Row[] = []
  for (const phase of PHASES) {
    bench.noise.beat()
    bench.say(`event loop, ${phase}, ${size}`)
    try {
      const { longestMs, long, wholeMs } = await bench.perform({ kind: 'gap', phase, shape: 'independent', size, warmMs: small ? 0 : 400 }, 300_000)
      rows.push({ phase, size, 'longest block ms': longestMs, 'blocks > 50 ms': long, 'whole ms': wholeMs })
    } catch (error) {
      rows.push({ phase, size, note: `failed: ${describeFault(error)}` })
    }
  }
  const measured = rows.filter((row) => typeof row['longest block ms'] === 'number')
  return {
    sections: [{ part: 'loop', title: 'The event loop of the host: how long nothing else could run', rows, notes: ['All actions are ready at once.'] }],
    verdicts: measured.map((row) => ({ budget: `event loop never blocked for more than 50 ms: ${row.phase}, ${row.size}`, found: `${Number(row['longest block ms']).toFixed(0)} ms`, kept: Number(row['longest block ms']) <= 50 })),
  }
}
