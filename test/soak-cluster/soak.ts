import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../src/testing/manual-clock.ts'
import { bundleHost } from './bundle.ts'
import { makePlace, type EngineKind, type Place } from './place.ts'
import { processesOf } from './processes.ts'
import { playRound, type Ending, type RoundReport, type Work } from './round.ts'

/** How long a soak is, and what it does. */
export interface SoakOptions {
  readonly engine: EngineKind
  /** No round begins once the deploy, and the rollback, were killed so often. */
  readonly kills: number
  readonly rollbackKills: number
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
  /** Which lane the first one is: others that run at the same time have ports of their own. Default: 0. */
  readonly firstLane?: number
  /** Hears of each round. Default: nobody. */
  readonly onRound?: (line: string) => void
}

/** What a soak came to. */
export interface SoakReport {
  readonly rounds: number
  /** By work, and by the operation that was under way. */
  readonly hits: Readonly<Record<Work, Readonly<Record<string, number>>>>
  readonly kills: Readonly<Record<Work, number>>
  readonly resumes: number
  readonly endings: Readonly<Record<Ending, number>>
  readonly longestRoundMs: number
  readonly durationMs: number
  readonly faults: readonly string[]
}

const ENDINGS: readonly Ending[] = ['rollback', 'destroy', 'rollback', 'early', 'rollback', 'destroy']
const SPREAD = 7_919

/** Rounds until enough programs have died, or one of the rounds went wrong: its folder is kept. */
export async function soakCluster({ engine, kills: wanted, rollbackKills, seed, first = 0, rounds: most = Infinity, limitMs = Infinity, lanes = 1, firstLane = 0, onRound = () => undefined }: SoakOptions): Promise<SoakReport> {
  const startedMs = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'convergent-soak-'))
  const hits: Record<Work, Record<string, number>> = { deploy: {}, rollback: {} }
  const kills = { deploy: 0, rollback: 0 }
  const endings = { rollback: 0, destroy: 0, early: 0 }
  const faults: string[] = []
  const total = { rounds: 0, resumes: 0, longestRoundMs: 0 }
  let begun = 0
  const isOver = (): boolean => faults.length > 0 || begun >= most || performance.now() - startedMs > limitMs || (kills.deploy >= wanted && kills.rollback >= rollbackKills)

  const count = ({ kills: deaths, resumes }: RoundReport): void => {
    total.resumes += resumes
    for (const { work, hit } of deaths) {
      kills[work] += 1
      for (const kind of hit) hits[work][kind] = (hits[work][kind] ?? 0) + 1
    }
  }
  const play = async (script: string, lane: number): Promise<void> => {
    while (!isOver()) {
      const number = first + begun++
      const ending = ENDINGS[number % ENDINGS.length] as Ending
      const place = await makePlace(engine, lane)
      const roundMs = performance.now()
      const report = await playRound({ script, place, ending, chance: createRandom(seed + number * SPREAD), turn: number })
      total.rounds += 1
      total.longestRoundMs = Math.max(total.longestRoundMs, performance.now() - roundMs)
      endings[ending] += 1
      count(report)
      onRound(`round ${number}, ${ending}: ${report.kills.map(({ work, hit }) => `${work} at ${hit.join(' + ')}`).join('; ') || 'nobody was killed'}; ${((performance.now() - roundMs) / 1000).toFixed(1)} s`)
      if (report.faults.length === 0) await rm(place.folder, { recursive: true })
      else faults.push(...(await keep(place, report, `round ${number}`)))
    }
  }
  try {
    const script = await bundleHost(folder)
    await Promise.all(Array.from({ length: lanes }, (_, lane) => play(script, firstLane + lane)))
  } finally {
    await rm(folder, { recursive: true })
  }
  return { ...total, hits, kills, endings, durationMs: performance.now() - startedMs, faults }
}

/** Files stay; what still runs would be in the way of others. */
async function keep({ folder }: Place, { faults, story }: RoundReport, round: string): Promise<readonly string[]> {
  await writeFile(join(folder, 'story.txt'), `${[...story, ...faults].join('\n')}\n`)
  for (const { pid } of processesOf(folder))
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  return [...faults.map((fault) => `${round}: ${fault}`), ...story.map((line) => `${round} went so: ${line}`), `${round} is kept in ${folder}`]
}
