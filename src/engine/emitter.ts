import { EventEmitter } from 'eventemitter3'
import { recordError } from '../core/errors.ts'
import type { Progress, RunEvent, RunEventName, RunEvents } from '../core/event.ts'
import type { RunResult } from '../core/result.ts'
import { nextTask } from './clock.ts'
import type { Run } from './run.ts'

type Listener = (event: never) => unknown

/** How a run that is under way is told something. */
export interface RunControls {
  readonly cancel: () => void
  readonly pause: (reason: string) => void
  /** Progress until this signal, which is the end of the run. */
  readonly sample: (everyMs: number | undefined, end: AbortSignal) => AsyncIterable<Progress>
}

/** The run as its host holds it. The executor emits into it and settles it; nothing that a host does to it reaches the run. */
export class RunEmitter implements Run {
  id: string
  readonly result: Promise<RunResult>
  readonly #listeners = new EventEmitter()
  readonly #wrappers = new Map<Listener, Listener>()
  readonly #queues = new Set<(event: RunEvent | undefined) => void>()
  #controls: RunControls | undefined
  /** What was asked for before the run began. */
  #early: ((controls: RunControls) => void) | undefined
  readonly #toldEarly = new AbortController()
  #resolve!: (result: RunResult) => void
  #reject!: (error: unknown) => void

  constructor(id: string) {
    this.id = id
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // A host that never looks at the result must not be taken down by it.
    this.result.catch(() => undefined)
  }

  on<N extends RunEventName>(name: N, listener: (event: RunEvents[N]) => unknown): this {
    this.#listeners.on(name, listener)
    return this
  }

  once<N extends RunEventName>(name: N, listener: (event: RunEvents[N]) => unknown): this {
    const wrapper = (event: RunEvents[N]): unknown => {
      this.off(name, listener)
      return listener(event)
    }
    this.#wrappers.set(listener, wrapper)
    return this.on(name, wrapper)
  }

  off<N extends RunEventName>(name: N, listener: (event: RunEvents[N]) => unknown): this {
    this.#listeners.off(name, (this.#wrappers.get(listener) ?? listener) as typeof listener)
    this.#wrappers.delete(listener)
    return this
  }

  cancel(): Promise<RunResult> {
    this.#control(({ cancel }) => cancel())
    return this.result
  }

  pause(reason = 'as it was told'): Promise<RunResult> {
    this.#control(({ pause }) => pause(reason))
    return this.result
  }

  /** Starts the work in a later task, and settles with what it comes to. */
  begin(work: () => Promise<RunResult>): this {
    nextTask()
      .then(work)
      .then(
        (result) => {
          this.emit('run:finished', { result })
          this.#settle(() => this.#resolve(result))
        },
        (error: unknown) => this.#settle(() => this.#reject(error)),
      )
    return this
  }

  /** Yields how far the run is, once in so many milliseconds where that has changed, and at its end. */
  async *progress(everyMs?: number): AsyncGenerator<Progress, void, undefined> {
    const over = new AbortController()
    const end = this.result.then(
      () => over.abort(),
      () => over.abort(),
    )
    if (this.#controls === undefined) await Promise.race([new Promise<void>((resolve) => this.once('run:started', () => resolve())), end])
    if (this.#controls !== undefined) yield* this.#controls.sample(everyMs, over.signal)
    await this.result
  }

  /** Aborts when the run is told to end before it could begin. */
  get toldEarly(): AbortSignal {
    return this.#toldEarly.signal
  }

  /** The run can be told now. */
  attach(controls: RunControls): void {
    this.#controls = controls
    this.#early?.(controls)
  }

  #control(order: (controls: RunControls) => void): void {
    if (this.#controls !== undefined) return order(this.#controls)
    this.#early = order
    this.#toldEarly.abort()
  }

  #settle(settle: () => void): void {
    settle()
    for (const push of this.#queues) push(undefined)
  }

  then<A = RunResult, B = never>(onResult?: ((result: RunResult) => A | PromiseLike<A>) | null, onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<A | B> {
    return this.result.then(onResult, onError)
  }

  /** Tells every listener, each in its own try, and every iteration. */
  emit<N extends RunEventName>(name: N, event: RunEvents[N]): void {
    for (const listener of this.#listeners.listeners(name)) {
      try {
        const returned: unknown = (listener as (event: RunEvents[N]) => unknown)(event)
        if (returned instanceof Promise) returned.catch((error: unknown) => this.#reportListener(name, error))
      } catch (error) {
        this.#reportListener(name, error)
      }
    }
    if (this.#queues.size > 0) {
      const named = { name, ...event } as unknown as RunEvent
      for (const push of this.#queues) push(named)
    }
  }

  /** True when somebody hears events of that name. */
  hears(name: RunEventName): boolean {
    return this.#queues.size > 0 || this.#listeners.listenerCount(name) > 0
  }

  /** Yields events from now on. Leaving the iteration cancels nothing; it throws what the result rejects with. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, undefined> {
    const buffer: (RunEvent | undefined)[] = []
    let wake: (() => void) | undefined
    const push = (event: RunEvent | undefined): void => {
      buffer.push(event)
      wake?.()
    }
    this.#queues.add(push)
    this.result.then(() => push(undefined), () => push(undefined))
    try {
      for (;;) {
        if (buffer.length === 0) await new Promise<void>((resolve) => (wake = resolve))
        for (const event of buffer.splice(0)) {
          if (event === undefined) {
            await this.result
            return
          }
          yield event
        }
      }
    } finally {
      this.#queues.delete(push)
    }
  }

  #reportListener(event: RunEventName, error: unknown): void {
    if (event !== 'listener:failed') this.emit('listener:failed', { event, error: recordError(error) })
  }
}
