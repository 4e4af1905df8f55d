import type { KindName, Row } from './kind.ts'

/** What an order is to do. */
export type Errand =
  | { readonly does: 'create'; readonly kind: KindName; readonly fields: Row }
  | { readonly does: 'edit'; readonly kind: KindName; readonly id: string; readonly fields: Row }
  | { readonly does: 'delete'; readonly kind: KindName; readonly id: string }
  | { readonly does: 'refresh-paths' }

/** How an order ended. */
export interface Outcome {
  readonly isSuccess: boolean
  readonly message: string
  readonly errors: readonly string[]
}

/** An order: accepted at once, carried out later, one after the other of its node. */
export interface Order {
  readonly id: string
  /** `{pool}/{logpoint}`. */
  readonly node: string
  readonly errand: Errand
  readonly startAtMs: number
  /** Null: never. */
  readonly endAtMs: number | null
  /** It will fail with these words, and do nothing. */
  readonly failsWith?: string
  /** Nobody finds its page. */
  readonly isForgotten: boolean
  /** Absent: it has not ended. */
  outcome?: Outcome
}

/** The page of an order. One that waits has an empty response, one under way has no `success`; -1 says nothing. */
export function showOrder({ startAtMs, outcome }: Order, nowMs: number): Row {
  if (outcome !== undefined) {
    const { isSuccess, message, errors } = outcome
    return { request: {}, response: { node_change_count: -1, errors, message, success: isSuccess } }
  }
  return { request: {}, response: nowMs < startAtMs ? {} : { errors: [], message: 'The request is being processed' } }
}
