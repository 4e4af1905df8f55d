import { Child } from '../soak/child.ts'
import type { DirectorAsk, DirectorSetup, DirectorWord } from './messages.ts'

type Answer<S extends DirectorWord['said']> = Extract<DirectorWord, { readonly said: S }>

/** A Director's process. One that is killed is followed by another, on the same port and with the same file. */
export class DirectorHandle {
  readonly #script: string
  readonly #setup: DirectorSetup
  #child: Child<DirectorWord>
  #next: Child<DirectorWord>
  #answer: ((word: DirectorWord) => void) | undefined
  #onHit: (who: 'host' | 'server') => void = () => undefined
  #asked: Promise<unknown> = Promise.resolve()
  #port = 0

  constructor(script: string, setup: DirectorSetup) {
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
  async arm(moments: Omit<Extract<DirectorAsk, { readonly ask: 'arm' }>, 'ask'>, onHit: (who: 'host' | 'server') => void): Promise<void> {
    this.#onHit = onHit
    await this.ask({ ask: 'arm', ...moments }, 'armed')
  }

  /** One question after the other: an answer names none. */
  ask<S extends DirectorWord['said']>(ask: DirectorAsk, said: S): Promise<Answer<S>> {
    return this.#queue(() => this.#askNow(ask, said))
  }

  async end(): Promise<void> {
    await Promise.all([this.#child.kill(), this.#next.kill()])
  }

  async #begin(): Promise<void> {
    void this.#listenTo(this.#child)
    this.#port = (await this.#askNow({ ask: 'listen', port: this.#port, setup: this.#setup }, 'listening')).port
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#asked.then(work)
    this.#asked = done.catch(() => undefined)
    return done
  }

  async #listenTo(child: Child<DirectorWord>): Promise<void> {
    for (let word = await child.hear(); word !== undefined; word = await child.hear()) {
      if (word.said === 'hit') this.#onHit(word.who)
      else if (word.said !== 'ready') this.#answer?.(word)
    }
  }

  #askNow<S extends DirectorWord['said']>(ask: DirectorAsk, said: S): Promise<Answer<S>> {
    return new Promise((resolve, reject) => {
      const child = this.#child
      void child.gone.then(() => reject(new Error(`the Director is gone instead of ${said}: ${child.errors}`)))
      this.#answer = (word) => {
        if (word.said === said) resolve(word as Answer<S>)
      }
      child.tell(ask)
    })
  }
}
