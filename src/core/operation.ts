import type { Address } from './address.ts'
import type { Fields } from './json.ts'

/** What an operation changes, or is expected to change: for reviewers before, for the journal after. */
export interface OperationChange {
  /** What: `process web-1`, `file /etc/app.conf`. */
  readonly subject: string
  /** What is done with it. */
  readonly action: 'create' | 'update' | 'delete' | 'start' | 'stop' | 'none'
  /** As it is before; absent: nothing, or it is not known. */
  readonly before?: unknown
  /** As it is afterwards. */
  readonly after?: unknown
}

/** How a check went. */
export interface CheckResult {
  /** The check's name. */
  readonly check: string
  /** `warning`: it failed, and is advisory. `unneeded`: it says that its operation can be left out. */
  readonly status: 'passed' | 'warning' | 'failed' | 'unneeded'
  /** What was found, what was expected, what to do. */
  readonly message?: string
  /** The operation that it stands before; absent: the plan as a whole. */
  readonly step?: string
  /** How long it took, in milliseconds. */
  readonly durationMs: number
  /** Figures: what is required, what is there. */
  readonly details?: Fields
}

/** What an operation printed. */
export interface OperationOutput {
  /** Its end, at most some kilobytes. */
  readonly text: string
  /** How many characters there were in all. */
  readonly length: number
  /** The document of the store that has all of it; absent: `text` is all. */
  readonly document?: string
}

/** What an operation came to. */
export interface OperationResult {
  /** What it printed. */
  readonly output?: OperationOutput
  /** What it changed. */
  readonly changes?: readonly OperationChange[]
  /** What it returned, as JSON: what `undo` is given. */
  readonly value?: unknown
}

/** What something takes; absent: nobody knows. */
export interface ResourceEstimate {
  /** In milliseconds. */
  readonly durationMs?: number
  /** On disks, in bytes. */
  readonly diskBytes?: number
  /** In bytes. */
  readonly memoryBytes?: number
  /** Over the network, in bytes. */
  readonly downloadBytes?: number
  /** Processes that are started, by host. */
  readonly processes?: Readonly<Record<string, number>>
  /** Ports that are taken, by host. */
  readonly ports?: Readonly<Record<string, readonly number[]>>
  /** What the figures rest on, in words. */
  readonly basis?: readonly string[]
}

/** A named group of actions that ends before the next one begins. */
export interface PlanPhase {
  /** Unique in the plan. */
  readonly name: string
  /** For people. */
  readonly description?: string
  /** Actions of the phase under way at once, at most. */
  readonly parallel?: number
  /** Names of the hooks that run before its first action. */
  readonly before?: readonly string[]
  /** Names of the hooks that run after its last action. */
  readonly after?: readonly string[]
  /** Of all its actions together. */
  readonly estimate?: ResourceEstimate
}

/** Something that was found at planning. */
export interface Finding {
  /** Stable over releases. */
  readonly code: string
  /** What was found, what was expected, what to do. */
  readonly message: string
  /** The step that it is about. */
  readonly step?: string
}

/** What was checked at planning, and what came of it. */
export interface PlanValidation {
  /** False: there are errors, and no run takes the plan. */
  readonly valid: boolean
  /** What makes it invalid. */
  readonly errors: readonly Finding[]
  /** What a reviewer should know. */
  readonly warnings: readonly Finding[]
  /** The checks that ran. */
  readonly checks: readonly CheckResult[]
}

/** When a hook runs. */
export type HookEvent = 'beforePlan' | 'afterPlan' | 'beforeApply' | 'afterApply' | 'beforePhase' | 'afterPhase' | 'beforeAction' | 'afterAction' | 'onError' | 'onSuccess'

/** How a hook went. */
export interface HookResult {
  /** The hook's name. */
  readonly hook: string
  /** When it ran. */
  readonly on: HookEvent
  /** The phase, where it is about one. */
  readonly phase?: string
  /** The action, where it is about one. */
  readonly action?: Address
  /** `ignored`: it failed, and goes on all the same. */
  readonly status: 'succeeded' | 'failed' | 'ignored'
  /** Why it failed. */
  readonly message?: string
  /** What it printed. */
  readonly output?: OperationOutput
  /** How long it took, in milliseconds. */
  readonly durationMs: number
}

/** What a person or the host's program may answer when an action has failed. */
export type Choice = 'retry' | 'skip' | 'abort' | 'pause' | 'rollback'

/** An operation that is to be done, with parameters. */
export interface DeclaredOperation {
  /** Of the provider's operations. */
  readonly type: string
  /** Unique among those of its type in the plan. */
  readonly name: string
  /** `type/name`. */
  readonly address: Address
  /** References to resources and deferred values may stand in them. */
  readonly params: Fields
  /** Addresses of operations and resources of the same phase or an earlier one that come before it. Default: none. */
  readonly dependsOn?: readonly string[]
  /** True: what it depends on is settled before it runs. Default: as its type says. */
  readonly settleBefore?: boolean
}

/** What planning asks of an operation type. */
export interface OperationRules {
  /** The group that makes effective what it writes, of the provider's `settleGroups`. Default: it is effective at once. */
  readonly settleGroup?: string
  /** True: what it depends on is settled before it runs. Default: false. */
  readonly settleBefore?: boolean
  /** What it does, in words. */
  describe?(params: object): string
  /** What it is expected to change. */
  expects?(params: object): readonly OperationChange[]
  /** What it takes. */
  estimate?(params: object): ResourceEstimate
}

/** How a journal names what ran at an event. */
export function nameHook(on: HookEvent, phase: string | undefined): string {
  return phase === undefined ? on : `${on} ${phase}`
}
