import { join } from 'node:path'
import { FormatError } from '../core/errors.ts'
import type { DocumentKind } from '../store/store.ts'
import { layoutStack } from './file-layout.ts'
import { encodeName } from './file-name.ts'
import { ifThere, type FileSystem } from './file-system.ts'
import { removeFile, replaceFile } from './file-write.ts'

/*
 * A document's file: a first line that names it, since a long id does not fit into a file name, then its text as it is. The
 * file's time of change is its place in the order.
 */

const DOCUMENT_VERSION = 1
let newestMs = 0

function pathOf(dir: string, stack: string, kind: DocumentKind, id: string): string {
  return join(layoutStack(dir, stack).documents[kind], `${encodeName(id)}.txt`)
}

/** Keeps a document; an existing one is replaced as a whole or not at all. */
export async function putDocument(fs: FileSystem, dir: string, stack: string, kind: DocumentKind, id: string, text: string): Promise<void> {
  const head = `${JSON.stringify({ format: 'convergent.document', version: DOCUMENT_VERSION, kind, id })}\n`
  // The clock of a file system ticks every few milliseconds; two documents of one process are still told apart.
  newestMs = Math.max(Date.now(), newestMs + 1)
  const at = newestMs / 1000
  await replaceFile(fs, pathOf(dir, stack, kind, id), [head, text], (temporary) => fs.utimes(temporary, at, at))
}

/** A document's text; undefined where there is none. */
export async function getDocument(fs: FileSystem, dir: string, stack: string, kind: DocumentKind, id: string): Promise<string | undefined> {
  const path = pathOf(dir, stack, kind, id)
  const content = await ifThere(fs.readFile(path, 'utf8'))
  if (content === undefined) return undefined
  parseHead(content, kind, path)
  return content.slice(content.indexOf('\n') + 1)
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
    if (stat !== undefined && content !== undefined) found.push({ id: parseHead(content, kind, path), atMs: stat.mtimeMs })
  }
  return found.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)).map(({ id }) => id)
}

/** Removes a document; nothing happens where there is none. */
export function removeDocument(fs: FileSystem, dir: string, stack: string, kind: DocumentKind, id: string): Promise<void> {
  return removeFile(fs, pathOf(dir, stack, kind, id))
}

function parseHead(content: string, kind: DocumentKind, path: string): string {
  try {
    const head = JSON.parse(content.slice(0, content.indexOf('\n'))) as { readonly format?: unknown; readonly id?: unknown; readonly version?: unknown } | null
    if (head?.format === 'convergent.document' && head.version === DOCUMENT_VERSION && typeof head.id === 'string') return head.id
  } catch {
    // Said below.
  }
  throw new FormatError(kind, `its first line does not name a document that this release reads; remove the file, or use the release that wrote it (${path})`, 1)
}
