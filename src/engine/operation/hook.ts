import type { Address } from '../../core/address.ts'
import type { HookEvent } from '../../core/operation.ts'

/** What a hook is told. */
export interface HookContext {
  /** Why it runs. */
  readonly on: HookEvent
  /** The stack. */
  readonly stack: string
  /** What the plan is for. */
  readonly operation?: string
  /** The phase, where it is about one. */
  readonly phase?: string
  /** The action, where it is about one. */
  readonly action?: Address
  /** The plan; absent before there is one. */
  readonly planId?: string
  /** Where the plan's file is, where there is one. */
  readonly planPath?: string
  /** The run; absent at planning. */
  readonly runId?: string
  /** What went wrong, in words: for `onError`. */
  readonly error?: string
  /** Aborted when its time is up, or the run is. */
  readonly signal: AbortSignal
  /** Adds to what it printed, which the journal keeps. */
  readonly print: (text: string) => void
}

/** Something of the host's that runs at events of a plan or run. One that was cut off by a crash runs again on resume. */
export interface Hook {
  /** Unique among the hooks; phases name hooks by it. */
  readonly name: string
  /** When it runs. Default: only where a phase names it. */
  readonly on?: HookEvent | readonly HookEvent[]
  /** Does it; one that throws or rejects has failed, and with it what it stands before or after. */
  run(context: HookContext): unknown
  /** It is aborted after this. Default: 60 000. */
  readonly timeoutMs?: number
  /** True: where it fails, all goes on. Default: false. */
  readonly continueOnError?: boolean
}
