import { CRC_TABLE, crc32Bytes, formatChecksum } from './checksum.ts'
import { parseState } from './state.ts'

/** One byte that makes a damaged text whole again. */
export interface Mend {
  /** Counts from 0. */
  readonly offset: number
  /** What was there. */
  readonly byte: number
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
/** Where a byte stands in the table, by the highest byte of what it does: no two are alike. */
const BYTE_BY_TOP = new Map([...CRC_TABLE].map((value, byte) => [value >>> 24, byte]))
const NEWLINE = 0x0a
/** A character a byte, so that places in the text are places in the bytes. */
const asText = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes)
/** Checksum and blank before each line's JSON. */
const PREFIX = 9

/** Every single byte that, changed, gives these bytes the checksum. Goes back from the last one: what is left of the difference must be what one byte does. */
export function findFlips(bytes: Uint8Array, crc: number): readonly Mend[] {
  let left = (crc32Bytes(bytes) ^ crc) >>> 0
  const found: Mend[] = []
  for (let offset = bytes.length - 1; offset >= 0 && left !== 0; offset--) {
    const byte = BYTE_BY_TOP.get(left >>> 24) as number
    const change = CRC_TABLE[byte] as number
    if (change === left) found.push({ offset, byte: (bytes[offset] as number) ^ byte })
    left = (((left ^ change) << 8) | byte) >>> 0
  }
  return found
}

/** The one byte that makes a damaged line of a journal whole; undefined where there is none, or more than one. `start`: where the line begins. */
export function mendJournalLine(bytes: Uint8Array, start: number): Mend | undefined {
  const end = endOfLine(bytes, start)
  const next = endOfLine(bytes, end + 1)
  const within = (to: number): readonly Mend[] => findInLine(bytes.subarray(start, to)).map(({ offset, byte }) => ({ offset: offset + start, byte }))
  // A byte that became a newline stands between this line and the next one; a newline that became another byte within this one.
  const candidates = [...within(end), ...within(next).filter(({ offset }) => offset === end), ...findLostNewline(bytes, start, end)]
  const whole = candidates.filter((mend) => {
    const mended = applyMend(bytes.subarray(0, next), mend)
    return isWholeLine(mended.subarray(start, endOfLine(mended, start)))
  })
  return onlyOne(whole)
}

/** The one byte that makes a damaged state whole; undefined where there is none, or more than one. */
export function mendState(bytes: Uint8Array): Mend | undefined {
  const found: Mend[] = []
  for (const start of new Set([bytes.lastIndexOf(NEWLINE, bytes.length - 2) + 1, Math.max(0, asText(bytes).lastIndexOf('{"resources":'))])) {
    const body = bytes.subarray(0, start)
    const written = /"crc32":"([0-9a-f]{8})"/.exec(asText(bytes.subarray(start)))?.[1]
    const lines = body.filter((byte) => byte === NEWLINE).length
    const tail = encoder.encode(`{"resources":${lines - 1},"crc32":"${formatChecksum(crc32Bytes(body))}"}\n`)
    found.push(...findDifference(bytes, start, tail), ...(written === undefined ? [] : findFlips(body, Number.parseInt(written, 16))))
  }
  return onlyOne(found.filter((mend) => isState(applyMend(bytes, mend))))
}

/** The one byte that makes a document's file whole; undefined where there is none, or more than one. `head`: its first line as it must be, with the checksum of a text. */
export function mendDocument(bytes: Uint8Array, head: (crc32: string) => string): Mend | undefined {
  const start = encoder.encode(head('00000000')).length
  const text = bytes.subarray(start)
  const inHead = findDifference(bytes, 0, encoder.encode(head(formatChecksum(crc32Bytes(text)))))
  if (inHead.length > 0) return inHead[0]
  const written = /"crc32":"([0-9a-f]{8})"\}\n$/.exec(asText(bytes.subarray(0, start)))?.[1]
  if (written === undefined || encoder.encode(head(written)).some((byte, at) => bytes[at] !== byte)) return undefined
  return onlyOne(findFlips(text, Number.parseInt(written, 16)).map(({ offset, byte }) => ({ offset: offset + start, byte })))
}

/** The bytes with one of them put back. */
export function applyMend(bytes: Uint8Array, { offset, byte }: Mend): Uint8Array {
  const mended = Uint8Array.from(bytes)
  mended[offset] = byte
  return mended
}

function findInLine(line: Uint8Array): readonly Mend[] {
  const json = line.subarray(PREFIX)
  const written = asText(line.subarray(0, PREFIX))
  const flips = /^[0-9a-f]{8} $/.test(written) ? findFlips(json, Number.parseInt(written, 16)).map((mend) => ({ ...mend, offset: mend.offset + PREFIX })) : []
  return [...flips, ...findDifference(line, 0, encoder.encode(`${formatChecksum(crc32Bytes(json))} `))]
}

function findLostNewline(bytes: Uint8Array, start: number, end: number): readonly Mend[] {
  const found: Mend[] = []
  // Only what ends as JSON does can be the end of a line.
  for (let offset = start + PREFIX + 1; offset < end; offset++)
    if (bytes[offset - 1] === 0x7d && isWholeLine(bytes.subarray(start, offset))) found.push({ offset, byte: NEWLINE })
  return found
}

function findDifference(bytes: Uint8Array, start: number, expected: Uint8Array): readonly Mend[] {
  const found: Mend[] = []
  for (const [at, byte] of expected.entries()) if (bytes[start + at] !== byte) found.push({ offset: start + at, byte })
  return found.length === 1 ? found : []
}

function endOfLine(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(NEWLINE, start)
  return end === -1 ? bytes.length : end
}

function isWholeLine(line: Uint8Array): boolean {
  const json = line.subarray(PREFIX)
  return asText(line.subarray(0, PREFIX)) === `${formatChecksum(crc32Bytes(json))} ` && isJson(decoder.decode(json))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function isState(bytes: Uint8Array): boolean {
  try {
    parseState(decoder.decode(bytes))
    return true
  } catch {
    return false
  }
}

/** Two ways to mend are a guess. */
function onlyOne(mends: readonly Mend[]): Mend | undefined {
  const [first, ...others] = mends
  return others.every(({ offset, byte }) => offset === first?.offset && byte === first.byte) ? first : undefined
}
