import type { Address } from './address.ts'
import type { Fields, Path } from './json.ts'
import type { OperationChange, OperationResult, ResourceEstimate } from './operation.ts'
import type { Guarantee } from './rules.ts'
import type { RecordedResource } from './state.ts'

/** What an action does: with its resource, or (`operation`) whatever its type does; `settle` makes writes effective. */
export type ActionKind = 'create' | 'update' | 'replace' | 'delete' | 'forget' | 'operation' | 'settle'

/** One field that changes. */
export interface FieldChange {
  /** The place inside the fields. */
  readonly path: Path
  /** What is there now; absent: nothing. Never a sensitive value. */
  readonly before?: unknown
  /** What will be there, possibly a marker; absent: it is unset. */
  readonly after?: unknown
  /** True: neither side is shown. */
  readonly sensitive?: boolean
  /** True: this change is why the action is a replace. */
  readonly forcesReplace?: boolean
}

/** One call to the provider. A replace has two; every other action has one. An operation is run, or taken back. */
export interface Step {
  /** `create:type/name` and the like: unique in the plan. */
  readonly key: string
  /** What is asked of the provider. */
  readonly call: 'create' | 'update' | 'delete' | 'forget' | 'run' | 'undo' | 'settle'
  /** Keys of the steps that must have succeeded before; for one that settles: those that must have an outcome. */
  readonly after: readonly string[]
  /** The key of a step that must have an outcome before, whatever that is. Rollback: what the run did later is taken back earlier, where calls are made one at a time. */
  readonly comesAfter?: string
  /** The key of the step that makes it effective, and so comes after it whatever its outcome. Absent: it is effective at once. */
  readonly settledBy?: string
}

/** Why an action is in the plan and yet will not run. */
export interface Blocked {
  /** Stable over releases. */
  readonly reason: 'protected' | 'replace-in-apply' | 'not-owned' | 'blocked-dependency' | 'needs-person'
  /** In words, with what to do. */
  readonly message: string
  /** The other resource, where that is the reason. */
  readonly because?: Address
}

/** One step of a plan for a reviewer; it comes to one or two calls. */
export interface Action {
  /** The resource. */
  readonly address: Address
  /** What is done with the resource. */
  readonly kind: ActionKind
  /** Why, where the kind alone does not say: `gone from the backend`, `lifts protection`, `name is immutable`. */
  readonly reason?: string
  /** The id of the existing object; absent for a create. */
  readonly id?: string
  /** True: the object exists and is taken over; it was not ours in the state before. */
  readonly adopts?: boolean
  /** What is declared, references unresolved, protection fields included; absent for a delete or forget that changes nothing before. */
  readonly inputs?: Fields
  /** Field by field. */
  readonly changes: readonly FieldChange[]
  /** Fields whose present value must be cleared: declared when last applied and not declared now. */
  readonly unset?: readonly Path[]
  /** The calls that it comes to. */
  readonly steps: readonly Step[]
  /** What goes for good beside the object that it deletes, in words. */
  readonly loss?: string
  /** Which comes first in a replace. */
  readonly replaceOrder?: 'delete-first' | 'create-first'
  /** Set: the action is shown and counted, and does not run. */
  readonly blocked?: Blocked
  /** Digest of the id and the compared fields as observed, or of proven absence (`absent`). The action is stale when a read right before it disagrees. */
  readonly fingerprint: string
  /** To be recorded with it: what it depends on. */
  readonly dependsOn: readonly Address[]
  /** The id of the parent object as observed, for a delete; otherwise it follows from the inputs. */
  readonly parentId?: string
  /** To be recorded with it. */
  readonly protected?: boolean
  /** The address under which the same object is recorded now, where that is another. */
  readonly movedFrom?: Address
  /** The ids of older objects at this address that this deletes or forgets; the resource itself stays. */
  readonly deposed?: readonly string[]
  /** Rollback: what the run left of it; the action is stale when that is no longer what is there. */
  readonly leftAs?: Fields
  /** Rollback: what the state says of it afterwards; `nothing`: it is recorded no longer. */
  readonly restores?: RecordedResource | 'nothing'
  /** The phase that it belongs to, where the plan has phases. */
  readonly phase?: string
  /** What an operation, or an action that settles, does, in words. */
  readonly description?: string
  /** What an operation is expected to change. */
  readonly expects?: readonly OperationChange[]
  /** The group whose writes it makes effective, for an action that settles. */
  readonly settles?: string
  /** True: its calls wait until what it depends on is settled. */
  readonly settleBefore?: boolean
  /** What an operation takes. */
  readonly estimate?: ResourceEstimate
  /** Rollback: what the operation came to that this takes back. */
  readonly takesBack?: OperationResult
  /** What a crash or a lost reply during a create of this type comes to. */
  readonly guarantee?: Guarantee
}
