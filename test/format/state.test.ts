import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FormatError } from '../../src/core/errors.ts'
import { Reference } from '../../src/core/value.ts'
import { crc32 } from '../../src/format/checksum.ts'
import { formatState, parseState } from '../../src/format/state.ts'
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

test('damage is named with its line and file', () => {
  const lines = text.split('\n')
  expect(() => parseState([lines[0], '{"address":1}', ...lines.slice(2)].join('\n'), 'x/state.jsonl')).toThrow(/^state, line 2: address: .*x\/state\.jsonl/)
  expect(() => parseState(text.replace('"version":1', '"version":2'))).toThrow(/line 1: it has format version 2/)
  expect(() => parseState([...lines.slice(0, 2), lines[1], ...lines.slice(2)].join('\n'))).toThrow(/line 3: api\/one stands there twice/)
})
