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
  /** It is being settled now. `late`: something may be written too late for that. */
  underWay: 'no' | 'in-time' | 'late'
}

/** What a step is counted as; `open`: it has begun, and its outcome is not known. */
const Counted = { not: 0, open: 1, written: 2 } as const

/** Which groups have writes that are not effective yet; every change of that is recorded. */
export class Unsettled {
  readonly #flow: Flow
  readonly #groups = new Map<string, Dirt>()
  /** For each step what it is counted as. */
  readonly #counted: Uint8Array

  constructor(flow: Flow, groups: Iterable<string> = []) {
    this.#flow = flow
    this.#counted = new Uint8Array(flow.settlerOf?.length ?? 0)
    for (const group of groups) this.#dirtOf(group).isOld = true
  }

  /** True for a step that has something to settle. */
  isNeeded(step: number): boolean {
    const dirt = this.#groups.get(groupOfStep(this.#flow, step) as string)
    return dirt !== undefined && isDirty(dirt)
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
    if (this.#counted[step] === Counted.not) dirt.writes++
    if (this.#counted[step] !== Counted.open) dirt.open++
    this.#counted[step] = Counted.open
    if (isNews) turn.entries.push({ kind: 'dirtied', group, at: turn.moment.at })
  }

  /** A call has happened. */
  noteSuccess(step: number): void {
    if (this.#counted[step] !== Counted.open) return
    this.#counted[step] = Counted.written
    this.#dirtOf(groupOfStep(this.#flow, step) as string).open--
  }

  /** A call surely did not happen: where nothing else was written, nothing is to be settled. */
  noteFailure(step: number, turn: Turn): void {
    if (this.#counted[step] !== Counted.open) return
    const group = groupOfStep(this.#flow, step) as string
    const dirt = this.#dirtOf(group)
    this.#counted[step] = Counted.not
    dirt.open--
    dirt.writes--
    if (!isDirty(dirt) && dirt.underWay === 'no') turn.entries.push({ kind: 'cleaned', group, at: turn.moment.at })
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
