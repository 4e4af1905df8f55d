import type { SoakReport } from './soak.ts'

/** A report for people. */
export function describeReport(seed: number, report: SoakReport): string {
  const { rounds, ways, killCount, kills, works, between, hosts, runs, resumes, steps, adopted, torn, writes, requests, late, wireFaults, settles, longestRoundMs, durationMs, faults } = report
  return [
    `${rounds} rounds (${count(ways)}), ${killCount} kills, ${between} of them with something saved and not live`,
    `killed at ${count(kills)}`,
    `killed while they did ${count(works)}`,
    `${hosts} hosts, ${runs} runs, ${resumes} resumes, ${steps} steps, ${adopted} found done, ${torn} torn last lines`,
    `${writes} writes in ${requests} requests, ${wireFaults} hosts with faults on the wire, ${late} writes landed late; settled ${count(settles)}`,
    `longest round ${(longestRoundMs / 1000).toFixed(1)} s, ${(durationMs / 1000).toFixed(1)} s in all, seed ${seed}`,
    `${faults.length === 0 ? 'no' : faults.length} lines of faults`,
    ...faults.map((fault) => `  ${fault}`),
  ].join('\n')
}

function count(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts).sort(([, a], [, b]) => b - a).map(([kind, times]) => `${times} ${kind}`).join(', ')
}
