import type { EngineKind } from './place.ts'
import type { SoakReport } from './soak.ts'

/** A report for people. */
export function describeReport(engine: EngineKind, seed: number, { rounds, kills, hits, resumes, endings, longestRoundMs, durationMs, faults }: SoakReport): string {
  return [
    `${engine}: ${rounds} rounds (${count(endings)}), ${kills.deploy} kills of the deploy, ${kills.rollback} of the rollback, ${resumes} resumes`,
    `the deploy was hit at ${count(hits.deploy)}`,
    `the rollback was hit at ${count(hits.rollback)}`,
    `longest round ${(longestRoundMs / 1000).toFixed(1)} s, ${(durationMs / 1000).toFixed(1)} s in all, seed ${seed}`,
    `${faults.length === 0 ? 'no' : faults.length} lines of faults`,
    ...faults.map((fault) => `  ${fault}`),
  ].join('\n')
}

function count(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts).sort(([, a], [, b]) => b - a).map(([kind, times]) => `${times} ${kind}`).join(', ')
}
