import { isContent, type Flow } from './flow.ts'

/** Where a step is between its prerequisites and its outcome. */
export const Phase = { waiting: 0, ready: 1, inspecting: 2, performing: 3, probing: 4, delayed: 5, over: 6, deciding: 7 } as const

/** Where each step is, and what its prerequisites leave open. */
export class StepBoard {
  readonly #flow: Flow
  readonly #phase: Uint8Array
  readonly #missing: Int32Array
  #left: number
  /** Steps without an outcome, by phase. */
  readonly #open: Int32Array

  constructor(flow: Flow) {
    const size = flow.steps.length
    this.#flow = flow
    this.#phase = new Uint8Array(size)
    this.#missing = new Int32Array(size)
    this.#left = size
    this.#open = new Int32Array(Math.max(1, flow.phases.length))
    for (let step = 0; step < size; step++) this.#countOpen(step, 1)
    const { prerequisiteOffsets } = flow.graph
    for (let step = 0; step < size; step++) this.#missing[step] = (prerequisiteOffsets[step + 1] as number) - (prerequisiteOffsets[step] as number)
  }

  /** Steps without an outcome. */
  get left(): number {
    return this.#left
  }

  /** True when every step of a phase has its outcome. */
  isPhaseOver(phase: number): boolean {
    return this.#open[phase] === 0
  }

  phaseOf(step: number): number {
    return this.#phase[step] as number
  }

  move(step: number, phase: number): void {
    this.#phase[step] = phase
  }

  /** The step has its outcome. */
  close(step: number): void {
    this.#phase[step] = Phase.over
    this.#left--
    this.#countOpen(step, -1)
  }

  /** Steps that wait for nothing. */
  *roots(): Generator<number> {
    for (let step = 0; step < this.#missing.length; step++) if (this.#missing[step] === 0 && this.#phase[step] === Phase.waiting) yield step
  }

  /** Steps without an outcome, in the order of the plan. */
  *open(): Generator<number> {
    for (let step = 0; step < this.#phase.length && this.#left > 0; step++) if (this.#phase[step] !== Phase.over) yield step
  }

  /** Takes a step that succeeded from what its dependents wait for, and tells of those that wait for nothing more. */
  release(step: number, onFree: (dependent: number) => void): void {
    this.#release(step, onFree, false)
  }

  /** Takes a step that did not succeed from what waits for any outcome of it, and tells of what waits for nothing more. */
  releaseContent(step: number, onFree: (dependent: number) => void): void {
    if (this.#flow.settlerOf !== undefined || this.#flow.outcomeBefore !== undefined) this.#release(step, onFree, true)
  }

  #release(step: number, onFree: (dependent: number) => void, contentOnly: boolean): void {
    const { dependentOffsets, dependents } = this.#flow.graph
    const end = dependentOffsets[step + 1] as number
    for (let at = dependentOffsets[step] as number; at < end; at++) {
      const dependent = dependents[at] as number
      if (contentOnly && !isContent(this.#flow, dependent, step)) continue
      const missing = (this.#missing[dependent] as number) - 1
      this.#missing[dependent] = missing
      if (missing === 0 && this.#phase[dependent] === Phase.waiting) onFree(dependent)
    }
  }

  /** All that waits for the success of a step, directly or not; each is to be closed as it comes. */
  *waitingFor(step: number): Generator<number> {
    const queue = [step]
    for (const current of queue)
      for (const dependent of this.#dependentsOf(current)) {
        if (this.#phase[dependent] !== Phase.waiting || isContent(this.#flow, dependent, current)) continue
        yield dependent
        queue.push(dependent)
      }
  }

  #countOpen(step: number, by: number): void {
    const phase = this.#flow.phaseOf?.[step] ?? 0
    this.#open[phase] = (this.#open[phase] as number) + by
  }

  #dependentsOf(step: number): Int32Array {
    const { dependentOffsets, dependents } = this.#flow.graph
    return dependents.subarray(dependentOffsets[step], dependentOffsets[step + 1])
  }
}
