import { LeaseLostError, StoreError } from '../core/errors.ts'
import type { Lease, Store } from '../store/store.ts'
import type { Clock } from './clock.ts'

/** Shares of the term: between two renewals, and until another look where one failed or does not end. */
const RENEW_AT = 1 / 3
const LOOK_AGAIN_AT = 1 / 12

/** A point in time by both clocks: one may be set, the other may stand while the machine sleeps. */
export interface Instant {
  readonly wallMs: number
  readonly monotonicMs: number
}

/** Now, by both clocks. */
export function readInstant(clock: Clock): Instant {
  return { wallMs: clock.now(), monotonicMs: clock.monotonic() }
}

/**
 * Renews a lease until it is given back, and says at any moment whether it can still be held: for a term after the last
 * renewal that went through *began*, by the clock that went further. Nothing here ever ends a claim: others take it over.
 */
export class LeaseKeeper {
  readonly lease: Lease
  readonly #store: Store
  readonly #clock: Clock
  #provenAt: Instant
  #renewal: Promise<void> | undefined
  #stopTimer: (() => void) | undefined
  /** Somebody else has it, for good. */
  #loss: LeaseLostError | undefined
  #lastFault: unknown
  #listener: ((reason: Error) => void) | undefined
  #doubt: Error | undefined
  #isReleased = false

  /** `claimedAt`: before the claim was asked for. */
  constructor(store: Store, lease: Lease, clock: Clock, claimedAt: Instant) {
    this.lease = lease
    this.#store = store
    this.#clock = clock
    this.#provenAt = claimedAt
    this.#schedule(RENEW_AT)
  }

  /** Undefined when the lease is held; else resolves once that is proven again, and rejects when it cannot be. */
  hold(): Promise<void> | undefined {
    return this.#isHeld() ? undefined : this.#proveAgain()
  }

  /** Calls back once, when the lease is lost or was not renewed within its term; at once when that is so already. */
  onDoubt(listener: (reason: Error) => void): void {
    this.#listener = listener
    if (this.#doubt !== undefined) listener(this.#doubt)
  }

  /** Renews no more, and gives the lease back. A lease that is lost already cannot be: what was done stands. */
  async release(): Promise<void> {
    this.#isReleased = true
    this.#stopTimer?.()
    await this.#store.release(this.lease).catch(() => undefined)
  }

  #isHeld(): boolean {
    if (this.#loss !== undefined) return false
    const { wallMs, monotonicMs } = this.#provenAt
    return Math.max(this.#clock.now() - wallMs, this.#clock.monotonic() - monotonicMs) < this.lease.termMs
  }

  /** After a sleep of the machine, say: as long as the store takes a renewal, nobody else has had the stack. */
  async #proveAgain(): Promise<void> {
    let stop: (() => void) | undefined
    const limit = new Promise<void>((resolve) => (stop = this.#clock.after(this.lease.termMs * RENEW_AT, resolve)))
    await Promise.race([this.#renew().catch(() => undefined), limit])
    stop?.()
    if (this.#isHeld()) return
    this.#tell()
    throw this.#doubt as Error
  }

  #renew(): Promise<void> {
    this.#renewal ??= this.#tryToRenew().finally(() => (this.#renewal = undefined))
    return this.#renewal
  }

  async #tryToRenew(): Promise<void> {
    const begunAt = readInstant(this.#clock)
    try {
      if (this.#loss === undefined) await this.#store.renew(this.lease)
      this.#provenAt = begunAt
      this.#lastFault = undefined
    } catch (error) {
      this.#lastFault = error
      if (!(error instanceof LeaseLostError)) throw error
      this.#loss = error
      this.#tell()
    }
  }

  #tick(): void {
    // A renewal that does not end is no renewal.
    this.#schedule(LOOK_AGAIN_AT)
    if (this.#renewal !== undefined) return void (this.#isHeld() || this.#tell())
    this.#renew().then(
      () => this.#schedule(RENEW_AT),
      () => void (this.#isHeld() || this.#tell()),
    )
  }

  #schedule(share: number): void {
    this.#stopTimer?.()
    if (!this.#isReleased && this.#loss === undefined) this.#stopTimer = this.#clock.after(this.lease.termMs * share, () => this.#tick())
  }

  #tell(): void {
    if (this.#doubt !== undefined || this.#isReleased) return
    if (this.#loss !== undefined) this.#stopTimer?.()
    this.#doubt = this.#loss ?? new StoreError(this.#describeSilence(), { cause: this.#lastFault })
    this.#listener?.(this.#doubt)
  }

  #describeSilence(): string {
    const { stack, termMs } = this.lease
    const why = this.#lastFault instanceof Error ? `: ${this.#lastFault.message}` : ', the store does not answer'
    return `the lease of stack ${stack} could not be renewed within its ${termMs} ms${why}; nothing more is started, resume the run when the store answers again`
  }
}
