import { fork, type ChildProcess } from 'node:child_process'

/** One that is stopped would outlive this process. */
const living = new Set<ChildProcess>()
process.once('exit', () => living.forEach((each) => each.kill('SIGKILL')))

/** A process of ours, and what it says. */
export class Child<Word> {
  readonly #process: ChildProcess
  readonly #words: Word[] = []
  readonly #listeners: ((word: Word | undefined) => void)[] = []
  #isGone = false
  /** Resolves when it is gone and its process id is free. */
  readonly gone: Promise<{ readonly signal: string | null; readonly code: number | null }>
  #errors = ''

  constructor(script: string) {
    this.#process = fork(script, { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    living.add(this.#process)
    this.#process.stderr?.on('data', (text: Buffer) => (this.#errors += text.toString()))
    this.#process.on('message', (word) => this.#hear(word as Word))
    this.gone = new Promise((resolve) =>
      this.#process.once('exit', (code, signal) => {
        this.#isGone = true
        living.delete(this.#process)
        for (const listener of this.#listeners.splice(0)) listener(undefined)
        resolve({ code, signal })
      }),
    )
  }

  /** What it wrote to its standard error. */
  get errors(): string {
    return this.#errors
  }

  get pid(): number {
    return this.#process.pid as number
  }

  tell(message: object): void {
    // What is said to a process that is dying is lost.
    if (this.#process.connected) this.#process.send(message, () => undefined)
  }

  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name)
  }

  /** The next thing that it says; undefined: it is gone. */
  hear(): Promise<Word | undefined> {
    const word = this.#words.shift()
    if (word !== undefined) return Promise.resolve(word)
    if (this.#isGone) return Promise.resolve(undefined)
    return new Promise((resolve) => void this.#listeners.push(resolve))
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.gone
  }

  #hear(word: Word): void {
    const listener = this.#listeners.shift()
    if (listener === undefined) this.#words.push(word)
    else listener(word)
  }
}
