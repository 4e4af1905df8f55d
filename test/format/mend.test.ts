import { expect, test } from 'vitest'
import { crc32Bytes } from '../../src/format/checksum.ts'
import { formatEntry, formatJournalHead } from '../../src/format/journal.ts'
import { applyMend, findFlips, mendDocument, mendJournalLine, mendState, type Mend } from '../../src/format/mend.ts'
import { formatState } from '../../src/format/state.ts'
import { sampleState, sampleStep } from '../../src/testing/store-sample.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const OTHERS = [0x01, 0x0a, 0x20, 0x80]
/** Every byte, changed in several ways. */
function* flipEach(bytes: Uint8Array): Generator<{ readonly flipped: Uint8Array; readonly what: string; readonly at: number }> {
  for (let at = 0; at < bytes.length; at++)
    for (const mask of OTHERS) {
      const flipped = Uint8Array.from(bytes)
      flipped[at] = (flipped[at] as number) ^ mask
      yield { flipped, at, what: `byte ${at} ^ ${mask}` }
    }
}

function isMended(flipped: Uint8Array, mend: Mend | undefined, bytes: Uint8Array): boolean {
  return mend !== undefined && Buffer.compare(applyMend(flipped, mend), bytes) === 0
}

test('the byte that differs is found by its checksum alone', () => {
  const bytes = encode('{"at":"2026-01-01T00:00:00.000Z","kind":"handle"}')
  const crc = crc32Bytes(bytes)
  for (const { flipped, at, what } of flipEach(bytes)) expect(findFlips(flipped, crc), what).toEqual([{ offset: at, byte: bytes[at] }])
  expect(findFlips(bytes, crc)).toEqual([])
})

test('one flipped byte anywhere in a journal is put back', () => {
  const head = formatJournalHead({ stack: 's', run: 'r', fence: 1, earlier: [] })
  const bytes = encode(head + formatEntry(sampleStep('ä😀')) + formatEntry(sampleStep('2')))
  const starts = [0, ...[...bytes.entries()].flatMap(([at, byte]) => (byte === 0x0a ? [at + 1] : []))].slice(0, -1)
  for (const { flipped, at, what } of flipEach(bytes)) {
    const start = starts.findLast((each) => each <= at) as number
    const mend = mendJournalLine(flipped, start)
    expect(isMended(flipped, mend, bytes), what).toBe(true)
  }
})

test('one flipped byte anywhere in a state is put back', () => {
  const bytes = encode(formatState(sampleState('s', 7)))
  for (const { flipped, what } of flipEach(bytes)) {
    const mend = mendState(flipped)
    expect(isMended(flipped, mend, bytes), what).toBe(true)
  }
})

test('one flipped byte anywhere in a document is put back', () => {
  const head = (crc32: string): string => `{"kind":"plan","id":"p","crc32":"${crc32}"}\n`
  const text = 'first\n{"second":"ä"}\n'
  const bytes = encode(head(crc32Bytes(encode(text)).toString(16).padStart(8, '0')) + text)
  for (const { flipped, what } of flipEach(bytes)) {
    const mend = mendDocument(flipped, head)
    expect(isMended(flipped, mend, bytes), what).toBe(true)
  }
})

test('more than one byte is not guessed', () => {
  const bytes = encode(formatState(sampleState('s', 7)))
  bytes[40] = 0x23
  bytes[90] = 0x23
  expect(mendState(bytes)).toBeUndefined()
  const journal = encode(formatJournalHead({ stack: 's', run: 'r', fence: 1, earlier: [] }))
  journal[20] = 0x23
  journal[50] = 0x23
  expect(mendJournalLine(journal, 0)).toBeUndefined()
  expect(mendJournalLine(new Uint8Array(), 0)).toBeUndefined()
})
