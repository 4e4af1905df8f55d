import { basename, join } from 'node:path'
import { crc32, crc32Bytes, formatChecksum } from '../format/checksum.ts'
import { formatFault } from '../format/line.ts'
import { joinText, keepCharactersWhole, type Pieces } from '../store/pieces.ts'
import type { DocumentKind } from '../store/store.ts'
import { layoutStack } from './file-layout.ts'
import { decodeName, encodeName } from './file-name.ts'
import { decodePieces, readBytes, readFirstLine } from './file-pieces.ts'
import { ifThere, type FileSystem } from './file-system.ts'
import { removeFile, replaceFile, writeWhole } from './file-write.ts'

/*
 * A document's file: a first line that names it, since a long id does not fit into a file name, and has the checksum of its
 * text, which follows as it is. The file's time of change is its place in the order.
 */

const DOCUMENT_VERSION = 1
let newestMs = 0

function pathOf(dir: string, stack: string, kind: DocumentKind, id: string): string {
  return join(layoutStack(dir, stack).documents[kind], `${encodeName(id)}.txt`)
}

/** Keeps a document; an existing one is replaced as a whole or not at all. */
export async function putDocument(fs: FileSystem, dir: string, stack: string, kind: DocumentKind, id: string, pieces: Pieces): Promise<void> {
  const head = formatHead(kind, id, formatChecksum(0))
  let crc = 0
  const write = async function* (): AsyncGenerator<string, void, undefined> {
    yield head
    for await (const piece of keepCharactersWhole(pieces)) {
      crc = crc32(piece, crc)
      yield piece
    }
  }
  // The clock of a file system ticks every few milliseconds; two documents of one process are still told apart.
  const stamp = async (temporary: string): Promise<void> => {
    newestMs = Math.max(Date.now(), newestMs + 1)
    await fs.utimes(temporary, newestMs / 1000, newestMs / 1000)
  }
  // The checksum stands before the text, and is known after it.
  const sum = Buffer.byteLength(head) - AFTER_SUM - formatChecksum(0).length
  await replaceFile(fs, pathOf(dir, stack, kind, id), write(), stamp, async (handle) => void (await writeWhole(handle, formatChecksum(crc), sum)))
}

const AFTER_SUM = '"}\n'.length

/** The first line of a document's file. */
export function formatHead(kind: DocumentKind, id: string, sum: string): string {
  return `${JSON.stringify({ format: 'convergent.document', version: DOCUMENT_VERSION, kind, id, crc32: sum })}\n`
}

/** A document's text; undefined where there is none. */
export function getDocument(fs: FileSystem, dir: string, stack: string, kind: DocumentKind, id: string): Promise<string | undefined> {
  return ifThere(joinText(readDocument(fs, pathOf(dir, stack, kind, id), kind)))
}

/** A document's text in pieces; undefined where there is none. */
export async function getDocumentPieces(fs: FileSystem, dir: string, stack: string, kind: DocumentKind, id: string): Promise<AsyncGenerator<string, void, undefined> | undefined> {
  const path = pathOf(dir, stack, kind, id)
  return (await ifThere(fs.stat(path))) && readDocument(fs, path, kind)
}

/** The text in a document's file, in pieces; an error of the operating system where it is gone. Damage shows at the end. */
export async function* readDocument(fs: FileSystem, path: string, kind: DocumentKind): AsyncGenerator<string, void, undefined> {
  let head: Head | undefined
  let begun: Buffer = Buffer.alloc(0)
  let crc = 0
  const readText = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of readBytes(fs, path)) {
      let text = chunk
      if (head === undefined) {
        begun = Buffer.concat([begun, chunk])
        const end = begun.indexOf(0x0a)
        if (end === -1) continue
        head = parseHead(begun.toString('utf8', 0, end), kind, path)
        text = begun.subarray(end + 1)
      }
      crc = crc32Bytes(text, crc)
      yield text
    }
  }
  yield* decodePieces(readText())
  const { sum } = head ?? parseHead('', kind, path)
  if (sum !== undefined && sum !== formatChecksum(crc))
    throw formatFault({ document: kind, line: 2, from: path }, 'the lines from here on are damaged: their checksum does not match; put the file back from a copy, or remove it and make the document anew')
}

/** The ids of the documents of a kind, oldest first. */
export async function listDocuments(fs: FileSystem, dir: string, stack: string, kind: DocumentKind): Promise<readonly string[]> {
  const folder = layoutStack(dir, stack).documents[kind]
  const found: { readonly id: string; readonly atMs: number }[] = []
  for (const name of (await ifThere(fs.readdir(folder))) ?? []) {
    if (!name.endsWith('.txt')) continue
    const path = join(folder, name)
    const stat = await ifThere(fs.stat(path))
    if (stat === undefined) continue
    const id = decodeName(name.slice(0, -4)) ?? (await ifThere(readId(fs, path, kind)))
    if (id !== undefined) found.push({ id, atMs: stat.mtimeMs })
  }
  return found.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)).map(({ id }) => id)
}

/** Of a document whose id is too long for the name of a file. */
async function readId(fs: FileSystem, path: string, kind: DocumentKind): Promise<string> {
  return parseHead((await readFirstLine(fs, path)).text, kind, path).id
}

/** Removes a document; nothing happens where there is none. */
export function removeDocument(fs: FileSystem, dir: string, stack: string, kind: DocumentKind, id: string): Promise<void> {
  return removeFile(fs, pathOf(dir, stack, kind, id))
}

interface Head {
  readonly id: string
  /** Undefined: it was written without one. */
  readonly sum: string | undefined
}

function parseHead(line: string, kind: DocumentKind, path: string): Head {
  const place = { document: kind, line: 1, from: path }
  const head = readJson(line)
  if (head?.format !== 'convergent.document' || typeof head.id !== 'string' || `${encodeName(head.id)}.txt` !== basename(path) || head.kind !== kind)
    throw formatFault(place, `its first line does not name the ${kind} that the file is named after; put the file back from a copy, or remove it and make the ${kind} anew`)
  if (head.version !== DOCUMENT_VERSION) throw formatFault(place, `it has format version ${JSON.stringify(head.version)}, this release reads up to ${DOCUMENT_VERSION}: use the release that wrote it`)
  return { id: head.id, sum: typeof head.crc32 === 'string' ? head.crc32 : undefined }
}

/** A line's object; undefined where it is no JSON. */
export function readJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return (JSON.parse(text) as Readonly<Record<string, unknown>> | null) ?? undefined
  } catch {
    return undefined
  }
}
