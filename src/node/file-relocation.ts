import { dirname, join } from 'node:path'
import { FormatError } from '../core/errors.ts'
import { crc32, formatChecksum } from '../format/checksum.ts'
import { formatFault } from '../format/line.ts'
import type { Finding } from '../store/finding.ts'
import type { Lease, Relocation } from '../store/store.ts'
import { readJson } from './file-documents.ts'
import { checkFence } from './file-lease.ts'
import { layoutStack } from './file-layout.ts'
import { remedyRelocation } from './file-remedy.ts'
import { ifThere, type FileSystem } from './file-system.ts'
import { removeFile, replaceFile, syncFolder } from './file-write.ts'

/*
 * A first line with the checksum of the second one, which says where the stack is. What is wrong with either is told: a
 * stack that is somewhere else must not be taken for one that is here, nor the other way around.
 */

const RELOCATION_VERSION = 1

function pathOf(dir: string, stack: string): string {
  return join(layoutStack(dir, stack).folder, 'relocation.json')
}

/** The first line of the file. */
function formatRelocationHead(sum: string): string {
  return `${JSON.stringify({ format: 'convergent.relocation', version: RELOCATION_VERSION, crc32: sum })}\n`
}

function formatRelocation({ kind, store }: Relocation): string {
  const text = `${JSON.stringify({ kind, store })}\n`
  return `${formatRelocationHead(formatChecksum(crc32(text)))}${text}`
}

/** Why a stack cannot be used here; undefined: it can. */
export async function readRelocation(fs: FileSystem, dir: string, stack: string): Promise<Relocation | undefined> {
  const path = pathOf(dir, stack)
  const content = await ifThere(fs.readFile(path, 'utf8'))
  return content === undefined ? undefined : parseRelocation(content, path)
}

function parseRelocation(content: string, path: string): Relocation {
  const place = { document: 'relocation', line: 1, from: path }
  const [head, text] = content.split('\n').map((line) => readJson(line))
  if (head?.format === 'convergent.relocation' && typeof head.version === 'number' && head.version > RELOCATION_VERSION)
    throw formatFault(place, `it has format version ${head.version}, this release reads up to ${RELOCATION_VERSION}: use the release that wrote it`)
  const { kind, store } = text ?? {}
  // Written anew it is the same, to the byte, or it is not as it was written.
  const relocation: Relocation | undefined = (kind === 'arriving' || kind === 'gone') && typeof store === 'string' ? { kind, store } : undefined
  if (relocation !== undefined && formatRelocation(relocation) === content) return relocation
  throw formatFault(place, 'it is damaged, and does not say any more in which store the stack is: doctor tells how to mend it; else look for the stack in the other stores, and remove the file if it is in none of them')
}

/** What is wrong with the file that says where the stack is, and what to do about it; undefined: nothing. */
export async function examineRelocation(fs: FileSystem, dir: string, stack: string): Promise<Omit<Finding, 'level'> | undefined> {
  const path = pathOf(dir, stack)
  const bytes = await ifThere(fs.readFile(path))
  if (bytes === undefined) return undefined
  try {
    parseRelocation(bytes.toString('utf8'), path)
    return undefined
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return { subject: 'where the stack is', problem: error.message, remedy: remedyRelocation(path, bytes, formatRelocationHead) }
  }
}

/** Notes that the stack cannot be used here, or that it can. */
export async function relocateStack(fs: FileSystem, dir: string, lease: Lease, relocation: Relocation | undefined): Promise<void> {
  const path = pathOf(dir, lease.stack)
  const { lease: folder } = layoutStack(dir, lease.stack)
  checkFence(fs, folder, lease)
  if (relocation !== undefined) return replaceFile(fs, path, [formatRelocation(relocation)], () => checkFence(fs, folder, lease))
  await removeFile(fs, path)
  await syncFolder(fs, dirname(path))
}

/** Removes all that is kept of a stack but for its claims and its relocation. */
export async function clearStack(fs: FileSystem, dir: string, lease: Lease): Promise<void> {
  const { lease: folder, state, runs, links, backups, documents } = layoutStack(dir, lease.stack)
  checkFence(fs, folder, lease)
  // The second names go first: what has only its first one is not missed.
  for (const emptied of [links, runs, ...Object.values(documents), backups]) {
    const names = await ifThere(fs.readdir(emptied))
    for (const name of names ?? []) await removeFile(fs, join(emptied, name))
    if (names !== undefined) await syncFolder(fs, emptied)
  }
  await removeFile(fs, state)
  await syncFolder(fs, dirname(state))
}
