import { ProviderError } from '../core/errors.ts'
import { nextTask, type Clock } from '../engine/clock.ts'
import type { Provider } from '../provider/provider.ts'
import { silence } from './faulty-store.ts'
import { nextTurn } from '../store/turn.ts'
import { whenIdle } from './idle.ts'
import { interceptProvider } from './intercept.ts'
import { createRandom } from './manual-clock.ts'

/** How to schedule. */
export interface SchedulerOptions {
  /** The same seed, the same order. */
  readonly seed: number
  /** Where the wall clock starts, in milliseconds since 1970. Default: 2026-01-01. */
  readonly now?: number
  /** The most that one turn of a call takes. Default: 20. */
  readonly turnMs?: number
}

/** Decides from a seed which of the calls that are under way goes on next, and lets time go by between them. */
export interface Scheduler {
  /** Time and chance of what is tested: it goes on with each turn, and to the next timer when no call is under way. */
  readonly clock: Clock
  /** How many turns there were. */
  readonly turns: number
  /**
   * The same provider, each of its calls in two turns: one in which it takes effect, one in which its reply arrives. One that is
   * aborted before takes effect right then or never, by the seed: what lands later still, no caller can know of.
   */
  schedule<P extends Provider>(provider: P): P
  /** Lets time go by at once, timers included. */
  jump(ms: number): void
  /** Cuts every call that is under way off: by the seed, it takes effect right now or never. Nobody gets a reply. */
  cutOff(): Promise<void>
}

interface Timer {
  readonly dueMs: number
  readonly order: number
  readonly callback: () => void
}

/**
 * Makes a scheduler: the calls of a run end in an order that follows from the seed, so that a test can try many, and can try
 * the one again that failed. For work that waits for nothing else than this provider and this clock: a store in memory, say.
 *
 * @example
 * ```ts
 * import { apply, declare, memoryStore, plan } from 'convergent'
 * import { createFakeBackend, createScheduler } from 'convergent/testing'
 *
 * async function endingOrder(seed: number): Promise<string> {
 *   const backend = createFakeBackend()
 *   const { clock, schedule } = createScheduler({ seed })
 *   const options = { provider: schedule(backend.provider), store: memoryStore(), clock }
 *   const { named } = declare(backend.provider)
 *   await apply(await plan(['a', 'b', 'c', 'd'].map((name) => named(name, { name })), options), options)
 *   return backend.objects().map(({ fields }) => fields.name).join('')
 * }
 * await endingOrder(1) === (await endingOrder(1)) // => true
 * const orders = new Set<string>()
 * for (let seed = 1; seed <= 20; seed++) orders.add(await endingOrder(seed))
 * orders.size > 5 // => true
 * ```
 */
export function createScheduler({ seed, now = Date.UTC(2026, 0, 1), turnMs = 20 }: SchedulerOptions): Scheduler {
  const random = createRandom(seed)
  const pending: (() => void)[] = []
  const timers = new Set<Timer>()
  let elapsedMs = 0
  let count = 0
  let ids = 0
  let turns = 0
  let isArranged = false
  let cut = 0
  /** What each call that has not taken effect yet would do. */
  const effects = new Set<() => void>()
  const decide = (effect: () => void): void => {
    if (effects.delete(effect) && random() < 0.5) effect()
  }

  const nextTimer = (): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) if (first === undefined || timer.dueMs < first.dueMs || (timer.dueMs === first.dueMs && timer.order < first.order)) first = timer
    return first
  }
  const passTime = (untilMs: number): void => {
    for (let timer = nextTimer(); timer !== undefined && timer.dueMs <= untilMs; timer = nextTimer()) {
      timers.delete(timer)
      elapsedMs = Math.max(elapsedMs, timer.dueMs)
      timer.callback()
    }
    elapsedMs = Math.max(elapsedMs, untilMs)
  }
  const takeTurn = (): void => {
    turns++
    if (pending.length > 0) {
      passTime(elapsedMs + random() * turnMs)
      pending.splice(Math.floor(random() * pending.length), 1)[0]?.()
    } else passTime(nextTimer()?.dueMs ?? elapsedMs)
  }
  /** Turns follow each other in tasks of their own, so that all that one leads to is there before the next is drawn. */
  const arrange = (): void => {
    if (isArranged || (pending.length === 0 && timers.size === 0)) return
    isArranged = true
    void (pending.length > 0 ? nextTurn() : whenIdle()).then(() => {
      isArranged = false
      takeTurn()
      arrange()
    })
  }
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      pending.push(resolve)
      arrange()
    })

  return {
    clock: {
      now: () => now + elapsedMs,
      monotonic: () => elapsedMs,
      random,
      id: () => `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`,
      after(delayMs, callback) {
        const timer = { dueMs: elapsedMs + Math.max(0, delayMs), order: count++, callback }
        timers.add(timer)
        arrange()
        return () => void timers.delete(timer)
      },
    },
    get turns() {
      return turns
    },
    schedule: (provider) =>
      interceptProvider(provider, async ({ signal }, make) => {
        const born = cut
        const effect = (): void => void make().catch(() => undefined)
        effects.add(effect)
        const giveUp = (): void => decide(effect)
        signal?.addEventListener('abort', giveUp)
        await turn()
        signal?.removeEventListener('abort', giveUp)
        if (born !== cut) return silence()
        if (!effects.delete(effect)) throw new ProviderError('ambiguous', 'it was aborted on its way')
        const reply = await make().then(
          (value) => () => value,
          (error: unknown) => () => {
            throw error
          },
        )
        await turn()
        if (born !== cut) return silence()
        return reply()
      }),
    jump: (ms) => passTime(elapsedMs + ms),
    async cutOff() {
      cut++
      for (const effect of [...effects]) decide(effect)
      for (const resume of pending.splice(0)) resume()
      // What takes effect now does so before the next process begins.
      await nextTask()
    },
  }
}
