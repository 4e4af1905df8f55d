import { describeCheckpoint, type Checkpoint, type CheckpointInfo } from '../core/checkpoint.ts'
import { foldState, type State, type StateChange } from '../core/state.ts'
import { giveCheckpoint, readCheckpointInfo } from '../store/checkpoint-text.ts'
import { getInPieces, putInPieces } from '../store/document.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from './clock.ts'

/** Where checkpoints are kept. */
export interface CheckpointOptions {
  /** Keeps the stack. */
  readonly store: Store
  /** Default: `default`. */
  readonly stack?: string
  /** Time and identity. Default: the real ones. */
  readonly clock?: Clock
}

/** Keeps a copy of a state. `run`: the run that does so by itself. */
export async function keepCheckpoint(store: Store, state: State, description: string, clock: Clock, run?: string): Promise<CheckpointInfo> {
  const made: Checkpoint = { id: clock.id(), stack: state.stack, description, createdAt: new Date(clock.now()).toISOString(), ...(run !== undefined && { run }), resources: state.resources.size, state }
  await putInPieces(store, state.stack, 'checkpoint', made.id, giveCheckpoint(made))
  return describeCheckpoint(made)
}

/** The checkpoints of a stack, oldest first. */
export async function listCheckpoints({ store, stack = 'default' }: CheckpointOptions): Promise<readonly CheckpointInfo[]> {
  const ids = await store.list(stack, 'checkpoint')
  const found: CheckpointInfo[] = []
  for (const id of ids) {
    const info = await readInfo(store, stack, id)
    if (info !== undefined) found.push(info)
  }
  return found
}

/** What is said of a checkpoint, and nothing of its state is read for it; undefined where there is none. */
async function readInfo(store: Store, stack: string, id: string): Promise<CheckpointInfo | undefined> {
  const pieces = await getInPieces(store, stack, 'checkpoint', id)
  return pieces && readCheckpointInfo(pieces, id)
}

/** Removes the oldest checkpoints that runs made by themselves; those that somebody asked for stay, and so does what cannot be read or removed. */
export async function pruneCheckpoints(store: Store, stack: string, kept: number): Promise<void> {
  const made: string[] = []
  for (const id of await store.list(stack, 'checkpoint').catch(() => [])) if (await isMadeByRun(store, stack, id)) made.push(id)
  for (const id of made.slice(0, Math.max(0, made.length - kept))) await store.remove(stack, 'checkpoint', id).catch(() => undefined)
}

async function isMadeByRun(store: Store, stack: string, id: string): Promise<boolean> {
  try {
    return (await readInfo(store, stack, id))?.run !== undefined
  } catch {
    return false
  }
}

/** Keeps checkpoints while a run goes on: one whenever so many more changes are durable, and one after each phase; one after the other. */
export class CheckpointKeeper {
  readonly #keep: (changes: readonly StateChange[], after: string) => Promise<CheckpointInfo>
  readonly #every: number
  #kept = 0
  #pending: Promise<unknown> = Promise.resolve()

  constructor(store: Store, base: State, every: number, clock: Clock, run: string) {
    this.#every = every
    this.#keep = (changes, after) => keepCheckpoint(store, foldState(base, changes), `after ${after} of run ${run}`, clock, run)
  }

  /** All changes so far. */
  note(changes: readonly StateChange[]): void {
    if (changes.length - this.#kept < this.#every) return
    this.#kept = changes.length
    void this.#queue(changes, `${changes.length} changes`)
  }

  /** All changes so far, at the end of a phase. Gives what is kept; undefined where it cannot be. */
  notePhase(phase: string, changes: readonly StateChange[]): Promise<CheckpointInfo | undefined> {
    return this.#queue(changes, `phase ${phase}`)
  }

  #queue(changes: readonly StateChange[], after: string): Promise<CheckpointInfo | undefined> {
    const copy = changes.slice()
    // One that cannot be kept is no reason to stop: the journal has it all.
    const kept = this.#pending.then(() => this.#keep(copy, after)).catch(() => undefined)
    this.#pending = kept
    return kept
  }

  /** Waits for what is being kept. */
  async finish(): Promise<void> {
    await this.#pending
  }
}
