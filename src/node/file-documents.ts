import { basename, join } from 'node:path'
import { crc32, formatChecksum } from '../format/checksum.ts'
import { formatFault } from '../format/line.ts'
import type { DocumentKind } from '../store/store.ts'
import { layoutStack } from './file-layout.ts'
import { decodeName, encodeName } from './file-name.ts'
import { ifThere, type FileSystem } from './file-system.ts'
import { removeFile, replaceFile } from './file-write.ts'

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
export async function putDocument(fs: FileSystem, dir: string, stack: string, kind: DocumentKind, id: string, text: string): Promise<void> {
  const head = formatHead(kind, id, formatChecksum(crc32(text)))
  // The clock of a file system ticks every few milliseconds; two documents of one process are still told apart.
  newestMs = Math.max(Date.now(), newestMs + 1)
  const at = newestMs / 1000
  await replaceFile(fs, pathOf(dir, stack, kind, id), [head, text], (temporary) => fs.utimes(temporary, at, at))
}

/** The first line of a document's file. */
export function formatHead(kind: DocumentKind, id: string, sum: string): string {
  return `${JSON.stringify({ format: 'convergent.document', version: DOCUMENT_VERSION, kind, id, crc32: sum })}\n`
}

/** A document's text; undefined where there is none. */
export function getDocument(fs: FileSystem, dir: string, stack: string, kind: DocumentKind, id: string): Promise<string | undefined> {
  return readDocument(fs, pathOf(dir, stack, kind, id), kind)
}

/** The text in a document's file; undefined where it is gone. */
export async function readDocument(fs: FileSystem, path: string, kind: DocumentKind): Promise<string | undefined> {
  const content = await ifThere(fs.readFile(path, 'utf8'))
  if (content === undefined) return undefined
  const { sum } = parseHead(content, kind, path)
  const text = content.slice(content.indexOf('\n') + 1)
  if (sum !== undefined && sum !== formatChecksum(crc32(text)))
    throw formatFault({ document: kind, line: 2, from: path }, 'the lines from here on are damaged: their checksum does not match; put the file back from a copy, or remove it and make the document anew')
  return text
}

/** The ids of the documents of a kind, oldest first. */
export async function listDocuments(fs: FileSystem, dir: string, stack: string, kind: DocumentKind): Promise<readonly string[]> {
  const folder = layoutStack(dir, stack).documents[kind]
  const found: { readonly id: string; readonly atMs: number }[] = []
  for (const name of (await ifThere(fs.readdir(folder))) ?? []) {
    if (!name.endsWith('.txt')) continue
    const path = join(folder, name)
    const stat = await ifThere(fs.stat(path))
    const content = await ifThere(fs.readFile(path, 'utf8'))
    if (stat !== undefined && content !== undefined) found.push({ id: decodeName(name.slice(0, -4)) ?? parseHead(content, kind, path).id, atMs: stat.mtimeMs })
  }
  return found.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)).map(({ id }) => id)
}

/** Removes a document; nothing happens where there is none. */
export function removeDocument(fs: FileSystem, dir: string, stack: string, kind: DocumentKind, id: string): Promise<void> {
  return removeFile(fs, pathOf(dir, stack, kind, id))
}

function parseHead(content: string, kind: DocumentKind, path: string): { readonly id: string; readonly sum: string | undefined } {
  const place = { document: kind, line: 1, from: path }
  const head = readJson(content.slice(0, content.indexOf('\n')))
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
