import type { Action } from '../core/action.ts'
import type { PlanEvent } from '../core/event.ts'
import type { Mode, Policy } from '../core/plan.ts'
import type { Scope } from '../core/scope.ts'
import type { Provider } from '../provider/provider.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from './clock.ts'
import type { Sealer } from './sealer.ts'
import type { Decide } from './decision.ts'
import type { LeaseOptions } from './lease-options.ts'
import type { Hook } from './operation/hook.ts'

/** Supplies a deferred value; throws or returns undefined when there is none. */
export type Resolver = (key: string) => unknown

/** What planning, applying and settling have in common. */
export interface BaseOptions {
  /** Knows how to read and change the backend. */
  readonly provider: Provider
  /** Where state, journals and plans are kept. */
  readonly store: Store
  /** The unit that has one state, one lease and one history of runs. Default: `default`. */
  readonly stack?: string
  /** Suppliers of deferred values by name, e.g. `{ env: environment() }` from `convergent/node`. Default: none. */
  readonly resolvers?: Readonly<Record<string, Resolver>>
  /** Keeps sensitive values where they are written down; ready-made: `aesGcmSealer`. Default: none, only keyed digests are kept, and what would need a value of before names it as needing a person. */
  readonly sealer?: Sealer
  /** Gives up on whatever is under way. */
  readonly signal?: AbortSignal
  /** Time and chance. Default: the real ones. */
  readonly clock?: Clock
}

/** How to plan. */
export interface PlanOptions extends BaseOptions {
  /** Default: `apply`. */
  readonly mode?: Mode
  /** Default: everything. */
  readonly scope?: Scope
  /** What exists: see `Provider.existing`. Default: the provider's. */
  readonly existing?: 'recorded' | 'observed'
  /** True: `sync` may delete everything when nothing is declared. Default: false, that is an error. */
  readonly allowEmpty?: boolean
  /** True: mode `apply` may replace. Default: false, a replace is blocked there unless its type is `replaceable`. */
  readonly allowReplace?: boolean
  /** `error`: refuses to plan and lists every conflict at once. Default: `blocked`. */
  readonly onProtected?: 'blocked' | 'error'
  /** Judge the plan; a `deny` makes `plan` throw `policy`. Default: none. */
  readonly policies?: readonly Policy[]
  /** The plan is refused after this. Default: never. */
  readonly expiresInMs?: number
  /** Reads under way at once. Default: 10. */
  readonly concurrency?: number
  /** Each read is aborted after this. Default: 30 000. */
  readonly timeoutMs?: number
  /** Hears what is read. Default: nobody. */
  readonly onEvent?: (event: PlanEvent) => void
  /** Those of them that are about planning run before and after it; one that fails fails the plan (`declaration`). Default: none. */
  readonly hooks?: readonly Hook[]
}

/** How a failed attempt is tried again: exponential backoff with full jitter. */
export interface RetryOptions {
  /** Attempts in all. Default: 4. */
  readonly attempts?: number
  /** Ceiling of the first delay. Default: 500. */
  readonly baseMs?: number
  /** Ceiling of every delay. Default: 30 000. */
  readonly maxMs?: number
}

/** How to apply. */
export interface ApplyOptions extends BaseOptions, LeaseOptions {
  /** Actions under way at once. Default: 10. */
  readonly concurrency?: number
  /** Actions of a type under way at once, by the type's name. The lower of this and the type's own limit holds. Default: none. */
  readonly typeConcurrency?: Readonly<Record<string, number>>
  /** Actions of the same key run one at a time; undefined: it is bound to none. Default: none, beside the types' own keys. */
  readonly serialKey?: (action: Action) => string | undefined
  /**
   * When the run pauses because the backend is down: after so many calls in a row that it did not answer (no reply, or the
   * 502, 503 or 504 of something in front of it). From the second on they are made one at a time, with growing pauses between
   * them, so at most twice `concurrency` and these fail. False: never. Default: 6 failures.
   */
  readonly breaker?:
    | false
    | {
        /** In a row. Default: 6. */
        readonly failures?: number
      }
  /** Asked when an action has failed for good, a check says no, or nobody knows whether it happened. Default: nobody is asked, it counts as failed (or interrupted) and `onFailure` says what then. */
  readonly decide?: Decide
  /** Run at the events of the run; phases name some of them. Default: none. */
  readonly hooks?: readonly Hook[]
  /** Where the plan's file is, for hooks. Default: it has none. */
  readonly planPath?: string
  /** `stop`: start nothing more, let what is in flight end. `continue`: skip only the dependents. `rollback`: stop, and then take back what was done; the result keeps the error, and says in `rollback` what became of that. Default: `stop`. */
  readonly onFailure?: 'stop' | 'continue' | 'rollback'
  /** What `onFailure: 'rollback'` takes back: everything, or only what was made. Default: `all`. */
  readonly rollbackScope?: 'all' | 'creates'
  /** Default: 4 attempts from 0.5 s to 30 s. */
  readonly retry?: RetryOptions
  /** Each attempt of a call is aborted after this. Default: 60 000. */
  readonly timeoutMs?: number
  /** All attempts of an action together. Default: none. */
  readonly actionTimeoutMs?: number
  /** The whole run; what is in flight then is aborted. Default: none. */
  readonly deadlineMs?: number
  /** How long a call that ignores its abort is waited for before it counts as interrupted. Default: 5 000. */
  readonly abortGraceMs?: number
  /** A plan of another mode is refused. Default: the plan's own mode. */
  readonly expectMode?: Mode
  /** What a plan with deletes comes to when `expectMode` is `apply`: refused, or its deletes are skipped and reported. Default: `refuse`. */
  readonly onDelete?: 'refuse' | 'skip'
  /** True: nothing is changed; each action is checked and says whether it would succeed. Default: false. */
  readonly dryRun?: boolean
  /** When the state is committed: after whatever happened, or only when all has succeeded (the journal has each step at once either way). Default: `each`. */
  readonly commit?: 'each' | 'success'
  /** Keeps a checkpoint whenever so many more actions have changed the state. Each costs a copy of the whole state. Default: never. */
  readonly checkpointEvery?: number
  /** False: no copy of the state is kept before the run. Default: true. */
  readonly backup?: boolean
  /** How many ended runs and plans are kept. Default: 20 and 10. */
  readonly keep?: {
    /** Ended runs. */
    readonly runs?: number
    /** Plans. */
    readonly plans?: number
    /** Checkpoints that runs made by themselves. Default: 5. */
    readonly checkpoints?: number
  }
}

/** How to go on with a run: as it was applied, but for what follows from its plan. */
export type ResumeOptions = Omit<ApplyOptions, 'expectMode' | 'onDelete' | 'dryRun' | 'commit'>
