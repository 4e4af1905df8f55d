import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestText, TextDigest } from '../../src/store/digest.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

test('the digest is SHA-256 over the UTF-8 bytes', async () => {
  expect(await digestText('ä😀')).toBe(sha256('ä😀'))
  expect(await digestText('')).toBe(sha256(''))
})

test('pieces cut anywhere give that of the whole, however much is held at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 20, maxLength: 3_000, size: 'max' }), fc.array(fc.nat(3_000), { maxLength: 20 }), fc.nat(2_000), async (text, cuts, most) => {
      const digest = new TextDigest(most)
      let at = 0
      for (const cut of [...cuts.filter((each) => each < text.length).sort((a, b) => a - b), text.length]) {
        digest.add(text.slice(at, cut))
        at = cut
      }
      expect(await digest.toHex()).toBe(sha256(text))
    }),
  )
})

test('half a character is written as everybody writes it', async () => {
  const digest = new TextDigest()
  for (const piece of ['a\ud83d', '\ud83d', 'b\ud83d']) digest.add(piece)
  expect(await digest.toHex()).toBe(sha256('a\ufffd\ufffdb\ufffd'))
})
