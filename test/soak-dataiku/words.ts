import type { SoakReport } from '../soak-parts/play-rounds.ts'
import { describeReport as describePlain } from '../soak-parts/words.ts'

/** A report for people. */
export function describeReport(seed: number, report: SoakReport): string {
  const { hosts, serverKills, runs, resumes, steps, adopted, torn, polled, repeated, write, poll, read, faults, interrupted, failedRuns, freed, persons, destroyed } = report.figures as Readonly<Record<string, number>>
  return describePlain(seed, report, [
    `${hosts} hosts, ${serverKills} kills of the server, ${runs} runs, ${resumes} resumes, ${steps} steps, ${adopted} found done, ${torn} torn last lines`,
    `${write} writes, ${poll} polls, ${read} reads; ${polled} futures asked for, ${repeated} started while another one for the same was not over; ${destroyed} places of data destroyed as announced; ${faults} faults asked for`,
    `told as it is: ${interrupted} runs left open, ${failedRuns} failed, ${freed} stuck futures brought to an end by somebody, ${persons} objects left to a person`,
  ])
}
