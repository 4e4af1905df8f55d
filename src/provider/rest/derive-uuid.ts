import { Sha256 } from '../../core/sha256.ts'

/**
 * A UUID that is always the same for the same text (RFC 9562, version 8: SHA-256): an id that a client chooses for a new object
 * out of the idempotency key.
 *
 * @example
 * ```ts
 * import { deriveUuid } from 'convergent/rest'
 *
 * deriveUuid('create rule/ssh') // => '344161b5-78a2-8393-98f1-4b3bac0bc6ff'
 * ```
 */
export function deriveUuid(text: string): string {
  const hash = new Sha256()
  hash.add(new TextEncoder().encode(text))
  const hex = hash.toHex()
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}
