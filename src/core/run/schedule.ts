import { ReadyQueue } from './ready-queue.ts'

/** Sets of steps of which only so many may be under way at once: those of a type, say, or those that share a key. */
export interface StepGroups {
  /** The groups of each step, as positions in `capacities`. */
  readonly of: (step: number) => readonly number[]
  /** How many of a group may be under way. */
  readonly capacities: readonly number[]
}

interface Group {
  readonly capacity: number
  busy: number
  readonly waiting: ReadyQueue
}

const NONE: readonly number[] = []

/**
 * Which step starts next: the one with the longest remaining path that the limits let through. A step of a full group waits
 * in that group, so that it costs nothing until a place is free there. The total backs off when the backend says that it is
 * too much (half of it, once for what was under way), and recovers by one for each round of calls that it took.
 */
export class Schedule {
  readonly #ready: ReadyQueue
  readonly #groups: readonly Group[]
  readonly #groupsOf: StepGroups['of']
  readonly #concurrency: number
  #window: number
  /** Steps that have to end before the total may back off again. */
  #deaf = 0
  #busy = 0

  constructor(priorities: Float64Array, concurrency: number, groups?: StepGroups) {
    this.#ready = new ReadyQueue(priorities)
    this.#concurrency = concurrency
    this.#window = concurrency
    this.#groups = (groups?.capacities ?? []).map((capacity) => ({ capacity, busy: 0, waiting: new ReadyQueue(priorities) }))
    this.#groupsOf = groups?.of ?? (() => NONE)
  }

  /** How many may be under way now. */
  get window(): number {
    return Math.max(1, Math.floor(this.#window))
  }

  /** Steps under way. */
  get busy(): number {
    return this.#busy
  }

  push(step: number): void {
    this.#ready.push(step)
  }

  /** Takes the next step that may start. */
  take(): number | undefined {
    while (this.#busy < this.window) {
      const step = this.#ready.pop()
      if (step === undefined) return undefined
      const groups = this.#groupsOf(step)
      const full = groups.find((group) => this.#isFull(group))
      if (full === undefined) {
        this.#busy++
        for (const group of groups) this.#group(group).busy++
        return step
      }
      this.#group(full).waiting.push(step)
      // It may have been let out of one of its groups for a place that it cannot take now: the next one gets it.
      for (const group of groups) if (!this.#isFull(group)) this.#wake(group)
    }
    return undefined
  }

  /** Gives a step's place back. */
  release(step: number): void {
    this.#busy--
    if (this.#deaf > 0) this.#deaf--
    for (const group of this.#groupsOf(step)) {
      this.#group(group).busy--
      this.#wake(group)
    }
  }

  backOff(): void {
    if (this.#deaf > 0) return
    this.#deaf = this.#busy
    this.#window = Math.max(1, this.#window / 2)
  }

  recover(): void {
    if (this.#window < this.#concurrency) this.#window = Math.min(this.#concurrency, this.#window + 1 / this.#window)
  }

  #wake(group: number): void {
    const step = this.#group(group).waiting.pop()
    if (step !== undefined) this.#ready.push(step)
  }

  #isFull(group: number): boolean {
    const { busy, capacity } = this.#group(group)
    return busy >= capacity
  }

  #group(group: number): Group {
    return this.#groups[group] as Group
  }
}
