import { cpus, totalmem } from 'node:os'
import type { BenchOptions, Part } from './bench-options.ts'
import { bundleEntry } from './bundle.ts'
import { benchLimit } from './limit-part.ts'
import { benchLoop } from './loop-part.ts'
import { benchMakespan } from './makespan-part.ts'
import { NoiseMeter } from './noise.ts'
import { benchPeers } from './peer-part.ts'
import { performApart, performHere } from './perform.ts'
import { benchPhases } from './phase-part.ts'
import { describeFault, type Bench, type Findings, type Report } from './report.ts'
import { makeScratch } from './scratch.ts'

/** Measures what is asked for. What takes longest comes last, so that the minutes run out there. */
export async function runBench(options: BenchOptions, say: (line: string) => void): Promise<Report> {
  const startedMs = performance.now()
  const untilMs = startedMs + options.minutes * 60_000
  const scratch = await makeScratch()
  try {
    const noise = new NoiseMeter()
    const perform = options.small ? performHere : performApart(await bundleEntry('child', scratch.folder))
    const bench: Bench = { options, perform, noise, folder: scratch.folder, say, leftMs: () => untilMs - performance.now() }
    const parts = { limit: benchLimit, makespan: benchMakespan, loop: benchLoop, peers: benchPeers }
    const found: Findings[] = []
    for (const [name, part] of Object.entries(parts)) if (options.only.has(name as Part)) found.push(await survive(name, () => part(bench)))
    found.push(await survive('phases', () => benchPhases(bench)))
    // The first thing that people look for comes first.
    found.unshift(found.pop() as Findings)
    return {
      at: new Date().toISOString(),
      machine: `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 1e9)} GB`,
      options: { max: options.max, small: options.small, minutes: options.minutes, only: [...options.only] },
      wholeMs: performance.now() - startedMs,
      noise: noise.report(),
      sections: found.flatMap(({ sections }) => sections),
      verdicts: found.flatMap(({ verdicts }) => verdicts),
    }
  } finally {
    await scratch.remove()
  }
}

/** A part that cannot be measured is a line of the report, and the others go on. */
async function survive(part: string, measure: () => Promise<Findings>): Promise<Findings> {
  try {
    return await measure()
  } catch (error) {
    return { sections: [{ part, title: part, rows: [{ note: `failed: ${describeFault(error)}` }], notes: [] }], verdicts: [] }
  }
}
