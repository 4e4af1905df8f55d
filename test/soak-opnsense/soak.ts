import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { subsystems, type Subsystem } from '../../examples/opnsense/server/live-state.ts'
import { createRandom } from '../../src/testing/manual-clock.ts'
import { HostProcesses } from '../soak/crew.ts'
import { bundleHost } from './bundle.ts'
import type { HostJob } from './messages.ts'
import { playRound, type RoundReport } from './round.ts'
import type { Way } from './ways.ts'

/** How long a soak is. */
export interface SoakOptions {
  /** No round begins once so many hosts have died. */
  readonly kills: number
  /** Each round follows from it and from its number. */
  readonly seed: number
  /** The number of the first round. Default: 0. */
  readonly first?: number
  /** At most so many rounds. Default: no limit. */
  readonly rounds?: number
  /** No round begins after so long. Default: no limit. */
  readonly limitMs?: number
  /** Rounds at once. Default: 1. */
  readonly lanes?: number
  /** True: what each host did is told too. Default: false. */
  readonly tellsAll?: boolean
  /** Hears of each round. Default: nobody. */
  readonly onRound?: (line: string) => void
}

/** What a soak came to. */
export interface SoakReport {
  readonly rounds: number
  readonly ways: Readonly<Partial<Record<Way, number>>>
  readonly killCount: number
  /** By the instant that was drawn, and by what the host did. */
  readonly kills: Readonly<Record<string, number>>
  readonly works: Readonly<Record<string, number>>
  /** Deaths with something saved that was not live. */
  readonly between: number
  readonly hosts: number
  readonly runs: number
  readonly resumes: number
  readonly steps: number
  readonly adopted: number
  readonly torn: number
  readonly writes: number
  readonly requests: number
  /** Writes that were carried out after their connection had been cut. */
  readonly late: number
  /** Hosts for which something was to go wrong on the wire. */
  readonly wireFaults: number
  readonly settles: Readonly<Record<Subsystem, number>>
  readonly longestRoundMs: number
  readonly durationMs: number
  readonly faults: readonly string[]
}

const SPREAD = 7_919

/** Rounds until enough hosts have died, or one of the rounds went wrong: its folder is kept. */
export async function soakFirewall({ kills: wanted, seed, first = 0, rounds: most = Infinity, limitMs = Infinity, lanes = 1, tellsAll = false, onRound = () => undefined }: SoakOptions): Promise<SoakReport> {
  const startedMs = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'convergent-soak-'))
  const ways: Partial<Record<Way, number>> = {}
  const kills: Record<string, number> = {}
  const works: Record<string, number> = {}
  const settles = Object.fromEntries(subsystems.map((name) => [name, 0])) as Record<Subsystem, number>
  const total = { rounds: 0, killCount: 0, between: 0, hosts: 0, runs: 0, resumes: 0, steps: 0, adopted: 0, torn: 0, writes: 0, requests: 0, late: 0, wireFaults: 0 }
  const faults: string[] = []
  let begun = 0
  let longestRoundMs = 0
  const isOver = (): boolean => faults.length > 0 || begun >= most || performance.now() - startedMs > limitMs || total.killCount >= wanted
  const count = ({ way, kills: deaths, total: { settles: settled, ...sums } }: RoundReport): void => {
    total.rounds++
    total.killCount += deaths.length
    ways[way] = (ways[way] ?? 0) + 1
    for (const { instant, work, between } of deaths) {
      kills[instant] = (kills[instant] ?? 0) + 1
      works[work] = (works[work] ?? 0) + 1
      if (between.length > 0) total.between++
    }
    for (const [name, sum] of Object.entries(sums)) total[name as 'steps'] += sum
    for (const name of subsystems) settles[name] += settled[name]
  }
  const hosts = new HostProcesses<HostJob>(await bundleHost(join(folder, 'bundle')))
  const play = async (): Promise<void> => {
    while (!isOver()) {
      const number = first + begun++
      const roundMs = performance.now()
      const dir = join(folder, `round-${number}`)
      await mkdir(dir)
      const report = await playRound({ hosts, dir, chance: createRandom(seed + number * SPREAD), seed, number })
      const tookMs = performance.now() - roundMs
      longestRoundMs = Math.max(longestRoundMs, tookMs)
      count(report)
      onRound(`round ${number}, ${report.way}: ${report.kills.map(({ work, instant, between }) => `${work} ${instant}${between.length > 0 ? ` (${between.join(', ')})` : ''}`).join('; ') || 'nobody was killed'}; ${report.total.hosts} hosts, ${(tookMs / 1000).toFixed(1)} s`)
      if (tellsAll) for (const line of report.story) onRound(`  ${line}`)
      if (report.faults.length === 0) await rm(dir, { recursive: true })
      else faults.push(...(await keep(dir, report, `round ${number}`)))
    }
  }
  try {
    await Promise.all(Array.from({ length: lanes }, play))
  } finally {
    await hosts.end()
    if (faults.length === 0) await rm(folder, { recursive: true, force: true })
  }
  return { ...total, ways, kills, works, settles, longestRoundMs, durationMs: performance.now() - startedMs, faults }
}

async function keep(dir: string, { faults, story, way }: RoundReport, round: string): Promise<readonly string[]> {
  await writeFile(join(dir, 'story.txt'), `${[...story, ...faults].join('\n')}\n`)
  return [...faults.map((fault) => `${round}, ${way}: ${fault}`), ...story.map((line) => `${round} went so: ${line.slice(0, 1_000)}`), `${round} is kept in ${dir}`]
}
