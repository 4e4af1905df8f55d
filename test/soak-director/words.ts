import type { SoakReport } from '../soak-parts/play-rounds.ts'
import { describeReport as describePlain } from '../soak-parts/words.ts'

/** A report for people. */
export function describeReport(seed: number, report: SoakReport): string {
  const { hosts, runs, resumes, steps, adopted, torn, orders, failedOrders, doubled, write, poll, read, refresh, faults: troubles, serverKills, lockouts, freed, persons, interrupted, failedRuns } = report.figures as Readonly<Record<string, number>>
  return describePlain(seed, report, [
    `${hosts} hosts, ${serverKills} kills of the Director, ${runs} runs, ${resumes} resumes, ${steps} steps, ${adopted} found done, ${torn} torn last lines`,
    `${write} writes, ${poll} polls, ${read} reads, ${refresh} refreshes of the token; ${orders} orders, ${failedOrders} of them failed, ${doubled} since their object was there already; ${troubles} faults asked for`,
    `told as it is: ${interrupted} runs left open, ${failedRuns} failed, ${freed} stuck orders brought to an end by somebody, ${persons} objects left to a person, ${lockouts} tokens lost for good`,
  ])
}
