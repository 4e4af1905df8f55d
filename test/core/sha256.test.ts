import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Sha256 } from '../../src/core/sha256.ts'

const encoder = new TextEncoder()

function digest(pieces: readonly Uint8Array[]): string {
  const sha = new Sha256()
  for (const piece of pieces) sha.add(piece)
  return sha.toHex()
}

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
])('what the standard says of %.10s', (text, expected) => {
  expect(digest([encoder.encode(text)])).toBe(expected)
})

test('pieces of any length give what the platform gives for all of them together', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300, size: 'max' }), { maxLength: 12 }), async (pieces) => {
      const all = Uint8Array.from(pieces.flatMap((piece) => [...piece]))
      const expected = new Uint8Array(await crypto.subtle.digest('SHA-256', all))
      expect(digest(pieces)).toBe(Array.from(expected, (byte) => byte.toString(16).padStart(2, '0')).join(''))
    }),
  )
})
