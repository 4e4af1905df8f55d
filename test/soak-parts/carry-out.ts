import type { RunInfo } from '../../src/store/store.ts'
import { describeWord } from '../soak/words.ts'
import { findRuns, readOutcome, type Declared, type Job, type Stage, type Work } from './stage.ts'

/** Something that is brought to its end, over as many hosts as it takes. */
export interface Task<Declaration extends Declared, Fate> {
  readonly first: Extract<Work, 'apply' | 'rollback' | 'restore' | 'resume'>
  readonly job: Omit<Job<Declaration>, 'work'>
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
const OVER = ['succeeded', 'rolled-back']
const FAILED = ['failed', 'partial']

/** Starts a host, and another one that goes on whenever one has died or failed, until the run has ended. Undefined: a fault was noted. */
export async function carryOut<Declaration extends Declared, View, Fate>(stage: Stage<Declaration, View, Fate>, { first, job, deaths, isLeft = false, isDoomed = false, fate }: Task<Declaration, Fate>): Promise<TaskEnd | undefined> {
  const { chance, faults, figures } = stage
  if (faults.length > 0) return undefined
  // A resume has no run of its own: it goes on with the last one.
  const before = new Set((await findRuns(stage)).slice(0, first === 'resume' ? -1 : undefined).map(({ id }) => id))
  const isOver = (outcome: string): boolean => OVER.includes(outcome) || (isDoomed && job.onFailure !== 'rollback' && FAILED.includes(outcome))
  let problems: readonly string[] = []
  for (let attempt = 0, left = deaths; attempt < MOST_ATTEMPTS; attempt++) {
    const runs = await findRuns(stage)
    const run = runs.findLast(({ id }) => !before.has(id))
    const outcome = run?.ended === true ? await readOutcome(stage, run) : undefined
    // One that was taken back is closed by what takes it back.
    const open = run?.ended !== true || outcome?.open === true || runs.some(({ ended }) => !ended)
    if (run !== undefined && ((outcome !== undefined && !open && isOver(outcome.outcome)) || (isLeft && left < deaths))) return { outcome: outcome?.outcome ?? 'left', open, problems, run }
    const isFaulty = attempt < MOST_FAULTY
    const dies = left > 0
    if (dies) left--
    const drawn = await stage.drawFate(dies, isFaulty)
    const work = run === undefined ? first : open || chance() < 0.5 || first !== 'apply' || job.onFailure === 'rollback' ? 'resume' : 'apply'
    const word = await stage.runHost({ ...job, work }, attempt === 0 && fate !== undefined ? stage.addFate(drawn, fate) : drawn)
    if (word === undefined) continue
    if (word.said === 'refused' && isFaulty) continue
    if (word.said !== 'ended') {
      faults.push(`${work} came to ${describeWord(word)}`)
      return undefined
    }
    problems = word.problems
    const now = (await findRuns(stage)).findLast(({ id }) => !before.has(id))
    // Nothing was done, and there is nothing to take back.
    if (now !== undefined && isDoomed && (await readOutcome(stage, now))?.takesBack === false && !word.open && FAILED.includes(word.outcome)) return { outcome: word.outcome, open: false, problems, run: now }
    if (word.open) {
      figures.interrupted++
      // Somebody looks after what is stuck, in the end.
      if (chance() < 0.5 || !isFaulty) await stage.finishTasks()
    } else if (!isOver(word.outcome)) figures.failedRuns++
    if (!isFaulty && !dies && !word.open && !isOver(word.outcome) && attempt > MOST_FAULTY + 2) break
  }
  faults.push(`${first} has not come to an end after ${MOST_ATTEMPTS} hosts: ${problems.join('; ')}`)
  return undefined
}
