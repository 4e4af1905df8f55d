import type { Shape } from './shape.ts'

/** What one round came to. */
export interface Yield {
  /** Actions, or resources where the plan has none. */
  readonly actions: number
  readonly requests: number
  /** What was written. */
  readonly bytes?: number
}

/** One round of a phase, made ready. */
export interface Round {
  /** What is timed. */
  run(): Promise<unknown>
  /** Looks afterwards whether it did what it was to do, throws where not. */
  tell(): Promise<Yield>
}

/** A phase with all that its rounds share. */
export interface Bed {
  /** Makes the next round ready. */
  round(): Promise<Round>
}

/** Something that the engine does, at any size. */
export interface Phase {
  readonly name: string
  /** The word by which `--only` chooses it. */
  readonly part: string
  readonly shapes: readonly Shape[]
  open(shape: Shape, size: number): Promise<Bed>
}

export function expectCount(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what}: ${found}, expected ${expected}`)
}
