import type { ErrorRecord } from '../errors.ts'
import type { StateChange } from '../state.ts'
import { groupOfStep, isSettler, type Flow } from './flow.ts'
import type { Turn } from './turn.ts'

/** What is written of one group and not effective yet. */
interface Dirt {
  /** True: earlier runs or processes left something. */
  isOld: boolean
  /** Steps of this process that have written, or may have. */
  writes: number
  /** Those of them whose outcome is not known, so that they may be written at any time. */
  open: number
  /** It is being settled now. `late`: something may be written, or have been, that this misses. */
  underWay: 'no' | 'in-time' | 'late'
}

/** What a step is counted as. `open`: it has begun, and has no outcome; `doubtful`: nobody knows whether it has written, and whether it will. */
const Counted = { not: 0, open: 1, doubtful: 2, written: 3 } as const

/** Which groups have writes that are not effective yet; every change of that is recorded. */
export class Unsettled {
  readonly #flow: Flow
  readonly #groups = new Map<string, Dirt>()
  readonly #leftOut = new Set<number>()
  /** For each step what it is counted as. */
  readonly #counted: Uint8Array

  constructor(flow: Flow, groups: Iterable<string> = []) {
    this.#flow = flow
    this.#counted = new Uint8Array(flow.settlerOf?.length ?? 0)
    for (const group of groups) this.#dirtOf(group).isOld = true
  }

  /** True when a group has something to settle. */
  get isAny(): boolean {
    return [...this.#groups.values()].some(isDirty)
  }

  /** True for a step that has something to settle. */
  isNeeded(step: number): boolean {
    const dirt = this.#groups.get(groupOfStep(this.#flow, step) as string)
    return dirt !== undefined && isDirty(dirt)
  }

  /** Somebody said that a step is left out: what waits for it does not mind. */
  noteLeftOut(step: number): void {
    this.#leftOut.add(step)
  }

  /** True for a settler that has nothing to do because nothing of what it would settle has come about. */
  isWithout(settler: number, hasSucceeded: (step: number) => boolean): boolean {
    const { prerequisites, prerequisiteOffsets } = this.#flow.graph
    const all = prerequisites.subarray(prerequisiteOffsets[settler], prerequisiteOffsets[settler + 1])
    return !all.some(hasSucceeded) && !all.every((step) => this.#leftOut.has(step))
  }

  /** A call begins, or has been found to have happened: what it writes is to be settled, and that is recorded before it. */
  noteCall(step: number, turn: Turn): void {
    const group = this.#flow.settlerOf === undefined ? undefined : groupOfStep(this.#flow, step)
    if (group === undefined) return
    const dirt = this.#dirtOf(group)
    if (isSettler(this.#flow, step)) {
      dirt.underWay = dirt.open > 0 ? 'late' : 'in-time'
      return
    }
    const isNews = !isDirty(dirt) || dirt.underWay === 'in-time'
    if (dirt.underWay === 'in-time') dirt.underWay = 'late'
    this.#open(step, dirt)
    if (isNews) turn.entries.push({ kind: 'dirtied', group, at: turn.moment.at })
  }

  /** Nobody knows whether a call has happened: it may be settled, and is not known to be. */
  noteDoubt(step: number, turn: Turn): void {
    if (this.#flow.settlerOf === undefined || groupOfStep(this.#flow, step) === undefined || isSettler(this.#flow, step)) return
    this.noteCall(step, turn)
    this.#counted[step] = Counted.doubtful
  }

  /** A call has happened. */
  noteSuccess(step: number): void {
    if (this.#counted[step] !== Counted.open && this.#counted[step] !== Counted.doubtful) return
    this.#counted[step] = Counted.written
    this.#dirtOf(groupOfStep(this.#flow, step) as string).open--
  }

  /** A call has failed for good. Where it was refused for sure, and nothing else was written, nothing is to be settled. */
  noteFailure(step: number, error: ErrorRecord, turn: Turn): void {
    const group = this.#flow.settlerOf === undefined ? undefined : groupOfStep(this.#flow, step)
    if (group === undefined) return
    const dirt = this.#dirtOf(group)
    if (isSettler(this.#flow, step)) dirt.underWay = 'no'
    else if (this.#counted[step] !== Counted.open || !this.#isRefused(step, error)) this.noteSuccess(step)
    else {
      this.#counted[step] = Counted.not
      dirt.open--
      dirt.writes--
      if (!isDirty(dirt) && dirt.underWay === 'no') turn.entries.push({ kind: 'cleaned', group, at: turn.moment.at })
    }
  }

  /** A step has settled its group. What that changes in the state: nothing where something was written meanwhile. */
  noteSettled(step: number): StateChange | undefined {
    const group = groupOfStep(this.#flow, step) as string
    const dirt = this.#dirtOf(group)
    const isLate = dirt.underWay === 'late'
    dirt.underWay = 'no'
    if (isLate) return undefined
    dirt.isOld = false
    dirt.writes = 0
    return { settled: group }
  }

  #open(step: number, dirt: Dirt): void {
    if (this.#counted[step] === Counted.not) dirt.writes++
    if (this.#counted[step] === Counted.not || this.#counted[step] === Counted.written) dirt.open++
    // That a repetition is refused proves nothing of what was before it.
    this.#counted[step] = this.#counted[step] === Counted.written || this.#counted[step] === Counted.doubtful ? Counted.doubtful : Counted.open
  }

  /** What throws after it has written looks like what never wrote: only what the backend itself refused, or was asked about, is sure. What an operation does before it fails, nobody knows. */
  #isRefused(step: number, { status, kind }: ErrorRecord): boolean {
    const call = this.#flow.steps[step]?.call
    return call !== 'run' && call !== 'undo' && (status !== undefined || kind !== 'fatal')
  }

  #dirtOf(group: string): Dirt {
    const known = this.#groups.get(group)
    if (known !== undefined) return known
    const fresh: Dirt = { isOld: false, writes: 0, open: 0, underWay: 'no' }
    this.#groups.set(group, fresh)
    return fresh
  }
}

function isDirty({ isOld, writes }: Dirt): boolean {
  return isOld || writes > 0
}
