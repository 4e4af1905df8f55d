import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../src/testing/manual-clock.ts'
import type { Chance } from '../soak/chance.ts'
import { HostProcesses } from '../soak/crew.ts'

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
  /** True: it goes on after a round that went wrong. Default: false. */
  readonly goesOn?: boolean
  /** Hears of each round. Default: nobody. */
  readonly onRound?: (line: string) => void
}

/** One kill of a host. */
export interface Kill {
  /** What was drawn. */
  readonly instant: string
  /** What the host did. */
  readonly work: string
  /** What else is to be told of it. Default: nothing. */
  readonly note?: string
}

/** What happened in a round. */
export interface RoundReport<Way extends string = string, Figure extends string = string> {
  readonly way: Way
  readonly kills: readonly Kill[]
  readonly faults: readonly string[]
  /** What was done, a line each, for who looks for a fault. */
  readonly story: readonly string[]
  readonly figures: Readonly<Record<Figure | 'hosts', number>>
}

/** Where a round is played, and what its chance is. */
export interface RoundPlace<Bundle, Job extends { readonly host: string }> {
  readonly bundle: Bundle
  readonly hosts: HostProcesses<Job>
  readonly dir: string
  readonly chance: Chance
  readonly seed: number
  readonly number: number
}

/** What a soak came to. */
export interface SoakReport<Way extends string = string, Figure extends string = string> {
  readonly rounds: number
  readonly ways: Readonly<Partial<Record<Way, number>>>
  readonly killCount: number
  /** By the instant that was drawn, and by what the host did. */
  readonly kills: Readonly<Record<string, number>>
  readonly works: Readonly<Record<string, number>>
  /** Summed up over all rounds. */
  readonly figures: Readonly<Record<Figure | 'hosts', number>>
  readonly longestRoundMs: number
  readonly durationMs: number
  readonly faults: readonly string[]
}

const SPREAD = 7_919
/** Of faults of one round; the rest is in its folder. */
const MOST_LINES = 8

/** Rounds until enough hosts have died, or one of the rounds went wrong: its folder is kept. */
export async function playRounds<Bundle extends { readonly host: string }, Job extends { readonly host: string }, Way extends string, Figure extends string>(
  { kills: wanted, seed, first = 0, rounds: most = Infinity, limitMs = Infinity, lanes = 1, tellsAll = false, goesOn = false, onRound = () => undefined }: SoakOptions,
  bundleInto: (folder: string) => Promise<Bundle>,
  play: (place: RoundPlace<Bundle, Job>) => Promise<RoundReport<Way, Figure>>,
): Promise<SoakReport<Way, Figure>> {
  const startedMs = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'convergent-soak-'))
  const [ways, kills, works, figures]: Record<string, number>[] = [{}, {}, {}, {}]
  const faults: string[] = []
  let [begun, rounds, killCount, longestRoundMs] = [0, 0, 0, 0]
  const isOver = (): boolean => (faults.length > 0 && !goesOn) || begun >= most || performance.now() - startedMs > limitMs || killCount >= wanted
  const add = (sums: Record<string, number> = {}, name: string, sum = 1): void => void (sums[name] = (sums[name] ?? 0) + sum)
  const bundle = await bundleInto(join(folder, 'bundle'))
  const hosts = new HostProcesses<Job>(bundle)
  const playAll = async (): Promise<void> => {
    while (!isOver()) {
      const number = first + begun++
      const roundMs = performance.now()
      const dir = join(folder, `round-${number}`)
      await mkdir(dir)
      const report = await play({ bundle, hosts, dir, chance: createRandom(seed + number * SPREAD), seed, number })
      const tookMs = performance.now() - roundMs
      longestRoundMs = Math.max(longestRoundMs, tookMs)
      rounds++
      killCount += report.kills.length
      add(ways, report.way)
      for (const { instant, work } of report.kills) {
        add(kills, instant)
        add(works, work)
      }
      for (const [name, sum] of Object.entries<number>(report.figures)) add(figures, name, sum)
      onRound(`round ${number}, ${report.way}: ${report.kills.map(describeKill).join('; ') || 'nobody was killed'}; ${report.figures.hosts} hosts, ${(tookMs / 1000).toFixed(1)} s${report.faults.length > 0 ? `; ${report.faults[0]}` : ''}`)
      if (tellsAll) for (const line of report.story) onRound(`  ${line}`)
      if (report.faults.length === 0) await rm(dir, { recursive: true })
      else faults.push(...(await keep(dir, report, `round ${number}`)))
    }
  }
  try {
    await Promise.all(Array.from({ length: lanes }, playAll))
  } finally {
    await hosts.end()
    if (faults.length === 0) await rm(folder, { recursive: true, force: true })
  }
  return { rounds, ways: ways as Partial<Record<Way, number>>, killCount, kills: kills ?? {}, works: works ?? {}, figures: figures as Record<Figure | 'hosts', number>, longestRoundMs, durationMs: performance.now() - startedMs, faults }
}

function describeKill({ work, instant, note }: Kill): string {
  return `${work} ${instant}${note === undefined ? '' : ` (${note})`}`
}

async function keep(dir: string, { faults, story, way }: RoundReport, round: string): Promise<readonly string[]> {
  await writeFile(join(dir, 'story.txt'), `${[...story, ...faults].join('\n')}\n`)
  return [...faults.slice(0, MOST_LINES).map((fault) => `${round}, ${way}: ${fault}`), `${round} is kept in ${dir}, with ${faults.length} lines of faults`]
}
