import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { ifThere, type FileSystem } from './file-system.ts'

/** Of a file that is being written; what a crash leaves of it is pruned. */
export const TEMPORARY_PREFIX = '.writing-'

/** Makes a name in a folder durable. Windows has no such call and needs none. */
export async function syncFolder(fs: FileSystem, folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await fs.open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
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

/** Writes pieces into a new file of a temporary name and syncs it. Nothing is left of it when that fails. */
export async function writeTemporary(fs: FileSystem, folder: string, pieces: Iterable<string>): Promise<string> {
  await ensureFolder(fs, folder)
  const path = join(folder, `${TEMPORARY_PREFIX}${randomUUID()}`)
  const handle = await fs.open(path, 'wx', 0o600)
  try {
    let buffered = ''
    for (const piece of pieces) {
      buffered += piece
      if (buffered.length < 1 << 16) continue
      await handle.writeFile(buffered)
      buffered = ''
    }
    if (buffered !== '') await handle.writeFile(buffered)
    await handle.sync()
  } catch (error) {
    await handle.close().catch(() => undefined)
    await fs.unlink(path).catch(() => undefined)
    throw error
  }
  await handle.close()
  return path
}

/** Replaces a file as a whole or not at all; durable when it resolves. `beforeRename` may still refuse. */
export async function replaceFile(fs: FileSystem, path: string, pieces: Iterable<string>, beforeRename: (temporary: string) => void | Promise<void> = () => undefined): Promise<void> {
  const temporary = await writeTemporary(fs, dirname(path), pieces)
  try {
    await beforeRename(temporary)
    await fs.rename(temporary, path)
  } catch (error) {
    await fs.unlink(temporary).catch(() => undefined)
    throw error
  }
  await syncFolder(fs, dirname(path))
}

/** Removes a file; nothing happens where there is none. */
export async function removeFile(fs: FileSystem, path: string): Promise<void> {
  await ifThere(fs.unlink(path))
}
