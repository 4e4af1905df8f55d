import type { OperationOutput } from '../../core/operation.ts'

/** What a journal line holds of an output, in characters. */
const MOST_IN_JOURNAL = 4_096
/** What is kept of one at all: of more than that the middle is left out. */
const MOST_KEPT = 4 << 20

/** Collects what something prints: its end for the journal, all of it (as far as that is sensible) for a document beside. */
export class OutputRecorder {
  readonly #redact: (text: string) => string
  #pieces: string[] = []
  #kept = 0
  #length = 0
  #head: string | undefined

  /** `redact`: takes out what nobody may read. */
  constructor(redact: (text: string) => string = (text) => text) {
    this.#redact = redact
  }

  readonly print = (text: string): void => {
    this.#length += text.length
    this.#kept += text.length
    this.#pieces.push(text)
    if (this.#kept > MOST_KEPT) this.#leaveOutMiddle()
  }

  /** Undefined: nothing was printed. `keep`: keeps a document of what does not fit into the journal; where it cannot, the end is all there is. */
  async finish(keep: (text: string) => Promise<string>): Promise<OperationOutput | undefined> {
    if (this.#length === 0) return undefined
    const text = this.#redact(this.#pieces.join(''))
    if (this.#length <= MOST_IN_JOURNAL) return { text, length: this.#length }
    // What happened has happened, whether or not its output can be kept.
    const document = await keep(`${this.#head ?? ''}${text}`).catch(() => undefined)
    return { text: takeEnd(text, MOST_IN_JOURNAL), length: this.#length, ...(document !== undefined && { document }) }
  }

  /** Nothing is cut in two that nobody may read: only the very end may go on. */
  #leaveOutMiddle(): void {
    const text = this.#redact(this.#pieces.join(''))
    this.#head ??= `${text.slice(0, MOST_KEPT / 4)}\n… here is left out what is too much …\n`
    this.#pieces = [takeEnd(text, MOST_KEPT / 2)]
    this.#kept = MOST_KEPT / 2
  }
}

/** The end of a text, of so many characters at the most; none of them is cut in two. */
function takeEnd(text: string, length: number): string {
  const end = text.slice(-length)
  return /^[\uDC00-\uDFFF]/.test(end) ? end.slice(1) : end
}
