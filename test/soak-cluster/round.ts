import type { Chance } from '../soak/chance.ts'
import { runHost } from './host-program.ts'
import { describeMoment, drawMoment, drawResumeMoment } from './moment.ts'
import { checkCluster, checkNothingLeft } from './oracle.ts'
import type { Place } from './place.ts'
import { describeProcess, findSurvivors, type Seen } from './processes.ts'
import { findRuns } from './runs.ts'

/** How a round goes on once its deploy was killed. `early`: the deploy is taken back where it was cut off. */
export type Ending = 'rollback' | 'destroy' | 'early'

/** What is killed. */
export type Work = 'deploy' | 'rollback'

/** What happened in a round. */
export interface RoundReport {
  readonly kills: readonly { readonly work: Work; readonly hit: readonly string[] }[]
  readonly resumes: number
  readonly faults: readonly string[]
  /** What was done, a line each, for who looks for a fault. */
  readonly story: readonly string[]
}

/** What a round is. */
export interface RoundOptions {
  readonly script: string
  readonly place: Place
  readonly ending: Ending
  readonly chance: Chance
  /** Which operation is hit, in turn. */
  readonly turn: number
}

const MOST_ATTEMPTS = 12

/** Deploys, with deaths; looks; takes everything away again, with deaths where that is a rollback; and looks again. */
export async function playRound({ script, place, ending, chance, turn }: RoundOptions): Promise<RoundReport> {
  const kills: { work: Work; hit: readonly string[] }[] = []
  const faults: string[] = []
  const story: string[] = []
  const survivors: Promise<readonly Seen[]>[] = []
  let resumes = 0

  /** One work to its end. True: it came to it; false: a fault was noted, or it was left where it was cut off. */
  const carryOut = async (command: 'deploy' | 'rollback' | 'destroy', deaths: number, isLeft = false): Promise<boolean> => {
    const before = new Set(findRuns(place).map(({ id }) => id))
    for (let attempt = 0, left = deaths; attempt < MOST_ATTEMPTS; attempt++) {
      const run = findRuns(place).find(({ id }) => !before.has(id))
      if (run?.isEnded === true) return true
      if (isLeft && run !== undefined) return false
      const isResume = run !== undefined
      const moment = left-- <= 0 || command === 'destroy' ? undefined : isResume ? drawResumeMoment(chance) : drawMoment(chance, place.engine, command, turn)
      if (isResume) resumes++
      const end = await runHost(script, place, isResume ? ['resume', '--ndjson'] : [command, '--auto-approve', '--ndjson'], moment)
      story.push(`${isResume ? `resume of ${command}` : command}${moment === undefined ? '' : `, to be killed ${describeMoment(moment)}`}: ${end.killed ? `killed at ${end.hit.join(', ')}` : `code ${end.code}`}, ${Math.round(end.durationMs)} ms`)
      if (end.killed) {
        kills.push({ work: command as Work, hit: end.hit })
        // The next one does not wait for that.
        survivors.push(findSurvivors(place.folder))
      } else if (end.code !== 0) {
        faults.push(`${isResume ? `resume of ${command}` : command} ended with code ${end.code}: ${end.words}`)
        return false
      }
    }
    return findRuns(place).some(({ id, isEnded }) => !before.has(id) && isEnded)
  }

  const deaths = 1 + (chance() < 0.4 ? 1 : 0) + (chance() < 0.15 ? 1 : 0)
  const isDeployed = await carryOut('deploy', ending === 'early' ? 1 : deaths, ending === 'early')
  if (isDeployed) faults.push(...(await checkCluster(place)))
  if (isDeployed && faults.length === 0) {
    const status = await runHost(script, place, ['status'])
    if (status.code !== 0) faults.push(`status ended with code ${status.code}: ${status.words}`)
  }
  if (faults.length === 0 && (await carryOut(ending === 'destroy' ? 'destroy' : 'rollback', 1 + (chance() < 0.4 ? 1 : 0)))) faults.push(...(await checkNothingLeft(place)))
  faults.push(...(await Promise.all(survivors)).flat().map((seen) => `outlived its host program: ${describeProcess(seen)}`))
  return { kills, resumes, faults, story }
}
