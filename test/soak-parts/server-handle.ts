import { Child } from '../soak/child.ts'
import type { Victim } from './gate.ts'

/** What a server's process is asked before all else. Port 0 takes any that is free. */
export interface ListenAsk<Setup> {
  readonly ask: 'listen'
  readonly port: number
  readonly setup: Setup
}

/** What every server's process says. `hit`: a moment has come. */
export type ServerWord =
  | { readonly said: 'ready' }
  | { readonly said: 'listening'; readonly port: number }
  | { readonly said: 'armed' }
  | { readonly said: 'hit'; readonly who: Victim }

/** A server's process. One that is killed is followed by another, on the same port and with the same file. */
export class ServerHandle<Setup, Ask extends { readonly ask: string }, Word extends { readonly said: string }> {
  readonly #script: string
  readonly #setup: Setup
  #child: Child<Word | ServerWord>
  #next: Child<Word | ServerWord>
  #answer: ((word: Word | ServerWord) => void) | undefined
  #onHit: (who: Victim) => void = () => undefined
  #asked: Promise<unknown> = Promise.resolve()
  #port = 0

  constructor(script: string, setup: Setup) {
    this.#script = script
    this.#setup = setup
    this.#child = new Child(script)
    this.#next = new Child(script)
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  listen(): Promise<void> {
    return this.#queue(() => this.#begin())
  }

  /** Kills it once it has answered what it was asked, and lets another one go on. */
  restart(): Promise<void> {
    return this.#queue(async () => {
      await this.#child.kill()
      this.#child = this.#next
      this.#next = new Child(this.#script)
      await this.#begin()
    })
  }

  /** Names the next moments. */
  async arm(moments: Omit<Extract<Ask, { readonly ask: 'arm' }>, 'ask'>, onHit: (who: Victim) => void): Promise<void> {
    this.#onHit = onHit
    await this.#queue(() => this.#askNow({ ask: 'arm', ...moments }, 'armed'))
  }

  /** One question after the other: an answer names none. */
  ask<S extends Word['said']>(ask: Ask, said: S): Promise<Extract<Word, { readonly said: S }>> {
    return this.#queue(() => this.#askNow(ask, said)) as Promise<Extract<Word, { readonly said: S }>>
  }

  async end(): Promise<void> {
    await Promise.all([this.#child.kill(), this.#next.kill()])
  }

  async #begin(): Promise<void> {
    void this.#listenTo(this.#child)
    const listen: ListenAsk<Setup> = { ask: 'listen', port: this.#port, setup: this.#setup }
    this.#port = ((await this.#askNow(listen, 'listening')) as Extract<ServerWord, { readonly said: 'listening' }>).port
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#asked.then(work)
    this.#asked = done.catch(() => undefined)
    return done
  }

  async #listenTo(child: Child<Word | ServerWord>): Promise<void> {
    for (let word = await child.hear(); word !== undefined; word = await child.hear()) {
      if (word.said === 'hit') this.#onHit((word as Extract<ServerWord, { readonly said: 'hit' }>).who)
      else if (word.said !== 'ready') this.#answer?.(word)
    }
  }

  #askNow(ask: object, said: string): Promise<Word | ServerWord> {
    return new Promise((resolve, reject) => {
      const child = this.#child
      void child.gone.then(() => reject(new Error(`the server is gone instead of ${said}: ${child.errors}`)))
      this.#answer = (word) => {
        if (word.said === said) resolve(word)
      }
      child.tell(ask)
    })
  }
}
