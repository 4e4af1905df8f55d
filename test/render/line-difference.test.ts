import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffLines } from '../../src/render/line-difference.ts'

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 })

test('what is kept and removed is the text before, what is kept and added the text after', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const all = diffLines(before, after, 1000)
      const pick = (...kinds: readonly string[]): string[] => all.filter(({ kind }) => kinds.includes(kind)).map(({ text }) => text)
      if (all.some(({ kind }) => kind === 'gap')) {
        expect(before).toEqual(after)
        return
      }
      expect(pick('same', 'removed')).toEqual(before)
      expect(pick('same', 'added')).toEqual(after)
    }),
  )
})

test('only changed hunks are shown, with what lies between counted', () => {
  const before = Array.from({ length: 30 }, (_, index) => `l${index}`)
  const after = before.with(3, 'x').with(20, 'y')
  const shown = diffLines(before, after, 1).map(({ kind, text }) => `${kind} ${text}`)
  expect(shown).toEqual(['gap … 2 unchanged lines', 'same l2', 'removed l3', 'added x', 'same l4', 'gap … 14 unchanged lines', 'same l19', 'removed l20', 'added y', 'same l21', 'gap … 8 unchanged lines'])
})

test('texts too large to compare line by line are shown as a whole', () => {
  const big = (word: string): string[] => Array.from({ length: 1500 }, (_, index) => `${word}${index}`)
  expect(diffLines(big('a'), big('b')).length).toBe(3000)
})
