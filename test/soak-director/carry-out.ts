import type { Entry } from '../../src/core/entry.ts'
import { planFromText } from '../../src/store/plan-text.ts'
import type { RunInfo } from '../../src/store/store.ts'
import { describeWord } from '../soak/words.ts'
import { STACK, type HostJob, type Work } from './messages.ts'
import { drawDeath, drawFaults, drawServerDeath } from './moment.ts'
import { runHost, type Fate, type Job } from './run-host.ts'
import { findRuns, finishOrders, openStore, type Scene } from './scene.ts'

/** Something that is brought to its end, over as many hosts as it takes. */
export interface Task {
  readonly first: Extract<Work, 'apply' | 'rollback' | 'restore' | 'resume'>
  readonly job: Omit<Job, 'work'>
  /** How many hosts die on the way. */
  readonly deaths: number
  /** True: it is left where the first host died. Default: false. */
  readonly isLeft?: boolean
  /** True: it ends in a failure by what is declared, not by what goes wrong. Default: false. */
  readonly isDoomed?: boolean
  /** What happens to the first host besides. Default: nothing. */
  readonly fate?: Fate
}

/** What a task came to. */
export interface TaskEnd {
  /** Of the last run; `left`: where it was cut off. */
  readonly outcome: string
  readonly open: boolean
  readonly problems: readonly string[]
  /** Its last one. */
  readonly run: RunInfo
}

const MOST_ATTEMPTS = 16
/** Nothing goes wrong any more after so many. */
const MOST_FAULTY = 6
/** Nothing goes on after these by itself. */
const OVER: Readonly<Record<HostJob['onFailure'], readonly string[]>> = {
  stop: ['succeeded', 'rolled-back'],
  continue: ['succeeded', 'rolled-back'],
  rollback: ['succeeded', 'rolled-back'],
}

/** Starts a host, and another one that goes on whenever one has died or failed, until the run has ended. Undefined: a fault was noted. */
export async function carryOut(scene: Scene, { first, job, deaths, isLeft = false, isDoomed = false, fate = {} }: Task): Promise<TaskEnd | undefined> {
  const { chance, turn, faults, figures } = scene
  if (faults.length > 0) return undefined
  // A resume has no run of its own: it goes on with the last one.
  const before = new Set((await findRuns(scene)).slice(0, first === 'resume' ? -1 : undefined).map(({ id }) => id))
  const isOver = (outcome: string): boolean => OVER[job.onFailure].includes(outcome) || (isDoomed && job.onFailure !== 'rollback' && ['failed', 'partial'].includes(outcome))
  let problems: readonly string[] = []
  for (let attempt = 0, left = deaths; attempt < MOST_ATTEMPTS; attempt++) {
    const runs = await findRuns(scene)
    const run = runs.findLast(({ id }) => !before.has(id))
    const outcome = run?.ended === true ? await readOutcome(scene, run) : undefined
    // One that was taken back is closed by what takes it back.
    const open = run?.ended !== true || outcome?.open === true || runs.some(({ ended }) => !ended)
    if (run !== undefined && ((outcome !== undefined && !open && isOver(outcome.outcome)) || (isLeft && left < deaths))) return { outcome: outcome?.outcome ?? 'left', open, problems, run }
    const isFaulty = attempt < MOST_FAULTY
    const death = left > 0 ? drawDeath(chance, turn.next++) : undefined
    if (death !== undefined) left--
    const drawn = isFaulty ? drawFaults(chance, death, await isIdle(scene)) : []
    const edits = chance() < 0.5 ? [{ nth: 1 + Math.floor(chance() * 12), edit: scene.neighbour.drawEdit() }] : []
    const own = attempt === 0 ? fate : {}
    const work = run === undefined ? first : open || chance() < 0.5 || first !== 'apply' || job.onFailure === 'rollback' ? 'resume' : 'apply'
    const word = await runHost(scene, { ...job, work }, { death, serverDeath: isFaulty ? drawServerDeath(chance) : undefined, faults: [...drawn, ...(own.faults ?? [])], edits: [...edits, ...(own.edits ?? [])] })
    if (word === undefined) continue
    if (word.said === 'refused' && isFaulty) continue
    if (word.said !== 'ended') {
      faults.push(`${work} came to ${describeWord(word)}`)
      return undefined
    }
    problems = word.problems
    const now = (await findRuns(scene)).findLast(({ id }) => !before.has(id))
    // Nothing was done, and there is nothing to take back.
    if (now !== undefined && isDoomed && (await readOutcome(scene, now))?.takesBack === false && !word.open && ['failed', 'partial'].includes(word.outcome)) return { outcome: word.outcome, open: false, problems, run: now }
    if (word.open) {
      figures.interrupted++
      // Somebody looks after what is stuck, in the end.
      if (chance() < 0.5 || !isFaulty) await finishOrders(scene)
    } else if (!isOver(word.outcome)) figures.failedRuns++
    if (!isFaulty && death === undefined && !word.open && !isOver(word.outcome) && attempt > MOST_FAULTY + 2) break
  }
  faults.push(`${first} has not come to an end after ${MOST_ATTEMPTS} hosts: ${problems.join('; ')}`)
  return undefined
}

async function isIdle({ director }: Scene): Promise<boolean> {
  const { orders } = await director.ask({ ask: 'look' }, 'look')
  return orders.every(({ outcome, endAtMs }) => outcome !== undefined || endAtMs === null)
}

async function readOutcome(scene: Scene, { id, plan: planId }: RunInfo): Promise<{ readonly outcome: string; readonly open: boolean; readonly takesBack: boolean } | undefined> {
  const plan = await planFromText((await openStore(scene).get(STACK, 'plan', planId)) ?? '')
  let last: Entry | undefined
  for await (const entry of openStore(scene).entries(STACK, id)) last = entry
  if (last?.kind !== 'run-ended') return undefined
  const takesBack = plan.mode === 'rollback'
  return { outcome: takesBack && last.outcome === 'succeeded' ? 'rolled-back' : last.outcome, open: last.open, takesBack }
}
