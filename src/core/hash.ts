import type { Fields } from './json.ts'

/**
 * A digest of values: the same for any order of keys, and for a key that is absent, undefined or null. Four
 * multiply-and-mix lanes: fast, synchronous and not for security, so no secret is ever given to it.
 */
export class Hash {
  #a = 0xdeadbeef
  #b = 0x41c6ce57
  #c = 0x9e3779b9
  #d = 0x85ebca6b

  /** Adds a text with its end. */
  addText(text: string): void {
    let [a, b, c, d] = [this.#a, this.#b, this.#c, this.#d]
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      a = Math.imul(a ^ code, 2654435761)
      b = Math.imul(b ^ code, 1597334677)
      c = Math.imul(c ^ (code + a), 2246822507)
      d = Math.imul(d ^ (code + b), 3266489909)
    }
    this.#a = a
    this.#b = b
    this.#c = c
    this.#d = d
    this.#add(0x10000 + (text.length & 0xffff))
  }

  /** Adds any value as JSON knows it. */
  addValue(value: unknown): void {
    if (value === null || value === undefined) this.#add(0x20001)
    else if (typeof value === 'string') {
      this.#add(0x20002)
      this.addText(value)
    } else if (typeof value === 'number' || typeof value === 'bigint') {
      this.#add(0x20003)
      this.addText(String(value))
    } else if (typeof value === 'boolean') this.#add(value ? 0x20004 : 0x20005)
    else if (Array.isArray(value)) {
      this.#add(0x20006)
      for (const child of value) this.addValue(child)
      this.#add(0x20007)
    } else {
      const fields = value as Fields
      this.#add(0x20008)
      for (const key of Object.keys(fields).sort()) {
        const child = fields[key]
        if (child === undefined || child === null) continue
        this.addText(key)
        this.addValue(child)
      }
      this.#add(0x20009)
    }
  }

  /** 32 hexadecimal digits. */
  toHex(): string {
    const mix = (x: number, y: number): string =>
      ((Math.imul(x ^ (x >>> 16), 2246822507) ^ Math.imul(y ^ (y >>> 13), 3266489909)) >>> 0).toString(16).padStart(8, '0')
    return mix(this.#a, this.#b) + mix(this.#b, this.#c) + mix(this.#c, this.#d) + mix(this.#d, this.#a)
  }

  #add(code: number): void {
    this.#a = Math.imul(this.#a ^ code, 2654435761)
    this.#b = Math.imul(this.#b ^ code, 1597334677)
    this.#c = Math.imul(this.#c ^ (code + this.#a), 2246822507)
    this.#d = Math.imul(this.#d ^ (code + this.#b), 3266489909)
  }
}
