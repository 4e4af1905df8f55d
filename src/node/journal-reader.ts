import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from '../core/entry.ts'
import { FormatError } from '../core/errors.ts'
import { describeTorn, isUnwritten, parseEntry, parseJournalHead, type JournalHead } from '../format/journal.ts'
import { formatFault } from '../format/line.ts'
import type { JournalFile } from './file-layout.ts'
import type { FileSystem } from './file-system.ts'

/** One journal file, how much of it counts, and what its first line says. */
export interface CountedFile {
  readonly path: string
  readonly fence: number
  /** Bytes that count; infinite: all. */
  readonly bytes: number
  readonly head: JournalHead
}

interface Line {
  readonly text: string
  /** Counts from 1. */
  readonly line: number
  /** What is wrong with it when it is the last one; undefined: nothing. */
  readonly torn: boolean
}

/** Lines of a file up to a number of bytes. Only `\n` ends one. */
async function* readLines(path: string, bytes: number): AsyncGenerator<readonly Line[], void, undefined> {
  if (bytes <= 0) return
  const stream = createReadStream(path, { encoding: 'utf8', end: bytes === Infinity ? Infinity : bytes - 1, highWaterMark: 1 << 18 })
  let rest = ''
  let line = 0
  let held: Line | undefined
  for await (const chunk of stream as AsyncIterable<string>) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() as string
    const lines: Line[] = held === undefined ? [] : [held]
    for (const text of parts) lines.push({ text, line: ++line, torn: false })
    held = lines.pop()
    yield lines
  }
  if (rest === '') {
    if (held !== undefined) yield [{ ...held, torn: isUnwritten(held.text) }]
  } else {
    if (held !== undefined) yield [held]
    yield [{ text: rest, line: line + 1, torn: true }]
  }
}

/** Reads the first line of a journal file; undefined when it is torn: nothing was ever recorded in it. */
export async function readJournalHead(path: string): Promise<JournalHead | undefined> {
  for await (const lines of readLines(path, Infinity)) for (const { text, torn } of lines) return torn ? undefined : parseJournalHead(text, path)
  return undefined
}

/**
 * A run's files, earliest fence first, each with how much of it counts: no more than any later fence says of it, and no more
 * than `cut` says of it (what was there when this process claimed the stack).
 */
export async function countFiles(folder: string, files: readonly JournalFile[], cut: (name: string) => number | undefined): Promise<readonly CountedFile[]> {
  const counted: CountedFile[] = []
  for (const { name, fence } of files) {
    const path = join(folder, name)
    const head = await readJournalHead(path)
    if (head === undefined) continue
    if (head.fence !== fence) throw formatFault({ document: 'journal', line: 1, from: path }, `it is of fence ${head.fence}, its name says ${fence}: it was renamed`)
    counted.push({ path, fence, bytes: cut(name) ?? Infinity, head })
  }
  return counted.map((file) => {
    const said = counted.filter(({ fence }) => fence > file.fence).flatMap(({ head }) => head.earlier.filter(({ fence }) => fence === file.fence))
    return { ...file, bytes: Math.min(file.bytes, ...said.map(({ bytes }) => bytes)) }
  })
}

/** The entries of one file. A torn last line is cut and told; any other damage throws `format`. */
export async function* readJournalFile({ path, bytes }: CountedFile, onTorn?: (detail: string) => void): AsyncGenerator<Entry, void, undefined> {
  for await (const lines of readLines(path, bytes))
    for (const { text, line, torn } of lines) {
      if (torn) onTorn?.(describeTorn(line, text, path))
      else if (line > 1) yield parseEntry(text, { document: 'journal', line, from: path })
    }
}

const TAIL_BYTES = 4096

/** The end of the run, where it is the last line of what counts of a file; undefined when it is not, or cannot be told from there. */
export async function readEnd(fs: FileSystem, { path, bytes }: CountedFile): Promise<Entry | undefined> {
  const handle = await fs.open(path, 'r')
  try {
    const size = Math.min(bytes, (await handle.stat()).size)
    const start = Math.max(0, size - TAIL_BYTES)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start)
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n')
    const text = lines.at(-2)
    if (lines.at(-1) !== '' || text === undefined || lines.length < 3 || isUnwritten(text)) return undefined
    return text.includes('"kind":"run-ended"') ? parseEntry(text, { document: 'journal', line: 0, from: path }) : undefined
  } catch (error) {
    // Damage is named with its line by whoever reads the whole file.
    if (error instanceof FormatError) return undefined
    throw error
  } finally {
    await handle.close()
  }
}
