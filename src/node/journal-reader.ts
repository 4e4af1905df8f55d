import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Entry } from '../core/entry.ts'
import { FormatError } from '../core/errors.ts'
import { describeTorn, isLeftOut, isUnwritten, parseEntry, parseJournalHead, refuseLostEnd, type JournalHead } from '../format/journal.ts'
import { LineCutter } from '../format/line-cutter.ts'
import { formatFault } from '../format/line.ts'
import type { JournalFile } from './file-layout.ts'
import { encodeName } from './file-name.ts'
import { decodePieces, readBytes } from './file-pieces.ts'
import { faultCode, ifThere, quotePath, type FileSystem } from './file-system.ts'
import { withFile } from './file-write.ts'

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

/** Lines of a file up to a number of bytes; none where it is gone. */
async function* readLines(fs: FileSystem, path: string, bytes: number): AsyncGenerator<readonly Line[], void, undefined> {
  const cutter = new LineCutter()
  let line = 0
  let held: Line | undefined
  try {
    for await (const piece of decodePieces(readBytes(fs, path, { end: bytes }))) {
      const lines: Line[] = held === undefined ? [] : [held]
      for (const text of cutter.cut(piece)) lines.push({ text, line: ++line, torn: false })
      held = lines.pop()
      yield lines
    }
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return
    throw error
  }
  const { rest } = cutter
  if (rest === '') {
    if (held !== undefined) yield [{ ...held, torn: isUnwritten(held.text) }]
  } else {
    if (held !== undefined) yield [held]
    refuseLostEnd(rest, { document: 'journal', line: line + 1, from: path })
    yield [{ text: rest, line: line + 1, torn: true }]
  }
}

/** Reads the first line of a journal file; undefined where the file is gone. A journal is made with its first line, so a lack of it is damage. */
export async function readJournalHead(fs: FileSystem, path: string): Promise<JournalHead | undefined> {
  for await (const lines of readLines(fs, path, Infinity)) for (const { text, torn } of lines) if (!torn) return parseJournalHead(text, path)
  if ((await ifThere(fs.stat(path))) === undefined) return undefined
  throw formatFault({ document: 'journal', line: 1, from: path }, 'its first line is not whole, so it is empty or was cut: put it back from a copy; doctor (examineStack) tells what to do without one')
}

/**
 * A run's files, earliest fence first, each with how much of it counts: no more than any later fence says of it, and no more
 * than `cut` says of it (what was there when this process claimed the stack).
 */
export async function countFiles(fs: FileSystem, folder: string, files: readonly JournalFile[], cut: (name: string) => number | undefined): Promise<readonly CountedFile[]> {
  const counted: (CountedFile & { readonly size: number })[] = []
  for (const { name, fence } of files) {
    const path = join(folder, name)
    const head = await readJournalHead(fs, path)
    const stat = await ifThere(fs.stat(path))
    if (head === undefined || stat === undefined) continue
    if (head.fence !== fence || encodeName(head.run) !== name.split('.')[0])
      throw formatFault({ document: 'journal', line: 1, from: path }, `it is of run ${head.run} and fence ${head.fence}, its name says otherwise: it was renamed; give it its name back`)
    counted.push({ path, fence, size: stat.size, bytes: cut(name) ?? Infinity, head })
  }
  for (const { head } of counted)
    for (const { fence, bytes } of head.earlier) {
      const file = counted.find((each) => each.fence === fence)
      if (file !== undefined && file.size < bytes) throw await describeLostEnd(fs, file.path, file.size, bytes)
    }
  return counted.map(({ size: _, ...file }) => {
    const said = counted.filter(({ fence }) => fence > file.fence).flatMap(({ head }) => head.earlier.filter(({ fence }) => fence === file.fence))
    return { ...file, bytes: Math.min(file.bytes, ...said.map(({ bytes }) => bytes)) }
  })
}

/** Of a journal that is gone while its second name is there. */
export function describeGone(path: string, link: string): FormatError {
  return formatFault({ document: 'journal', line: 1, from: path }, `the file is gone; put it back: cp ${quotePath(link)} ${quotePath(path)}`)
}

async function describeLostEnd(fs: FileSystem, path: string, size: number, bytes: number): Promise<FormatError> {
  const text = (await ifThere(fs.readFile(path, 'utf8'))) ?? ''
  return formatFault({ document: 'journal', line: text.split('\n').length, from: path }, `its end is lost: it has ${size} bytes, and ${bytes} were there when another process went on with the run; put it back from a copy; doctor (examineStack) tells what to do without one`)
}

/** The entries of one file. A torn last line is cut and told; any other damage throws `format`. */
export async function* readJournalFile(fs: FileSystem, { path, bytes }: CountedFile, onTorn?: (detail: string) => void): AsyncGenerator<Entry, void, undefined> {
  for await (const lines of readLines(fs, path, bytes))
    for (const { text, line, torn } of lines) {
      if (torn) onTorn?.(describeTorn(line, text, path))
      else if (line > 1 && !isLeftOut(text)) yield parseEntry(text, { document: 'journal', line, from: path })
    }
}

const TAIL_BYTES = 4096

/** The end of the run, where it is the last line of what counts of a file; undefined when it is not, or cannot be told from there. */
export async function readEnd(fs: FileSystem, { path, bytes }: CountedFile): Promise<Entry | undefined> {
  const read = withFile(fs, path, 'r', async (handle) => {
    const size = Math.min(bytes, (await handle.stat()).size)
    const start = Math.max(0, size - TAIL_BYTES)
    return readWhole(handle, start, size - start)
  })
  const lines = (await ifThere(read))?.toString('utf8').split('\n') ?? []
  const text = lines.at(-2)
  if (lines.at(-1) !== '' || text === undefined || lines.length < 3 || isUnwritten(text) || !text.includes('"kind":"run-ended"')) return undefined
  try {
    return parseEntry(text, { document: 'journal', line: 0, from: path })
  } catch (error) {
    // Damage is named with its line by whoever reads the whole file.
    if (error instanceof FormatError) return undefined
    throw error
  }
}

async function readWhole(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  let at = 0
  for (let read = -1; at < length && read !== 0; at += read) read = (await handle.read(buffer, at, length - at, start + at)).bytesRead
  return buffer.subarray(0, at)
}
