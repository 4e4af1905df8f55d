import type { Bundle } from './bundle.ts'
import { Child } from './child.ts'
import type { HostJob, HostWord, Objects, Point, ServerAsk, ServerWord } from './messages.ts'

/** The server's process. One that dies is followed by another on the same port. */
export class ServerProcess {
  readonly #script: string
  #child: Child<ServerWord>
  #next: Child<ServerWord>
  #answer: ((word: ServerWord) => void) | undefined
  #hit: ((word: Extract<ServerWord, { said: 'hit' }>) => void) | undefined
  #asked: Promise<unknown> = Promise.resolve()
  port = 0

  constructor(script: string) {
    this.#script = script
    this.#child = new Child(script)
    this.#next = new Child(script)
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Lets it, or after its death the next one, listen. */
  async listen(objects: Objects): Promise<void> {
    void this.#listenTo(this.#child)
    this.port = (await this.#ask({ ask: 'listen', port: this.port, objects }, 'listening')).port
  }

  /** Names the next moment; `hit` is called when it has come. */
  async arm(after: number, point: Point, { fromFirstWrite, dies }: { readonly fromFirstWrite: boolean; readonly dies: boolean }, hit: (word: Extract<ServerWord, { said: 'hit' }>) => void): Promise<void> {
    this.#hit = hit
    await this.#ask({ ask: 'arm', after, point, fromFirstWrite, dies }, 'armed')
  }

  /** Forgets the moment; `untilClosed`: resolves when nothing is under way and nobody is connected. */
  async quiet(untilClosed: boolean): Promise<void> {
    this.#hit = undefined
    await this.#ask({ ask: 'quiet', untilClosed }, 'quiet')
  }

  account(): Promise<Extract<ServerWord, { said: 'account' }>> {
    return this.#ask({ ask: 'account' }, 'account')
  }

  /** Kills it; the next one is ready to listen. */
  async die(): Promise<void> {
    this.#hit = undefined
    await this.#child.kill()
    this.#child = this.#next
    this.#next = new Child(this.#script)
  }

  async end(): Promise<void> {
    await Promise.all([this.#child.kill(), this.#next.kill()])
  }

  async #listenTo(child: Child<ServerWord>): Promise<void> {
    for (let word = await child.hear(); word !== undefined; word = await child.hear()) {
      if (word.said === 'hit') this.#hit?.(word)
      else if (word.said !== 'ready') this.#answer?.(word)
    }
  }

  /** One question after the other: an answer names none. */
  #ask<S extends ServerWord['said']>(ask: ServerAsk, said: S): Promise<Extract<ServerWord, { said: S }>> {
    const answer = this.#asked.then(() => this.#askNow(ask, said))
    this.#asked = answer.catch(() => undefined)
    return answer
  }

  #askNow<S extends ServerWord['said']>(ask: ServerAsk, said: S): Promise<Extract<ServerWord, { said: S }>> {
    return new Promise((resolve, reject) => {
      const child = this.#child
      void child.gone.then(() => reject(new Error(`the server is gone instead of ${said}: ${child.errors}`)))
      this.#answer = (word) => {
        if (word.said === said) resolve(word as Extract<ServerWord, { said: S }>)
      }
      child.tell(ask)
    })
  }
}

/** Hosts, one after the other; the next one is loaded while the present one works. */
export class HostProcesses<Job extends { readonly host: string } = HostJob> {
  readonly #script: string
  readonly #started = new Set<Child<HostWord>>()
  #next: Child<HostWord>
  #count = 0

  constructor({ host }: Pick<Bundle, 'host'>) {
    this.#script = host
    this.#next = new Child(host)
  }

  /** Starts a job in a fresh process. */
  start(job: Omit<Job, 'host'>): Child<HostWord> {
    return this.startNamed(job).child
  }

  /** The same, with the name that it goes by. */
  startNamed(job: Omit<Job, 'host'>): { readonly child: Child<HostWord>; readonly host: string } {
    const child = this.#next
    const host = `host-${++this.#count}`
    this.#next = new Child(this.#script)
    this.#started.add(child)
    void child.gone.then(() => this.#started.delete(child))
    child.tell({ ...job, host })
    return { child, host }
  }

  /** Does a job in a fresh process, and gives its last word. */
  async finish(job: Omit<Job, 'host'>): Promise<HostWord | undefined> {
    return lastWord(this.start(job))
  }

  async end(): Promise<void> {
    await Promise.all([this.#next, ...this.#started].map((child) => child.kill()))
  }
}

/** What a host said last, once it is gone; undefined: it was killed. `onWord` hears all that it says. */
export async function lastWord(child: Child<HostWord>, onWord: (word: HostWord) => void = () => undefined): Promise<HostWord | undefined> {
  let last: HostWord | undefined
  for (let word = await child.hear(); word !== undefined; word = await child.hear()) {
    onWord(word)
    if (word.said === 'planned' || word.said === 'ended' || word.said === 'refused') last = word
  }
  const { signal } = await child.gone
  if (last === undefined && signal === null) throw new Error(`a host ended without a word: ${child.errors}`)
  return last
}
