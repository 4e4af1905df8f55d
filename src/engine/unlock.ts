import type { TakenOver } from '../core/entry.ts'
import { acquireLease } from './acquire-lease.ts'
import { systemClock } from './clock.ts'
import type { LeaseOptions } from './lease-options.ts'
import type { BaseOptions } from './options.ts'

/** How to unlock a stack. */
export interface UnlockOptions extends Pick<BaseOptions, 'store' | 'stack' | 'signal' | 'clock'>, Pick<LeaseOptions, 'holder'> {
  /** For the next person: why. It stands in the journal of the run that was under way. */
  readonly reason: string
  /** Takes only this claim, as `store.holding` showed it; another one is refused. Default: whichever is the newest. */
  readonly fence?: number
  /** So long, in milliseconds, the stack stays claimed: what its holder had sent may still be on its way. Default: 60 000. */
  readonly timeoutMs?: number
}

/**
 * Takes a stack from a holder that surely does nothing any more, and frees it one attempt timeout later. What that holder had
 * begun is settled by resuming, rolling back or abandoning its run. Gives whom it was taken from; undefined: the stack was free.
 *
 * Throws `lease-held` when another claim is there than the one that is to be taken, and what the store throws.
 *
 * @example
 * ```ts
 * import { memoryStore, unlock } from 'convergent'
 *
 * const store = memoryStore()
 * await store.claim('prod', 'a laptop')
 * const taken = await unlock({ store, stack: 'prod', reason: 'its battery is empty', timeoutMs: 10 })
 * taken?.from // => 'a laptop'
 * await store.holding('prod') // => undefined
 * ```
 */
export async function unlock(options: UnlockOptions): Promise<TakenOver | undefined> {
  const { store, stack = 'default', clock = systemClock, holder = 'unlock', reason, fence, timeoutMs, signal } = options
  const keeper = await acquireLease({ store, stack, clock, signals: [signal], options: { holder, takeOver: { reason, ...(fence !== undefined && { fence }) }, ...(timeoutMs !== undefined && { timeoutMs }) } })
  await keeper.release()
  return keeper.lease.takenOver
}
