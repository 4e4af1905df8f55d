import type { Address } from './address.ts'
import type { ErrorRecord } from './errors.ts'
import type { Mode } from './plan.ts'
import type { StateChange } from './state.ts'
import type { Fields } from './json.ts'

/** What has become of an action, or of one step of it. */
export type Outcome = 'succeeded' | 'failed' | 'skipped' | 'blocked' | 'stale' | 'cancelled' | 'interrupted'

/** What has become of a run. `partial`: something succeeded and something did not. */
export type RunOutcome = 'succeeded' | 'partial' | 'failed' | 'cancelled' | 'interrupted' | 'abandoned'

/** What was there right before an update or delete, as the journal keeps it. Sensitive fields are left out. */
export interface BeforeImage {
  readonly id: string
  readonly outputs: Fields
}

/** One durable line about a run. `at` is ISO 8601. */
export type Entry = { readonly at: string } & (
  | {
      readonly kind: 'run-started'
      readonly run: string
      readonly plan: string
      /** SHA-256 of the plan as it is stored; hex. */
      readonly planHash: string
      readonly stack: string
      readonly mode: Mode
      readonly holder: string
      readonly fence: number
      /** Of the state that it began with, or that its first commit makes. */
      readonly lineage: string
      /** Key of the digests of secrets in its entries; hex. */
      readonly salt: string
      /** When the state is committed: `each`: whatever the outcome; `success`: only when all has succeeded. */
      readonly commit: 'each' | 'success'
    }
  | {
      readonly kind: 'started'
      readonly step: string
      readonly attempt: number
      /** The key that the call carries; the same over retries and resumes until a definite failure. */
      readonly idempotencyKey: string
      /** Right before an update or delete. */
      readonly before?: BeforeImage
      /** True: a read right before this create proved absence. */
      readonly absent?: boolean
    }
  | { readonly kind: 'handle'; readonly step: string; readonly handle: string }
  | { readonly kind: 'attempted'; readonly step: string; readonly attempt: number; readonly error: ErrorRecord; readonly retryInMs?: number }
  | { readonly kind: 'succeeded'; readonly step: string; readonly change?: StateChange; readonly adopted?: boolean }
  | { readonly kind: 'failed'; readonly step: string; readonly error: ErrorRecord }
  | { readonly kind: 'skipped'; readonly step: string; readonly because: Address }
  | { readonly kind: 'stale'; readonly step: string; readonly message: string }
  | { readonly kind: 'cancelled'; readonly step: string }
  | { readonly kind: 'interrupted'; readonly step: string; readonly message: string }
  | { readonly kind: 'run-ended'; readonly outcome: RunOutcome; readonly open: boolean }
)
