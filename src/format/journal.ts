import * as z from 'zod/mini'
import type { Entry } from '../core/entry.ts'
import { crc32, formatChecksum } from './checksum.ts'
import { entryShape } from './entry-shape.ts'
import { checkShape, formatFault, parseJson, type LinePlace } from './line.ts'
import { count } from './shapes.ts'
import { reviveResource } from './state.ts'

/** The newest version of the journal format that this release reads and writes. */
export const JOURNAL_VERSION = 1

/** The first line of a journal file: one file per run and fence. */
export interface JournalHead {
  readonly stack: string
  readonly run: string
  readonly fence: number
  /** How much of the files of earlier fences counts: what was there when the stack was claimed. Later bytes are a fenced-out holder's. */
  readonly earlier: readonly { readonly fence: number; readonly bytes: number }[]
}

const headShape = z.strictObject({
  format: z.literal('convergent.journal'),
  version: z.literal(JOURNAL_VERSION),
  stack: z.string(),
  run: z.string(),
  fence: count,
  earlier: z.array(z.strictObject({ fence: count, bytes: count })),
})

/** One line: the checksum of the JSON, the JSON. */
export function formatLine(value: unknown): string {
  const json = JSON.stringify(value)
  return `${formatChecksum(crc32(json))} ${json}\n`
}

/** The first line of a journal file. */
export function formatJournalHead(head: JournalHead): string {
  const { stack, run, fence, earlier } = head
  return formatLine({ format: 'convergent.journal', version: JOURNAL_VERSION, stack, run, fence, earlier })
}

/** The line of one entry. */
export function formatEntry(entry: Entry): string {
  return formatLine(entry)
}

/** Reads a first line, without its newline. Throws `format` when it is damaged or of a newer version. */
export function parseJournalHead(line: string, from?: string): JournalHead {
  const place = { document: 'journal', line: 1, from }
  const value = parseLine(line, place)
  const { format, version } = (typeof value === 'object' && value !== null ? value : {}) as { readonly format?: unknown; readonly version?: unknown }
  if (format !== 'convergent.journal') throw formatFault(place, 'this is no journal: expected {"format":"convergent.journal"')
  if (typeof version === 'number' && version > JOURNAL_VERSION)
    throw formatFault(place, `it has format version ${version}, this release reads up to ${JOURNAL_VERSION}: use the release that wrote it`)
  const { stack, run, fence, earlier } = checkShape(headShape, value, place)
  return { stack, run, fence, earlier }
}

/** Reads an entry's line, without its newline. Throws `format` when it is damaged. */
export function parseEntry(line: string, place: LinePlace): Entry {
  return checkEntry(parseLine(line, place), place)
}

/** Checks a value that was read as JSON; markers in what was declared are markers again. */
export function checkEntry(value: unknown, place: LinePlace): Entry {
  const entry = checkShape(entryShape, value, place)
  if (entry.kind === 'started' && entry.before?.recorded !== undefined) return { ...entry, before: { ...entry.before, recorded: reviveResource(entry.before.recorded) } }
  if (entry.kind !== 'succeeded' || entry.change === undefined || !('put' in entry.change)) return entry
  return { ...entry, change: { ...entry.change, put: reviveResource(entry.change.put) } }
}

function parseLine(line: string, place: LinePlace): unknown {
  const json = line.slice(9)
  if (line[8] !== ' ' || line.slice(0, 8) !== formatChecksum(crc32(json)))
    throw formatFault(place, 'the line is damaged: its checksum does not match; nothing was cut; doctor (examineStack) tells how to mend it or to leave it out')
  return parseJson(json, place)
}

/** The text of one journal file. */
export interface ParsedJournal {
  /** Undefined: the file ends within its first line, so nothing was ever recorded in it. */
  readonly head: JournalHead | undefined
  readonly entries: readonly Entry[]
  /** What was cut at the end, in words; undefined: nothing. */
  readonly torn: string | undefined
}

/** Reads a whole journal file. A torn last line is cut; any other damage throws `format` with its line. */
export function parseJournal(text: string, from?: string): ParsedJournal {
  let head: JournalHead | undefined
  let torn: string | undefined
  const entries: Entry[] = []
  const lines = text.split('\n')
  const rest = lines.pop() as string
  const last = rest === '' ? lines.length : lines.length + 1
  lines.forEach((line, index) => {
    if (index === last - 1 && isUnwritten(line)) torn = describeTorn(last, line, from)
    else if (index === 0) head = parseJournalHead(line, from)
    else if (!isLeftOut(line)) entries.push(parseEntry(line, { document: 'journal', line: index + 1, from }))
  })
  if (rest !== '') refuseLostEnd(rest, { document: 'journal', line: last, from })
  return { head, entries, torn: rest === '' ? torn : describeTorn(last, rest, from) }
}

/**
 * True for a last line that has its newline and yet was never written whole: a crash can leave blocks of zeros, and JSON
 * holds none. A last line with its newline and without such a block was written whole; when its checksum fails, it is damaged.
 */
export function isUnwritten(line: string): boolean {
  return line.includes('\0\0')
}

/** True for a line that somebody has overwritten with blanks, so that it counts no more and what comes after it stays where it was. */
export function isLeftOut(line: string): boolean {
  return /^ +$/.test(line)
}

/** Throws for a last line that was written whole and whose newline became another character: it is no torn one. */
export function refuseLostEnd(rest: string, place: LinePlace): void {
  const json = rest.slice(9, -1)
  if (rest.slice(0, 9) === `${formatChecksum(crc32(json))} `)
    throw formatFault(place, 'the line is damaged: it is whole, but for its newline; nothing was cut; doctor (examineStack) tells how to mend it or to leave it out')
}

/** What is said of a last line that is cut. */
export function describeTorn(line: number, text: string, from?: string): string {
  return `line ${line}${from === undefined ? '' : ` of ${from}`} is torn: the ${text.length} characters of an append that never resolved are left out`
}
