import type { Action, ActionKind } from './action.ts'
import type { Address } from './address.ts'
import type { ErrorRecord } from './errors.ts'
import type { PlanPhase, PlanValidation, ResourceEstimate } from './operation.ts'

/** `apply` creates and updates; `sync` also deletes what is owned and no longer declared; `destroy` deletes what is owned. */
export type Mode = 'apply' | 'sync' | 'destroy'

/** What a plan is for: the mode in which it was planned, or `rollback`, which takes back what a run did. */
export type PlanMode = Mode | 'rollback'

/** The newest version of the plan format that this release reads and writes. */
export const PLAN_VERSION = 1

/** Something a reviewer should know; it stops nothing. */
export interface Warning {
  /** Stable over releases. */
  readonly code: string
  /** For people: what was found, and what to do. */
  readonly message: string
  /** The resource. */
  readonly address?: Address
}

/** Something that could not be read, and what was therefore left out. Nothing is planned for it or its dependents. */
export interface Unreadable {
  /** An address, or a type when a whole list failed. */
  readonly subject: string
  /** What went wrong. */
  readonly error: ErrorRecord
  /** What was left out of the plan because of it. */
  readonly leavesOut: readonly Address[]
}

/** How many actions there are of each kind; a blocked one counts only as blocked. */
export type Summary = Readonly<Record<Exclude<ActionKind, 'operation' | 'settle'> | 'blocked' | 'unchanged', number>> & {
  /** Absent: the plan has none. */
  readonly operation?: number
  /** Absent: the plan has none. */
  readonly settle?: number
}

/** The actions with their order, as plain data. */
export interface Plan {
  /** Tells a plan from other documents. */
  readonly format: 'convergent.plan'
  /** Of the format. */
  readonly version: typeof PLAN_VERSION
  /** A UUID. */
  readonly id: string
  /** The stack. */
  readonly stack: string
  /** The plan's own mode. */
  readonly mode: PlanMode
  /** ISO 8601. */
  readonly createdAt: string
  /** ISO 8601; absent: never. */
  readonly expiresAt?: string
  /** The state that it was based on; absent when nothing was recorded. */
  readonly basedOn?: {
    /** Of the state. */
    readonly lineage: string
    /** Of the state. */
    readonly serial: number
  }
  /** The run that it takes back, where it is a rollback. */
  readonly undoes?: string
  /** A run of the stack that has not ended, folded into what was taken as recorded. */
  readonly openRun?: string
  /** What it is for, in a word: `deploy`, `restart`. */
  readonly operation?: string
  /** Groups of actions, each of which ends before the next one begins. Absent: only dependencies order the actions. */
  readonly phases?: readonly PlanPhase[]
  /** What was checked at planning. Absent: nothing beside what makes it a plan. */
  readonly validation?: PlanValidation
  /** What all of it takes. */
  readonly estimate?: ResourceEstimate
  /** What a reviewer should know. */
  readonly warnings: readonly Warning[]
  /** What could not be read. */
  readonly unreadable: readonly Unreadable[]
  /** What policies say of it. */
  readonly violations: readonly Violation[]
  /** What actions refer to and no action changes: where to find it when the plan is applied. Sorted by address. */
  readonly objects: readonly KnownObject[]
  /** In an order in which they could run one by one. */
  readonly actions: readonly Action[]
  /** How many actions there are of each kind. */
  readonly summary: Summary
}

/** An object that exists and stays as it is. */
export interface KnownObject {
  /** The resource. */
  readonly address: Address
  /** The backend's own identifier. */
  readonly id: string
  /** The id of the object it lives in, for types with a parent. */
  readonly parentId?: string
}

/** What a policy says of a plan. */
export interface Violation {
  /** The policy's name. */
  readonly policy: string
  /** `deny` refuses the plan, `warn` remarks. */
  readonly level: 'deny' | 'warn'
  /** For people: what was found, and what to do. */
  readonly message: string
  /** The resource. */
  readonly address?: Address
}

/** Judges a plan. Pure: the same plan gives the same violations. */
export interface Policy {
  /** For messages. */
  readonly name: string
  /** What it has against a plan. */
  readonly check: (plan: Plan) => readonly Omit<Violation, 'policy'>[]
}
