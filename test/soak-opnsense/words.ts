import { subsystems } from '../../examples/opnsense/server/live-state.ts'
import type { SoakReport } from '../soak-parts/play-rounds.ts'
import { describeReport as describePlain } from '../soak-parts/words.ts'

/** A report for people. */
export function describeReport(seed: number, report: SoakReport): string {
  const figures = report.figures as Readonly<Record<string, number>>
  const { between, hosts, runs, resumes, steps, adopted, torn, writes, requests, late, wireFaults } = figures
  return describePlain(seed, report, [
    `${between} of them with something saved and not live`,
    `${hosts} hosts, ${runs} runs, ${resumes} resumes, ${steps} steps, ${adopted} found done, ${torn} torn last lines`,
    `${writes} writes in ${requests} requests, ${wireFaults} hosts with faults on the wire, ${late} writes landed late; settled ${subsystems.map((name) => `${figures[name]} ${name}`).join(', ')}`,
  ])
}
