import type { Blocked, FieldChange } from '../action.ts'
import type { ErrorRecord } from '../errors.ts'
import type { Fields, Path } from '../json.ts'
import type { Existing } from './existing.ts'

/** What is to become of one declared resource. */
export interface Decision {
  readonly kind: 'create' | 'update' | 'replace' | 'unchanged' | 'unreadable' | 'out-of-scope'
  readonly existing: Existing | undefined
  readonly changes: readonly FieldChange[]
  readonly unset: readonly Path[]
  /** As declared, or what a lift leaves of it. */
  readonly inputs: Fields
  readonly reason?: string
  readonly adopts?: boolean
  readonly blocked?: Blocked
  readonly error?: ErrorRecord
  /** True: its natural key stays, so old and new cannot be there together. */
  readonly keepsKey?: boolean
  /** True: protection is lifted and other changes are left for the next plan. */
  readonly postpones?: boolean
}
