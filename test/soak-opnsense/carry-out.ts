import type { Entry } from '../../src/core/entry.ts'
import type { RunInfo } from '../../src/store/store.ts'
import { describeWord } from '../soak/words.ts'
import { STACK, type HostJob, type Work } from './messages.ts'
import { drawDeath, drawFault } from './moment.ts'
import { runHost, type Meanwhile } from './run-host.ts'
import { findRuns, openStore, type Scene } from './scene.ts'

/** Something that is brought to its end, over as many hosts as it takes. */
export interface Task {
  readonly first: Extract<Work, 'apply' | 'rollback' | 'restore' | 'resume'>
  readonly job: Omit<HostJob, 'host' | 'work' | 'disk'>
  /** How many hosts die on the way. */
  readonly deaths: number
  /** True: it is left where the first host died. Default: false. */
  readonly isLeft?: boolean
  /** What happens to the first host, which dies at no request then; somebody who has not come by its end comes later. Default: nothing. */
  readonly meanwhile?: Meanwhile
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

const MOST_ATTEMPTS = 12
/** Nothing goes on after these by itself. */
const OVER: Readonly<Record<HostJob['onFailure'], readonly string[]>> = {
  stop: ['succeeded', 'partial', 'failed', 'cancelled'],
  continue: ['succeeded', 'partial', 'failed', 'cancelled'],
  rollback: ['succeeded', 'rolled-back'],
}

/** Starts a host, and another one that resumes whenever one has died, until the run has ended. Undefined: a fault was noted. */
export async function carryOut(scene: Scene, { first, job, deaths, isLeft = false, meanwhile }: Task): Promise<TaskEnd | undefined> {
  const { chance, turn, tap, faults } = scene
  if (faults.length > 0) return undefined
  // A resume has no run of its own: it goes on with the last one.
  const before = new Set((await findRuns(scene)).slice(0, first === 'resume' ? -1 : undefined).map(({ id }) => id))
  const over = first === 'resume' ? ['succeeded'] : OVER[job.onFailure]
  // A write that lands once somebody has found that it did not happen cannot be taken back: nobody knows of it.
  const mayBeLate = job.onFailure !== 'rollback'
  let hasCome = false
  const { act } = meanwhile ?? {}
  const come = async (): Promise<void> => {
    hasCome = true
    if (typeof act === 'function') await act()
  }
  const watched = meanwhile === undefined || act === 'cancel' ? meanwhile : { ...meanwhile, act: come }
  for (let attempt = 0, left = deaths; attempt < MOST_ATTEMPTS; attempt++) {
    const own = (await findRuns(scene)).filter(({ id }) => !before.has(id))
    const run = own.at(-1)
    const outcome = run?.ended === true ? await readOutcome(scene, run) : undefined
    if (run !== undefined && ((outcome !== undefined && over.includes(outcome)) || (isLeft && left < deaths))) {
      // What is under way when nobody goes on with it has arrived by then.
      await tap.land()
      return { outcome: outcome ?? 'left', open: !run.ended, problems: [], run }
    }
    const happens = attempt === 0 || (!hasCome && meanwhile?.act !== 'cancel') ? watched : undefined
    const drawn = left > 0 ? drawDeath(chance, turn.next++, mayBeLate && !isLeft) : undefined
    const death = happens !== undefined && drawn?.at === 'request' ? undefined : drawn
    if (death !== undefined) left--
    const fault = attempt < MOST_ATTEMPTS / 2 ? drawFault(chance, mayBeLate) : undefined
    const word = await runHost(scene, { ...job, work: run === undefined ? first : 'resume' }, { death, fault, meanwhile: happens })
    if (word === undefined) continue
    const last = (await findRuns(scene)).findLast(({ id }) => !before.has(id))
    if (word.said !== 'ended' || last === undefined) {
      faults.push(`${first} came to ${describeWord(word)}`)
      return undefined
    }
    await tap.land()
    if (!word.open || attempt === MOST_ATTEMPTS - 1 || happens?.act === 'cancel') return { outcome: word.outcome, open: word.open, problems: word.problems, run: last }
  }
  faults.push(`${first} has not come to an end after ${MOST_ATTEMPTS} hosts`)
  return undefined
}

async function readOutcome(scene: Scene, { id }: RunInfo): Promise<string | undefined> {
  let last: Entry | undefined
  for await (const entry of openStore(scene).entries(STACK, id)) last = entry
  return last?.kind === 'run-ended' ? last.outcome : undefined
}
