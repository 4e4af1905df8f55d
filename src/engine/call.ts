import { ProviderError } from '../core/errors.ts'
import type { Clock } from './clock.ts'
import { setDeadline } from './deadline.ts'
import { pause } from './pause.ts'

/** Raised when a call does not even end after it was aborted. */
export class HungCall extends Error {}

/** The bounds of one attempt. */
export interface CallBounds {
  /** Without the time that it waited for its turn. */
  readonly timeoutMs: number
  /** With that time. Default: none. */
  readonly wholeMs?: number
  readonly abortGraceMs: number
  readonly clock: Clock
  /** Gives up on everything. */
  readonly signal: AbortSignal
}

/** What a call is given of its attempt. */
export interface Attempt {
  /** Made when somebody asks for it: a controller costs more than all else here, and not every provider listens. */
  readonly signal: AbortSignal
  /** Waits without that counting against the timeout. */
  readonly wait: (turn: Promise<void>) => Promise<void>
  /** Waits for a time, likewise. */
  readonly pause: (ms: number) => Promise<void>
  readonly elapsedMs: () => number
  /** Says that something is sent now: until then an abort is no doubt. */
  readonly noteSent: () => void
}

/**
 * Makes one attempt of a call. A timeout aborts it and is ambiguous: it may have happened. A call that ignores its abort is
 * left behind after the grace, as {@link HungCall}.
 */
export function attemptCall<T>(call: (attempt: Attempt) => Promise<T>, bounds: CallBounds): Promise<T> {
  if (bounds.signal.aborted) return Promise.reject(new ProviderError('fatal', 'the run was aborted before this call was made'))
  return new Promise<T>((resolve, reject) => new AttemptUnderWay(bounds, resolve, reject).make(call))
}

/** One attempt until it has settled. */
class AttemptUnderWay<T> implements Attempt {
  readonly #bounds: CallBounds
  readonly #resolve: (value: T) => void
  readonly #reject: (error: unknown) => void
  #controller: AbortController | undefined
  #stopListening: (() => void) | undefined
  #stopTimeout: (() => void) | undefined
  #stopWhole: (() => void) | undefined
  #stopGrace: (() => void) | undefined
  /** Why it was aborted. */
  #reason: ProviderError | undefined
  #waiting = 0
  #hasSent = false
  #isOver = false
  #leftMs: number
  #sinceMs = 0
  #begunMs = 0

  constructor(bounds: CallBounds, resolve: (value: T) => void, reject: (error: unknown) => void) {
    this.#bounds = bounds
    this.#resolve = resolve
    this.#reject = reject
    this.#leftMs = bounds.timeoutMs
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  noteSent(): void {
    this.#hasSent = true
  }

  async wait(turn: Promise<void>): Promise<void> {
    if (this.#waiting++ === 0) {
      this.#stopTimeout?.()
      this.#leftMs -= this.#bounds.clock.monotonic() - this.#sinceMs
    }
    try {
      await turn
    } finally {
      if (--this.#waiting === 0 && !this.#isOver) this.#startTimeout()
    }
  }

  pause(ms: number): Promise<void> {
    return this.wait(pause(this.#bounds.clock, ms, this.signal))
  }

  elapsedMs(): number {
    return this.#bounds.clock.monotonic() - this.#begunMs
  }

  make(call: (attempt: Attempt) => Promise<T>): void {
    const { wholeMs, clock, signal } = this.#bounds
    if (wholeMs !== undefined) this.#stopWhole = clock.after(wholeMs, () => this.#abort(`no answer within the ${wholeMs} ms that were left`))
    this.#startTimeout()
    this.#begunMs = this.#sinceMs
    this.#stopListening = listenForAbort(signal, () => this.#abort('the call was aborted'))
    let running: Promise<T>
    try {
      running = Promise.resolve(call(this))
    } catch (error) {
      running = Promise.reject(error as Error)
    }
    running.then(
      (value) => {
        this.#end()
        this.#resolve(value)
      },
      (error: unknown) => {
        this.#end()
        this.#reject(this.#reason ?? error)
      },
    )
  }

  #startTimeout(): void {
    const { clock, timeoutMs } = this.#bounds
    this.#sinceMs = clock.monotonic()
    this.#stopTimeout = setDeadline(clock, this.#leftMs, () => this.#abort(`no answer within ${timeoutMs} ms`))
  }

  #abort(why: string): void {
    if (this.#reason !== undefined) return
    const { abortGraceMs, clock } = this.#bounds
    const isUnsent = this.#waiting > 0 && !this.#hasSent
    this.#reason = isUnsent ? new ProviderError('fatal', `${why}, while it waited for its turn; nothing was sent`) : new ProviderError('ambiguous', why)
    this.#stopGrace = clock.after(abortGraceMs, () => {
      this.#end()
      this.#reject(new HungCall(`${why}, and it did not end when it was aborted`))
    })
    this.#controller?.abort(this.#reason)
  }

  #end(): void {
    this.#isOver = true
    this.#stopTimeout?.()
    this.#stopWhole?.()
    this.#stopGrace?.()
    this.#stopListening?.()
  }
}

const listeners = new WeakMap<AbortSignal, Set<() => void>>()

/** One listener on the signal however many calls are under way: runtimes warn of more than ten, and each costs. */
function listenForAbort(signal: AbortSignal, onAbort: () => void): () => void {
  let calls = listeners.get(signal)
  if (calls === undefined) {
    const fresh = new Set<() => void>()
    calls = fresh
    listeners.set(signal, fresh)
    signal.addEventListener('abort', () => { for (const call of fresh) call() }, { once: true })
  }
  calls.add(onAbort)
  return () => void calls.delete(onAbort)
}
