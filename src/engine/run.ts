import type { Progress, RunEvent, RunEventName, RunEvents } from '../core/event.ts'
import type { RunResult } from '../core/result.ts'

/**
 * One apply of one plan: an emitter, an async iterable of its events, and awaitable. Listeners change nothing: one that
 * throws or rejects is reported as `listener:failed`.
 */
export interface Run extends AsyncIterable<RunEvent>, PromiseLike<RunResult> {
  /** A UUID. */
  readonly id: string
  /** Resolves for every outcome; rejects only before the first action, or when the journal cannot be written. */
  readonly result: Promise<RunResult>
  /** Calls the listener for each event of that name. */
  on<N extends RunEventName>(name: N, listener: (event: RunEvents[N]) => unknown): this
  /** Calls the listener for the next event of that name. */
  once<N extends RunEventName>(name: N, listener: (event: RunEvents[N]) => unknown): this
  /** Removes a listener. */
  off<N extends RunEventName>(name: N, listener: (event: RunEvents[N]) => unknown): this
  /**
   * How far it is, sampled: for a view that need not hear of each of a million actions. Yields once in `everyMs` (default: 1,000)
   * where that has changed, and at the end of the run. Throws what the result rejects with.
   */
  progress(everyMs?: number): AsyncIterable<Progress>
  /** Starts nothing more; what is in flight ends and is recorded. Resolves with the result. */
  cancel(): Promise<RunResult>
  /** The same, but what has no outcome yet is left for {@link resume}: the run ends `paused`. `reason`: for people. */
  pause(reason?: string): Promise<RunResult>
}
