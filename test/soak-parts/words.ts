import type { SoakReport } from './play-rounds.ts'

/** A report for people. `own`: lines of one soak alone. */
export function describeReport(seed: number, { rounds, ways, killCount, kills, works, longestRoundMs, durationMs, faults }: SoakReport, own: readonly string[]): string {
  return [
    `${rounds} rounds (${count(ways)}), ${killCount} kills of a host`,
    `killed at ${count(kills)}`,
    `killed while they did ${count(works)}`,
    ...own,
    `longest round ${(longestRoundMs / 1000).toFixed(1)} s, ${(durationMs / 1000).toFixed(1)} s in all, seed ${seed}`,
    `${faults.length === 0 ? 'no' : faults.length} lines of faults`,
    ...faults.map((fault) => `  ${fault}`),
  ].join('\n')
}

function count(counts: Readonly<Partial<Record<string, number>>>): string {
  return Object.entries(counts).sort(([, a = 0], [, b = 0]) => b - a).map(([kind, times]) => `${times} ${kind}`).join(', ')
}
