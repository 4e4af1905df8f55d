import type { Outcome, RunOutcome } from '../entry.ts'
import type { Address } from '../address.ts'
import type { ErrorRecord } from '../errors.ts'
import type { Progress } from '../event.ts'
import type { ActionResult } from '../result.ts'
import { Estimate } from './estimate.ts'
import type { Flow } from './flow.ts'

/** Worst last: what an action with two steps came to is the worse of the two. */
const SEVERITY: readonly Outcome[] = ['succeeded', 'blocked', 'skipped', 'cancelled', 'stale', 'failed', 'interrupted']

interface Account {
  outcome: Outcome | undefined
  open: number
  attempts: number
  startedMs: number | undefined
  endedMs: number
  id: string | undefined
  error: ErrorRecord | undefined
  message: string | undefined
  because: Address | undefined
}

/** What has become of each action so far: the numbers and words of the result. */
export class RunLedger {
  readonly counts: Record<Outcome, number> = { succeeded: 0, failed: 0, skipped: 0, blocked: 0, stale: 0, cancelled: 0, interrupted: 0, 'rolled-back': 0, pending: 0 }
  readonly total: number
  readonly #flow: Flow
  readonly #accounts: Account[]
  readonly #estimate: Estimate
  #done = 0
  #beganMs: number | undefined

  constructor(flow: Flow) {
    this.#flow = flow
    this.total = flow.actions.length
    this.#estimate = new Estimate(flow)
    this.#accounts = flow.actions.map(({ id, blocked, steps }) => {
      if (blocked !== undefined) {
        this.counts.blocked++
        this.#done++
      }
      return { outcome: blocked === undefined ? undefined : 'blocked', open: blocked === undefined ? steps.length : 0, attempts: 0, startedMs: undefined, endedMs: 0, id, error: undefined, message: blocked?.message, because: blocked?.because }
    })
  }

  /** Actions with an outcome. */
  get done(): number {
    return this.#done
  }

  noteAttempt(action: number, ms: number): void {
    const account = this.#account(action)
    account.attempts++
    account.startedMs ??= ms
    this.#beganMs ??= ms
  }

  noteId(action: number, id: string): void {
    this.#account(action).id = id
  }

  noteError(action: number, error: ErrorRecord): void {
    this.#account(action).error = error
  }

  /** Notes the outcome of one step; true when it was the action's last. */
  noteOutcome(action: number, outcome: Outcome, ms: number, message?: string, because?: Address): boolean {
    const account = this.#account(action)
    if (account.outcome === undefined || SEVERITY.indexOf(outcome) > SEVERITY.indexOf(account.outcome)) {
      account.outcome = outcome
      account.message = message
      account.because = because
    }
    account.endedMs = ms
    account.open--
    if (account.open > 0) return false
    this.counts[account.outcome]++
    this.#done++
    this.#estimate.noteSettled(action, account.outcome === 'succeeded' && account.startedMs !== undefined ? ms - account.startedMs : undefined)
    return true
  }

  /** How far the run is. `done`: where it is told of an earlier moment. */
  progressAt(ms: number, done = this.#done): Progress {
    const { total } = this
    const leftMs = this.#beganMs === undefined ? undefined : this.#estimate.leftMs(ms - this.#beganMs)
    return { done, total, percent: total === 0 ? 100 : Math.floor((done * 100) / total), ...(leftMs !== undefined && { leftMs: Math.round(leftMs) }) }
  }

  /** Notes what an earlier process has done. */
  restore(action: number, outcome: 'succeeded' | 'skipped', id: string | undefined, ms: number): void {
    if (id !== undefined) this.noteId(action, id)
    this.noteOutcome(action, outcome, ms, outcome === 'skipped' ? 'left out, as it was decided' : undefined)
  }

  /** The run stops here for now. */
  notePause(): void {
    this.counts.pending = this.total - this.#done
  }

  outcomeOf(action: number): Outcome {
    return this.#account(action).outcome ?? 'pending'
  }

  resultOf(action: number): ActionResult {
    const { address, kind } = this.#flow.actions[action] as Flow['actions'][number]
    const account = this.#account(action)
    return {
      address,
      kind,
      outcome: account.outcome ?? 'pending',
      ...(account.id !== undefined && { id: account.id }),
      attempts: account.attempts,
      durationMs: account.startedMs === undefined ? 0 : Math.max(0, account.endedMs - account.startedMs),
      ...(account.error && { error: account.error }),
      ...(account.message !== undefined && { message: account.message }),
      ...(account.because !== undefined && account.because !== address && { because: account.because }),
    }
  }

  /** The first thing that went wrong, in words. */
  firstProblem(): string | undefined {
    const position = this.#accounts.findIndex(({ error, outcome, message }) => error !== undefined || (message !== undefined && outcome !== 'succeeded' && outcome !== 'blocked' && outcome !== 'skipped'))
    const { address } = this.#flow.actions[position] ?? {}
    const { error, message } = this.#accounts[position] ?? {}
    return address && `${address}: ${error?.message ?? message}`
  }

  /** What the run came to. A run with a failure never counts as a success. */
  judge(wasCancelled: boolean, hookFailed: boolean): { readonly outcome: RunOutcome; readonly allSucceeded: boolean } {
    const { succeeded, failed, skipped, stale, cancelled, interrupted } = this.counts
    const undone = failed + skipped + stale + cancelled + interrupted
    if (interrupted > 0) return { outcome: 'interrupted', allSucceeded: false }
    if (undone === 0 && !hookFailed) return { outcome: 'succeeded', allSucceeded: true }
    if (wasCancelled && failed === 0) return { outcome: 'cancelled', allSucceeded: false }
    return { outcome: succeeded > 0 ? 'partial' : 'failed', allSucceeded: false }
  }

  #account(action: number): Account {
    return this.#accounts[action] as Account
  }
}
