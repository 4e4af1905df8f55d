import type { Mode, Policy, Warning } from '../plan.ts'
import type { Observed, Reading } from '../observed.ts'
import type { Resource } from '../resource.ts'
import type { Guarantee, TypeRules } from '../rules.ts'
import type { Scope } from '../scope.ts'
import type { SettleRules } from '../settle-rules.ts'
import type { State } from '../state.ts'

/** All that a plan follows from. The same input gives the same plan, byte for byte. */
export interface PlanInput {
  /** What should exist. */
  readonly desired: readonly Resource[]
  /** The state, with the entries of an open run folded in; absent when nothing was ever recorded. */
  readonly recorded?: State
  /** What was read just now: of everything recorded, and of all that could match or be deleted. */
  readonly readings: readonly Reading[]
  /** Rules by type name. */
  readonly types: Readonly<Record<string, TypeRules>>
  /** The plan's own mode. */
  readonly mode: Mode
  /** The id of the new plan. */
  readonly id: string
  /** Default: `default`. */
  readonly stack?: string
  /** ISO 8601. */
  readonly now: string
  /** ISO 8601. Default: never. */
  readonly expiresAt?: string
  /** `recorded`: objects that are owned and not recorded need an action that records them. Default: `recorded`. */
  readonly existing?: 'recorded' | 'observed'
  /** Default: everything. */
  readonly scope?: Scope
  /** Default: false. */
  readonly allowEmpty?: boolean
  /** Default: false. */
  readonly allowReplace?: boolean
  /** Default: `blocked`. */
  readonly onProtected?: 'blocked' | 'error'
  /** Default: none. */
  readonly policies?: readonly Policy[]
  /** What a crash during a create comes to, by type. Default: unsaid. */
  readonly guarantees?: Readonly<Record<string, Guarantee>>
  /** What makes writes effective, by name. Default: they are at once. */
  readonly settleGroups?: Readonly<Record<string, SettleRules>>
  /** The run that was folded into `recorded`. */
  readonly openRun?: string
  /** What the shell has to say. Default: nothing. */
  readonly warnings?: readonly Warning[]
}

/** The natural key of an object that exists, as an index uses it; undefined where it has none. */
export type KeyOf = (type: string, observed: Observed) => string | undefined
