import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findNearest, suggest } from '../../src/core/nearest.ts'

const fields = ['name', 'description', 'labels', 'display_name', 'auth_strategy_ids']

test.each([
  ['nmae', 'name'],
  ['Name', 'name'],
  ['naem', 'name'],
  ['lables', 'labels'],
  ['desciption', 'description'],
  ['displayname', 'display_name'],
  ['desc', 'description'],
  ['display_name_x', 'display_name'],
  ['authstrategyids', 'auth_strategy_ids'],
])('%s means %s', (word, meant) => {
  expect(findNearest(word, fields)).toBe(meant)
})

test.each(['colour', 'x', '', 'de', 'title', 'y'.repeat(300)])('nothing is near %s', (word) => {
  expect(findNearest(word, fields)).toBeUndefined()
  expect(suggest(word, fields)).toBe('')
})

test('a word of one letter is not near another one', () => {
  expect(findNearest('x', ['y', 'z'])).toBeUndefined()
  expect(findNearest('x', ['y', 'xy'])).toBe('xy')
})

test('the nearest wins, then the first', () => {
  expect(findNearest('labels', ['label', 'labels_', 'labelz'])).toBe('label')
  expect(findNearest('serv', ['service', 'serve'])).toBe('serve')
  expect(findNearest('portal/dev', ['portal/prod', 'portal/dev2', 'api/dev'])).toBe('portal/dev2')
})

test('the end of a message', () => {
  expect(`unknown field "nmae"${suggest('nmae', fields)}`).toBe('unknown field "nmae"; did you mean "name"?')
})

test('one edit of a long word is always found', () => {
  const word = fc.stringMatching(/^[a-z]{4,12}$/)
  const edits = [
    (text: string, at: number): string => text.slice(0, at) + text.slice(at + 1),
    (text: string, at: number): string => `${text.slice(0, at)}_${text.slice(at)}`,
    (text: string, at: number): string => `${text.slice(0, at)}_${text.slice(at + 1)}`,
    (text: string, at: number): string => text.slice(0, at) + text.slice(at, at + 2).split('').reverse().join('') + text.slice(at + 2),
  ]
  fc.assert(
    fc.property(word, fc.nat(11), fc.constantFrom(...edits), (meant, at, edit) => {
      expect(findNearest(edit(meant, at % meant.length), ['0', '00000000', meant])).toBe(meant)
    }),
  )
})
