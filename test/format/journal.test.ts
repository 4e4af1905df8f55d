import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry } from '../../src/core/entry.ts'
import { FormatError } from '../../src/core/errors.ts'
import { formatEntry, formatJournalHead, formatLine, parseJournal } from '../../src/format/journal.ts'
import { sampleEnd, sampleStart, sampleState, sampleStep } from '../../src/testing/store-sample.ts'

const lease = { stack: 's', holder: 'me', fence: 2, termMs: 30_000 }
const head = { stack: 's', run: 'r', fence: 2, earlier: [{ fence: 1, bytes: 10 }] }
const put = sampleState('s', 1).resources.get('api/one')!
const entries: readonly Entry[] = [
  sampleStart('r', lease),
  { at: 't', kind: 'started', step: 'a', attempt: 1, idempotencyKey: 'k', before: { id: '1', outputs: { ä: 1 } }, absent: true },
  sampleStep('a'),
  { at: 't', kind: 'run-resumed', holder: 'me', fence: 3 },
  { at: 't', kind: 'run-taken', holder: 'you', fence: 4, takenOver: { from: 'me', reason: 'r' } },
  { at: 't', kind: 'attempted', step: 'a', attempt: 1, error: { code: 'c', message: 'm' }, retryInMs: 5 },
  { at: 't', kind: 'succeeded', step: 'a', change: { put }, adopted: true },
  { at: 't', kind: 'succeeded', step: 'b', change: { remove: 'api/b' } },
  { at: 't', kind: 'failed', step: 'c', error: { code: 'c', message: 'm' } },
  { at: 't', kind: 'skipped', step: 'd', because: 'api/c' },
  { at: 't', kind: 'stale', step: 'e', message: 'm' },
  { at: 't', kind: 'cancelled', step: 'f' },
  { at: 't', kind: 'interrupted', step: 'g', message: 'm' },
  sampleEnd(),
]
const text = formatJournalHead(head) + entries.map(formatEntry).join('')

test('every kind of entry comes back as it was', () => {
  const journal = parseJournal(text)
  expect(journal.torn).toBeUndefined()
  expect(journal.head).toEqual(head)
  expect(journal.entries.map(formatEntry)).toEqual(entries.map(formatEntry))
})

test('cut anywhere, what was whole before is kept and the rest is told', () => {
  fc.assert(fc.property(fc.nat(text.length), (length) => {
    const part = text.slice(0, length)
    const journal = parseJournal(part, 'j.jsonl')
    const whole = part.split('\n').length - 1
    expect(journal.entries.length).toBe(Math.max(0, whole - 1))
    if (length > 0 && !part.endsWith('\n')) expect(journal.torn).toContain(`line ${whole + 1} of j.jsonl is torn`)
    else expect(journal.torn).toBeUndefined()
  }))
})

test('a last line with blocks of zeros was never written whole', () => {
  const zeros = `${text}${'\0'.repeat(20)}"}\n`
  expect(parseJournal(zeros).entries).toHaveLength(entries.length)
  expect(parseJournal(zeros).torn).toContain('is torn')
  expect(() => parseJournal(`${zeros}${formatEntry(sampleStep('x'))}`)).toThrow(FormatError)
})

test('any other damage is an error with its line, also in the last line', () => {
  fc.assert(fc.property(fc.nat(text.length - 2), (at) => {
    const line = text.slice(0, at).split('\n').length
    fc.pre(text[at] !== '\n')
    const altered = text.slice(0, at) + (text[at] === 'q' ? 'r' : 'q') + text.slice(at + 1)
    expect(() => parseJournal(altered, 'j.jsonl')).toThrow(new RegExp(`^journal, line ${line}: .*j\\.jsonl`, 's'))
  }))
})

test('a newer version and an unknown kind are refused in words', () => {
  expect(() => parseJournal(formatLine({ format: 'convergent.journal', version: 2 }))).toThrow(/format version 2/)
  expect(() => parseJournal(formatJournalHead(head) + formatLine({ at: 't', kind: 'dreamt' }))).toThrow(/line 2: kind: unknown kind/)
})
