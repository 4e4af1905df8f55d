import type { TakenOver } from '../core/entry.ts'
import { LeaseHeldError } from '../core/errors.ts'
import type { LeaseAwaited, LeaseTaken } from '../core/event.ts'
import { DEFAULT_TERM_MS } from '../store/lease-term.ts'
import type { ClaimOptions, Store } from '../store/store.ts'
import type { Clock } from './clock.ts'
import { LeaseKeeper, readInstant } from './lease-keeper.ts'
import type { LeaseOptions } from './lease-options.ts'

const POLL_MS = 1_000
/** A stack that was given back between two looks. */
const SHORT_POLL_MS = 10
const DEFAULT_ATTEMPT_MS = 60_000

/** What is to be claimed, and by whom. */
export interface LeaseRequest {
  readonly store: Store
  readonly stack: string
  readonly clock: Clock
  readonly options: LeaseOptions & { readonly timeoutMs?: number }
  /** Each of them ends the wait. */
  readonly signals?: readonly (AbortSignal | undefined)[]
  readonly onAwaited?: (event: LeaseAwaited) => void
  readonly onTaken?: (event: LeaseTaken) => void
}

/**
 * Claims a stack, waits for it, or takes it over, as the options say. Time is only ever compared with itself: a holder counts as
 * gone when this process has watched the same renewal for a whole term of that holder. What such a holder had sent may still
 * be on its way: a takeover is followed by the time that one attempt may take, before anything is even read.
 *
 * Throws `lease-held` when the stack is not to be had, and what the store throws.
 */
export async function acquireLease(request: LeaseRequest): Promise<LeaseKeeper> {
  const { store, stack, clock, options, signals = [], onTaken } = request
  const { holder = 'convergent', leaseTermMs: termMs = DEFAULT_TERM_MS, timeoutMs: graceMs = DEFAULT_ATTEMPT_MS } = options
  const keeper = await claimOrWait(request, holder, termMs)
  const { lease } = keeper
  if (lease.takenOver !== undefined) {
    onTaken?.({ stack, ...lease.takenOver, fence: lease.fence, graceMs })
    await recordTaking(store, keeper, lease.takenOver, clock)
    await sleep(clock, graceMs, signals)
  }
  return keeper
}

async function claimOrWait(request: LeaseRequest, holder: string, termMs: number): Promise<LeaseKeeper> {
  const { store, stack, clock } = request
  const watch = new HolderWatch(request)
  try {
    let takeOver = await watch.nameHolder()
    for (;;) {
      const claimedAt = readInstant(clock)
      const claim = await store.claim(stack, holder, { termMs, ...(takeOver && { takeOver }) }).catch((error: unknown) => {
        if (error instanceof LeaseHeldError) return error
        throw error
      })
      if (!(claim instanceof LeaseHeldError)) return new LeaseKeeper(store, claim, clock, claimedAt)
      takeOver = await watch.waitOn(claim)
    }
  } finally {
    watch.end()
  }
}

/** Says why in the journal of each run that was under way: the claim itself is gone with the next one. */
async function recordTaking(store: Store, keeper: LeaseKeeper, takenOver: TakenOver, clock: Clock): Promise<void> {
  const { lease } = keeper
  const { stack, holder, fence } = lease
  try {
    for (const { id, ended } of await store.runs(stack)) if (!ended) await store.append(lease, id, [{ kind: 'run-taken', holder, fence, takenOver, at: new Date(clock.now()).toISOString() }])
  } catch (error) {
    await keeper.release()
    throw error
  }
}

/** Watches the holder of a stack: whether it shows a sign of life. */
class HolderWatch {
  readonly #request: LeaseRequest
  readonly #startedMs: number
  readonly #bell = new Bell()
  #listening: Promise<(() => Promise<void>) | undefined> | undefined
  #seen: { readonly fence: number; readonly renewal: number; readonly sinceMs: number } | undefined

  constructor(request: LeaseRequest) {
    this.#request = request
    this.#startedMs = request.clock.monotonic()
  }

  /** The claim that is to be taken over whatever it shows. */
  async nameHolder(): Promise<ClaimOptions['takeOver']> {
    const { store, stack, options } = this.#request
    if (options.takeOver === undefined) return undefined
    const { reason, fence } = options.takeOver
    if (fence !== undefined) return { fence, reason }
    const present = await store.holding(stack)
    return present && { fence: present.fence, reason }
  }

  /** Waits until another claim is worth a try; gives the claim that may be taken over. Throws when the wait is over. */
  async waitOn(refusal: LeaseHeldError): Promise<ClaimOptions['takeOver']> {
    const { store, stack, clock, options, signals = [], onAwaited } = this.#request
    const leftMs = (options.leaseWaitMs ?? 0) - (clock.monotonic() - this.#startedMs)
    if (leftMs <= 0 || options.takeOver !== undefined) throw refusal
    this.#listen()
    this.#bell.forget()
    const askedMs = clock.monotonic()
    const present = await store.holding(stack)
    if (present !== undefined && present.fence !== this.#seen?.fence) onAwaited?.({ stack, holder: refusal.holder, since: refusal.since, leftMs })
    // What is seen was so at the latest when the answer came, and is still so at the earliest when it was asked for.
    if (present?.fence !== this.#seen?.fence || present?.renewal !== this.#seen?.renewal) this.#seen = present && { fence: present.fence, renewal: present.renewal, sinceMs: clock.monotonic() }
    const silentMs = askedMs - (this.#seen?.sinceMs ?? askedMs)
    if (present !== undefined && silentMs >= present.termMs) return { fence: present.fence, reason: `it gave no sign of life for its whole term of ${present.termMs} ms` }
    await sleep(clock, Math.min(leftMs, present === undefined ? SHORT_POLL_MS : Math.min(POLL_MS, present.termMs - silentMs)), signals, this.#bell)
    if (signals.some((signal) => signal?.aborted === true)) throw refusal
    return undefined
  }

  /** Hears no more of the stack. */
  end(): void {
    void this.#listening?.then((stop) => stop?.()).catch(() => undefined)
  }

  /** Where the store says when the stack is given back, it is looked at then. Where it cannot, from time to time all the same. */
  #listen(): void {
    const { store, stack } = this.#request
    if (this.#listening !== undefined || store.watch === undefined) return
    this.#listening = store.watch(stack, () => this.#bell.ring()).catch(() => undefined)
    // What happened before it listened was not heard.
    void this.#listening.then((stop) => stop && this.#bell.ring())
  }
}

/** Ends a sleep; one that rings before it ends it at once. */
class Bell {
  #hasRung = false
  #listener: (() => void) | undefined

  ring(): void {
    this.#hasRung = true
    this.#listener?.()
  }

  forget(): void {
    this.#hasRung = false
  }

  /** Undefined: nobody hears it. */
  set listener(listener: (() => void) | undefined) {
    this.#listener = listener
    if (this.#hasRung) listener?.()
  }
}

/** Resolves after the time, or when one of the signals aborts, or when the bell rings. */
function sleep(clock: Clock, ms: number, signals: readonly (AbortSignal | undefined)[], bell?: Bell): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      stop()
      if (bell !== undefined) bell.listener = undefined
      for (const signal of signals) signal?.removeEventListener('abort', wake)
      resolve()
    }
    const stop = clock.after(ms, wake)
    for (const signal of signals) signal?.addEventListener('abort', wake, { once: true })
    if (bell !== undefined) bell.listener = wake
    if (signals.some((signal) => signal?.aborted === true)) wake()
  })
}
