import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FormatError } from '../../src/core/errors.ts'
import { Reference } from '../../src/core/value.ts'
import { crc32 } from '../../src/format/checksum.ts'
import { formatState, parseState, StateReader } from '../../src/format/state.ts'
import { sampleState } from '../../src/testing/store-sample.ts'

const text = formatState(sampleState('s', 4))

test('the checksum is the CRC-32 of everybody else, also in parts', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
    expect(crc32(a)).toBe(zlibCrc32(a))
    expect(crc32(b, crc32(a))).toBe(crc32(a + b))
  }))
})

test('a state comes back as it was', () => {
  const state = parseState(text)
  expect(formatState(state)).toBe(text)
  expect(state.resources.get('api/one')?.inputs['portal']).toEqual(new Reference('portal/main', ['id', 0]))
  expect(state.resources.get('api/one')?.outputs['looks']).toEqual({ $convergent: 'unknown' })
})

test('no part of a state is read as a whole one, and no altered one', () => {
  for (let length = 0; length < text.length; length++) expect(() => parseState(text.slice(0, length))).toThrow(FormatError)
  fc.assert(fc.property(fc.nat(text.length - 2), (at) => {
    const altered = text.slice(0, at) + (text[at] === 'q' ? 'r' : 'q') + text.slice(at + 1)
    expect(() => parseState(altered)).toThrow(FormatError)
  }))
})

test('in pieces cut anywhere it is the same state, and damaged for the same reason', () => {
  const read = (pieces: readonly string[]): unknown => {
    try {
      const reader = new StateReader('x/state.jsonl')
      for (const piece of pieces) reader.add(piece)
      return formatState(reader.end())
    } catch (error) {
      return (error as Error).message
    }
  }
  const cut = fc.array(fc.nat(text.length), { maxLength: 20 })
  fc.assert(fc.property(cut, fc.option(fc.nat(text.length)), fc.nat(text.length), (cuts, altered, end) => {
    const given = altered === null ? text : `${text.slice(0, altered)}q${text.slice(altered + 1)}`.slice(0, end)
    const ends = [...cuts.filter((each) => each < given.length).sort((a, b) => a - b), given.length]
    expect(read(ends.map((each, index) => given.slice(ends[index - 1] ?? 0, each)))).toBe(read([given]))
  }))
  expect(read(text.split(''))).toBe(text)
})

test('damage is named with its line and file', () => {
  const lines = text.split('\n')
  expect(() => parseState([lines[0], '{"address":1}', ...lines.slice(2)].join('\n'), 'x/state.jsonl')).toThrow(/^state, line 2: address: .*x\/state\.jsonl/)
  for (const given of [`${text}x`, text.slice(0, -1), text.slice(0, -9)]) expect(() => parseState(given)).toThrow(/line \d+: it is truncated/)
  expect(() => parseState(text.replace('"version":1', '"version":2'))).toThrow(/line 1: it has format version 2/)
  expect(() => parseState([...lines.slice(0, 2), lines[1], ...lines.slice(2)].join('\n'))).toThrow(/line 3: api\/one stands there twice/)
})
