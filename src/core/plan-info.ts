import type { PlanMode } from './plan.ts'

/** What is said of a plan that is kept. */
export interface PlanInfo {
  /** A UUID. */
  readonly id: string
  /** The plan's own mode. */
  readonly mode: PlanMode
  /** What it is for, in a word; absent: it does not say. */
  readonly operation?: string
  /** ISO 8601. */
  readonly createdAt: string
  /** ISO 8601; absent: never. */
  readonly expiresAt?: string
  /** How many actions it has, blocked ones included. */
  readonly actions: number
}
