import { ConvergentError } from '../core/errors.ts'

/** Keeps sensitive values where they are written down: in state, journal, checkpoints and plans. */
export interface Sealer {
  /** Makes a text unreadable. Must not give the same twice for the same text. */
  readonly seal: (text: string) => Promise<string>
  /** Gives the text back. Throws for what was altered, or sealed with a key that is not there. */
  readonly unseal: (sealed: string) => Promise<string>
}

/** `code: 'seal'`. A sealed value cannot be opened. */
export class SealError extends ConvergentError {
  readonly code = 'seal'
}

const IV_BYTES = 12

/**
 * Seals with AES-256-GCM. `keys`: 32 random bytes each, as base64; the first one seals, all of them open. To rotate, put the
 * new key first and leave the old one behind it until everything that it sealed has been written anew. Losing a key loses
 * what it sealed: then only digests are left, as without a sealer.
 *
 * Throws `seal` for a key of another length; opening throws it for what was altered, and for a key that is not there.
 *
 * @example
 * ```ts
 * import { aesGcmSealer } from 'convergent'
 *
 * const key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))
 * const sealer = aesGcmSealer([key])
 * await sealer.unseal(await sealer.seal('secret')) // => 'secret'
 * ```
 */
export function aesGcmSealer(keys: readonly string[]): Sealer {
  const [newest] = keys
  if (newest === undefined) throw new SealError('expected a key, found none: give 32 random bytes as base64')
  const opened = new Map<string, Promise<OpenedKey>>()
  const open = (key: string): Promise<OpenedKey> => {
    const known = opened.get(key) ?? openKey(key)
    opened.set(key, known)
    return known
  }
  return {
    async seal(text) {
      const { id, key } = await open(newest)
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
      const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(text)))
      return `aes-gcm:${id}:${toBase64(iv)}:${toBase64(sealed)}`
    },
    async unseal(text) {
      const [kind, id, iv, sealed] = text.split(':')
      if (kind !== 'aes-gcm' || id === undefined || iv === undefined || sealed === undefined) throw new SealError('this was not sealed by aesGcmSealer')
      const all = await Promise.all(keys.map(open))
      const fitting = all.find((each) => each.id === id)
      if (fitting === undefined) throw new SealError(`it was sealed with the key ${id}, and the keys at hand are ${all.map((each) => each.id).join(', ')}; add the old key behind the new one`)
      try {
        return new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: fromBase64(iv) }, fitting.key, fromBase64(sealed)))
      } catch {
        throw new SealError(`a value that was sealed with the key ${id} was altered, and cannot be opened`)
      }
    },
  }
}

interface OpenedKey {
  /** The first bytes of its SHA-256: tells keys apart and says nothing of them. */
  readonly id: string
  readonly key: Awaited<ReturnType<typeof crypto.subtle.importKey>>
}

async function openKey(text: string): Promise<OpenedKey> {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = fromBase64(text)
  } catch {
    throw new SealError('a key is no base64: give 32 random bytes as base64')
  }
  if (bytes.length !== 32) throw new SealError(`expected a key of 32 bytes, found ${bytes.length}`)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const id = Array.from(digest.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return { id, key: await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']) }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
