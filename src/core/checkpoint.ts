import type { State } from './state.ts'

/** What is said of a checkpoint. */
export interface CheckpointInfo {
  /** A UUID. */
  readonly id: string
  /** The stack. */
  readonly stack: string
  /** What it is good for, in words. */
  readonly description: string
  /** ISO 8601. */
  readonly createdAt: string
  /** The run that made it by itself; absent: somebody asked for it. */
  readonly run?: string
  /** How many resources were recorded. */
  readonly resources: number
}

/** A named copy of a stack's state that can be restored. */
export interface Checkpoint extends CheckpointInfo {
  /** As it was recorded, what an open run had done included. */
  readonly state: State
}

/** What is said of a checkpoint, without the state. */
export function describeCheckpoint({ state: _, ...info }: Checkpoint): CheckpointInfo {
  return info
}
