import { Sha256 } from '../core/sha256.ts'
import { nextTurn } from './turn.ts'

const encoder = new TextEncoder()

/** Up to here all bytes are given to the platform at once, which takes them beside this thread. */
const MOST_HELD_BYTES = 32 << 20
/** What is taken without a break. */
const STRETCH_BYTES = 1 << 18

/** SHA-256 of a text's UTF-8 bytes, as hex. */
export function digestText(text: string): Promise<string> {
  const digest = new TextDigest()
  digest.add(text)
  return digest.toHex()
}

/** SHA-256 of the UTF-8 bytes of a text that comes in pieces, however long it is. */
export class TextDigest {
  readonly #most: number
  /** Not taken yet, from `#next` on. */
  #held: Uint8Array[] = []
  #next = 0
  #heldBytes = 0
  /** Half of a character that the next piece ends. */
  #half = ''
  #long: Sha256 | undefined

  constructor(mostHeldBytes = MOST_HELD_BYTES) {
    this.#most = mostHeldBytes
  }

  /** Adds the next piece. It may end in the middle of a character. */
  add(piece: string): void {
    let text = this.#half + piece
    this.#half = ''
    if (isHighSurrogate(text.charCodeAt(text.length - 1))) {
      this.#half = text.slice(-1)
      text = text.slice(0, -1)
    }
    if (text === '') return
    const bytes = encoder.encode(text)
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    if (this.#long === undefined && this.#heldBytes <= this.#most) return
    this.#long ??= new Sha256()
    // What was held is caught up with bit by bit, so that nothing waits long.
    this.#take(this.#long, 2 * bytes.length)
  }

  /** The digest as 64 hex digits. To be called once, at the end. */
  async toHex(): Promise<string> {
    if (this.#half !== '') this.#held.push(encoder.encode(this.#half))
    if (this.#long === undefined) return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', join(this.#held))))
    for (; this.#next < this.#held.length; await nextTurn()) this.#take(this.#long, STRETCH_BYTES)
    return this.#long.toHex()
  }

  #take(long: Sha256, atLeastBytes: number): void {
    for (let taken = 0; taken < atLeastBytes && this.#next < this.#held.length; this.#next++) {
      const bytes = this.#held[this.#next] as Uint8Array
      long.add(bytes)
      taken += bytes.length
      this.#heldBytes -= bytes.length
      this.#held[this.#next] = NONE
    }
    if (this.#next < this.#held.length) return
    this.#held = []
    this.#next = 0
  }
}

const NONE = new Uint8Array(0)

/** True for the first half of a character that UTF-16 has in two. */
export function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00
}

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  if (pieces.length === 1) return pieces[0] as Uint8Array<ArrayBuffer>
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
