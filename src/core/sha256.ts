/*
 * SHA-256 as FIPS 180-4 has it, for what is too long to be held in memory at once: the platform's own takes all bytes together.
 */

const BLOCK = 64
const PRIMES = firstPrimes(64)
/** The first 32 bits of the fractional parts of a root. */
const fraction = (root: number): number => ((root % 1) * 2 ** 32) | 0
const ROUND = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)))

/** SHA-256 of bytes that come in pieces. */
export class Sha256 {
  readonly #state = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))
  readonly #words = new Int32Array(64)
  /** Bytes that do not fill a block yet. */
  readonly #begun = new Uint8Array(BLOCK)
  #length = 0

  /** Adds the next bytes; they are not kept. */
  add(bytes: Uint8Array): void {
    const held = this.#length % BLOCK
    this.#length += bytes.length
    let at = 0
    if (held > 0) {
      at = Math.min(BLOCK - held, bytes.length)
      this.#begun.set(bytes.subarray(0, at), held)
      if (held + at < BLOCK) return
      this.#mix(this.#begun, 0)
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) this.#mix(bytes, at)
    if (at < bytes.length) this.#begun.set(bytes.subarray(at), 0)
  }

  /** The digest as 64 hex digits. To be called once, at the end. */
  toHex(): string {
    const length = this.#length
    const end = new Uint8Array((length % BLOCK < BLOCK - 8 ? BLOCK : 2 * BLOCK) - (length % BLOCK))
    end[0] = 0x80
    const view = new DataView(end.buffer)
    view.setUint32(end.length - 8, Math.floor(length / 2 ** 29))
    view.setUint32(end.length - 4, (length * 8) >>> 0)
    this.add(end)
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  #mix(bytes: Uint8Array, start: number): void {
    const words = this.#words
    const state = this.#state
    for (let at = 0, from = start; at < 16; at++, from += 4)
      words[at] = ((bytes[from] as number) << 24) | ((bytes[from + 1] as number) << 16) | ((bytes[from + 2] as number) << 8) | (bytes[from + 3] as number)
    for (let at = 16; at < 64; at++) {
      const x = words[at - 15] as number
      const y = words[at - 2] as number
      const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
      const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
      words[at] = ((words[at - 16] as number) + low + (words[at - 7] as number) + high) | 0
    }
    let a = state[0] as number
    let b = state[1] as number
    let c = state[2] as number
    let d = state[3] as number
    let e = state[4] as number
    let f = state[5] as number
    let g = state[6] as number
    let h = state[7] as number
    for (let at = 0; at < 64; at++) {
      const sum = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
      const first = (h + sum + (g ^ (e & (f ^ g))) + (ROUND[at] as number) + (words[at] as number)) | 0
      const turn = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
      const second = (turn + ((a & b) ^ (c & (a ^ b)))) | 0
      h = g
      g = f
      f = e
      e = (d + first) | 0
      d = c
      c = b
      b = a
      a = (first + second) | 0
    }
    state[0] = (state[0] as number) + a
    state[1] = (state[1] as number) + b
    state[2] = (state[2] as number) + c
    state[3] = (state[3] as number) + d
    state[4] = (state[4] as number) + e
    state[5] = (state[5] as number) + f
    state[6] = (state[6] as number) + g
    state[7] = (state[7] as number) + h
  }
}

function firstPrimes(count: number): readonly number[] {
  const found: number[] = []
  for (let number = 2; found.length < count; number++) if (found.every((prime) => number % prime !== 0)) found.push(number)
  return found
}
