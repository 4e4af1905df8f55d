import { EventEmitter } from 'eventemitter3'
import { recordError } from '../core/errors.ts'
import type { RunEvent, RunEventName, RunEvents } from '../core/event.ts'
import type { RunResult } from '../core/result.ts'
import type { Run } from './run.ts'

type Listener = (event: never) => unknown

/** The run as its host holds it. The executor emits into it and settles it; nothing that a host does to it reaches the run. */
export class RunEmitter implements Run {
  readonly id: string
  readonly result: Promise<RunResult>
  readonly #listeners = new EventEmitter()
  readonly #wrappers = new Map<Listener, Listener>()
  readonly #queues = new Set<(event: RunEvent | undefined) => void>()
  readonly #onCancel: () => void
  #resolve!: (result: RunResult) => void
  #reject!: (error: unknown) => void

  constructor(id: string, onCancel: () => void) {
    this.id = id
    this.#onCancel = onCancel
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
    this.#onCancel()
    return this.result
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

  succeed(result: RunResult): void {
    this.#resolve(result)
    for (const push of this.#queues) push(undefined)
  }

  fail(error: unknown): void {
    this.#reject(error)
    for (const push of this.#queues) push(undefined)
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
