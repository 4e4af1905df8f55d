import type { Action, ActionKind } from './action.ts'
import type { Address } from './address.ts'
import type { ErrorRecord } from './errors.ts'

/** `apply` creates and updates; `sync` also deletes what is owned and no longer declared; `destroy` deletes what is owned. */
export type Mode = 'apply' | 'sync' | 'destroy'

/** The newest version of the plan format that this release reads and writes. */
export const PLAN_VERSION = 1

/** Something a reviewer should know; it stops nothing. */
export interface Warning {
  /** Stable over releases. */
  readonly code: string
  readonly message: string
  readonly address?: Address
}

/** Something that could not be read, and what was therefore left out. Nothing is planned for it or its dependents. */
export interface Unreadable {
  /** An address, or a type when a whole list failed. */
  readonly subject: string
  readonly error: ErrorRecord
  /** What was left out of the plan because of it. */
  readonly leavesOut: readonly Address[]
}

/** How many actions there are of each kind; a blocked one counts only as blocked. */
export type Summary = Readonly<Record<ActionKind | 'blocked' | 'unchanged', number>>

/** The actions with their order, as plain data. */
export interface Plan {
  readonly format: 'convergent.plan'
  readonly version: typeof PLAN_VERSION
  readonly id: string
  readonly stack: string
  readonly mode: Mode
  /** ISO 8601. */
  readonly createdAt: string
  /** ISO 8601; absent: never. */
  readonly expiresAt?: string
  /** The state that it was based on; absent when nothing was recorded. */
  readonly basedOn?: { readonly lineage: string; readonly serial: number }
  /** A run of the stack that has not ended, folded into what was taken as recorded. */
  readonly openRun?: string
  readonly warnings: readonly Warning[]
  readonly unreadable: readonly Unreadable[]
  readonly violations: readonly Violation[]
  /** What actions refer to and no action changes: where to find it when the plan is applied. Sorted by address. */
  readonly objects: readonly KnownObject[]
  readonly actions: readonly Action[]
  readonly summary: Summary
}

/** An object that exists and stays as it is. */
export interface KnownObject {
  readonly address: Address
  readonly id: string
  readonly parentId?: string
}

/** What a policy says of a plan. */
export interface Violation {
  readonly policy: string
  readonly level: 'deny' | 'warn'
  readonly message: string
  readonly address?: Address
}

/** Judges a plan. Pure: the same plan gives the same violations. */
export interface Policy {
  readonly name: string
  readonly check: (plan: Plan) => readonly Omit<Violation, 'policy'>[]
}
