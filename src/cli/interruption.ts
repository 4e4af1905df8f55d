/** Thrown where an interrupt ends what was waited for. */
export class Interrupted extends Error {}

/**
 * What interrupts come to: the first asks whatever runs to stop, or gives up at once where nothing has begun; the second
 * gives up on everything.
 */
export class Interruption {
  readonly #killer = new AbortController()
  readonly #say: (text: string) => void
  #count = 0
  #stop: (() => void) | undefined

  constructor(say: (text: string) => void) {
    this.#say = say
  }

  /** Aborted when everything is given up on. */
  get signal(): AbortSignal {
    return this.#killer.signal
  }

  get hasHappened(): boolean {
    return this.#count > 0
  }

  /** From now on the first interrupt calls `stop` and lets what is in flight end. */
  beginRun(stop: () => void): void {
    this.#stop = stop
    if (this.hasHappened) stop()
  }

  /** To be called for each interrupt. */
  interrupt(): void {
    this.#count++
    if (this.#stop === undefined) this.#killer.abort()
    else if (this.#count === 1) {
      this.#say('Interrupted: nothing more is started, what is in flight ends and is recorded. Interrupt again to abort it.')
      this.#stop()
    } else {
      if (this.#count === 2) this.#say('Interrupted again: what is in flight is aborted.')
      this.#killer.abort()
    }
  }

  /** The promise, or {@link Interrupted} as soon as everything is given up on. */
  async race<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this
    promise.catch(() => undefined)
    let give = (): void => undefined
    const aborted = new Promise<never>((_, reject) => {
      give = () => reject(new Interrupted('interrupted; nothing was changed'))
      if (signal.aborted) give()
      else signal.addEventListener('abort', give, { once: true })
    })
    try {
      return await Promise.race([aborted, promise])
    } finally {
      signal.removeEventListener('abort', give)
    }
  }
}
