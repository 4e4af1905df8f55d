import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { FileHandle } from 'node:fs/promises'
import { joinPieces } from '../store/pieces.ts'
import { ifThere, nameFault, type FileSystem } from './file-system.ts'

/** Of a file that is being written; what a crash leaves of it is pruned. */
export const TEMPORARY_PREFIX = '.writing-'

/** Makes a name in a folder durable. Windows has no such call and needs none. */
export async function syncFolder(fs: FileSystem, folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await withFile(fs, folder, 'r', (handle) => handle.sync())
}

/** Opens a file, works on it and closes it. An error says which file it is about; that of the work outranks that of the closing. */
export async function withFile<T>(fs: FileSystem, path: string, flags: string | number, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await fs.open(path, flags, 0o600)
  try {
    const result = await work(handle)
    await handle.close()
    return result
  } catch (error) {
    await handle.close().catch(() => undefined)
    throw nameFault(error, path)
  }
}

/** Writes all of a text at the end, or over what is there from `position` on: a system may take less than it is given at a time. Gives the number of bytes. */
export async function writeWhole(handle: FileHandle, text: string, position?: number): Promise<number> {
  const bytes = Buffer.from(text, 'utf8')
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await (position === undefined ? handle.write(bytes, at) : handle.write(bytes, at, bytes.length - at, position + at))
    if (bytesWritten === 0) throw Object.assign(new Error('ENOSPC: nothing was written'), { code: 'ENOSPC', syscall: 'write' })
    at += bytesWritten
  }
  return bytes.length
}

/** Makes a folder and those above it, durably, for this user only. */
export async function ensureFolder(fs: FileSystem, folder: string): Promise<void> {
  const first = await fs.mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = folder; ; made = dirname(made)) {
    await syncFolder(fs, dirname(made))
    if (made === first || made === dirname(made)) return
  }
}

/** Amends what is written before it is synced, or refuses it. */
type BeforeSync = (handle: FileHandle) => void | Promise<void>

/** Writes pieces into a new file of a temporary name and syncs it. Nothing is left of it when that fails. */
export async function writeTemporary(fs: FileSystem, folder: string, pieces: Iterable<string> | AsyncIterable<string>, beforeSync: BeforeSync = () => undefined): Promise<string> {
  await ensureFolder(fs, folder)
  const path = join(folder, `${TEMPORARY_PREFIX}${randomUUID()}`)
  try {
    await withFile(fs, path, 'wx', async (handle) => {
      let buffered = ''
      // A step of an asynchronous loop costs more than a short line.
      for await (const piece of Symbol.iterator in pieces ? joinPieces(pieces) : pieces) {
        buffered += piece
        if (buffered.length < 1 << 16) continue
        await writeWhole(handle, buffered)
        buffered = ''
      }
      await writeWhole(handle, buffered)
      await beforeSync(handle)
      await handle.sync()
    })
  } catch (error) {
    await fs.unlink(path).catch(() => undefined)
    throw error
  }
  return path
}

/** Replaces a file as a whole or not at all; durable when it resolves. `beforeRename` may still refuse. */
export async function replaceFile(fs: FileSystem, path: string, pieces: Iterable<string> | AsyncIterable<string>, beforeRename: (temporary: string) => void | Promise<void> = () => undefined, beforeSync?: BeforeSync): Promise<void> {
  const temporary = await writeTemporary(fs, dirname(path), pieces, beforeSync)
  try {
    await beforeRename(temporary)
    await fs.rename(temporary, path)
  } catch (error) {
    await fs.unlink(temporary).catch(() => undefined)
    throw error
  }
  await syncFolder(fs, dirname(path))
}

/**
 * Takes away what is written in a folder and has no name of its own yet. A new holder of a stack does so right after its claim,
 * before it reads anything: one that was overtaken between its last look at its lease and the naming names nothing any more.
 */
export async function dropUnnamed(fs: FileSystem, folder: string): Promise<void> {
  for (const name of (await ifThere(fs.readdir(folder))) ?? []) if (name.startsWith(TEMPORARY_PREFIX)) await removeFile(fs, join(folder, name))
}

/** Removes a file; nothing happens where there is none. */
export async function removeFile(fs: FileSystem, path: string): Promise<void> {
  await ifThere(fs.unlink(path))
}
