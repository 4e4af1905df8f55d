import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../src/testing/manual-clock.ts'
import { HostProcesses } from '../soak/crew.ts'
import type { Break } from './breaks.ts'
import { bundleProcesses } from './bundle.ts'
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
  /** What is wrong with the hosts. Default: nothing. */
  readonly broken?: Break | undefined
  /** True: what each host did is told too. Default: false. */
  readonly tellsAll?: boolean
  /** True: it goes on after a round that went wrong. Default: false. */
  readonly goesOn?: boolean
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
  readonly figures: Readonly<Partial<RoundReport['figures']>>
  readonly longestRoundMs: number
  readonly durationMs: number
  readonly faults: readonly string[]
}

const SPREAD = 7_919
/** Of faults of one round; the rest is in its folder. */
const MOST_LINES = 8

/** Rounds until enough hosts have died, or one of the rounds went wrong: its folder is kept. */
export async function soakDirector({ kills: wanted, seed, first = 0, rounds: most = Infinity, limitMs = Infinity, lanes = 1, broken, tellsAll = false, goesOn = false, onRound = () => undefined }: SoakOptions): Promise<SoakReport> {
  const startedMs = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'convergent-soak-'))
  const ways: Partial<Record<Way, number>> = {}
  const kills: Record<string, number> = {}
  const works: Record<string, number> = {}
  const figures: Partial<Record<keyof RoundReport['figures'], number>> = {}
  const faults: string[] = []
  let [begun, rounds, killCount, longestRoundMs] = [0, 0, 0, 0]
  const isOver = (): boolean => (faults.length > 0 && !goesOn) || begun >= most || performance.now() - startedMs > limitMs || killCount >= wanted
  const count = (report: RoundReport): void => {
    rounds++
    killCount += report.kills.length
    ways[report.way] = (ways[report.way] ?? 0) + 1
    for (const { instant, work } of report.kills) {
      kills[instant] = (kills[instant] ?? 0) + 1
      works[work] = (works[work] ?? 0) + 1
    }
    for (const [name, sum] of Object.entries(report.figures)) figures[name as 'hosts'] = (figures[name as 'hosts'] ?? 0) + sum
  }
  const bundle = await bundleProcesses(join(folder, 'bundle'))
  const hosts = new HostProcesses<HostJob>(bundle)
  const play = async (): Promise<void> => {
    while (!isOver()) {
      const number = first + begun++
      const roundMs = performance.now()
      const dir = join(folder, `round-${number}`)
      await mkdir(dir)
      const report = await playRound({ bundle, hosts, dir, chance: createRandom(seed + number * SPREAD), seed, number, broken })
      const tookMs = performance.now() - roundMs
      longestRoundMs = Math.max(longestRoundMs, tookMs)
      count(report)
      onRound(`round ${number}, ${report.way}: ${report.kills.map(({ work, instant }) => `${work} ${instant}`).join('; ') || 'nobody was killed'}; ${report.figures.hosts} hosts, ${(tookMs / 1000).toFixed(1)} s${report.faults.length > 0 ? `; ${report.faults[0]}` : ''}`)
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
  return { rounds, ways, killCount, kills, works, figures, longestRoundMs, durationMs: performance.now() - startedMs, faults }
}

async function keep(dir: string, { faults, story, way }: RoundReport, round: string): Promise<readonly string[]> {
  await writeFile(join(dir, 'story.txt'), `${[...story, ...faults].join('\n')}\n`)
  return [...faults.slice(0, MOST_LINES).map((fault) => `${round}, ${way}: ${fault}`), `${round} is kept in ${dir}, with ${faults.length} lines of faults`]
}
