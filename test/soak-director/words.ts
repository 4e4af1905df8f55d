import type { SoakReport } from './soak.ts'

/** A report for people. */
export function describeReport(seed: number, { rounds, ways, killCount, kills, works, figures, longestRoundMs, durationMs, faults }: SoakReport): string {
  const { hosts, runs, resumes, steps, adopted, torn, orders, failedOrders, doubled, write, poll, read, refresh, faults: troubles, serverKills, lockouts, freed, persons, interrupted, failedRuns } = figures
  return [
    `${rounds} rounds (${count(ways)}), ${killCount} kills of a host, ${serverKills} of the Director`,
    `killed at ${count(kills)}`,
    `killed while they did ${count(works)}`,
    `${hosts} hosts, ${runs} runs, ${resumes} resumes, ${steps} steps, ${adopted} found done, ${torn} torn last lines`,
    `${write} writes, ${poll} polls, ${read} reads, ${refresh} refreshes of the token; ${orders} orders, ${failedOrders} of them failed, ${doubled} since their object was there already; ${troubles} faults asked for`,
    `told as it is: ${interrupted} runs left open, ${failedRuns} failed, ${freed} stuck orders brought to an end by somebody, ${persons} objects left to a person, ${lockouts} tokens lost for good`,
    `longest round ${(longestRoundMs / 1000).toFixed(1)} s, ${(durationMs / 1000).toFixed(1)} s in all, seed ${seed}`,
    `${faults.length === 0 ? 'no' : faults.length} lines of faults`,
    ...faults.map((fault) => `  ${fault}`),
  ].join('\n')
}

function count(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts).sort(([, a], [, b]) => b - a).map(([kind, times]) => `${times} ${kind}`).join(', ')
}
