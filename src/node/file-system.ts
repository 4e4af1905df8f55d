import { readdirSync } from 'node:fs'
import * as promises from 'node:fs/promises'
import { StoreError } from '../core/errors.ts'

/** What the file store asks of the operating system; tests bring one that fails. */
export type FileSystem = Pick<typeof promises, 'open' | 'readFile' | 'rename' | 'link' | 'readdir' | 'mkdir' | 'unlink' | 'rmdir' | 'stat' | 'utimes'> & {
  /** Names in a folder, at once: the check of a fence must not let anything happen in between. */
  readonly namesIn: (folder: string) => readonly string[]
}

/** The file system of this machine. */
export const nodeFileSystem: FileSystem = { ...promises, namesIn: (folder) => readdirSync(folder) }

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, then run again',
  EDQUOT: 'the quota is used up: free some space, then run again',
  EIO: 'the disk reports a fault: look at it before running again',
  EACCES: 'this process may not: give it the right to read and write there, or choose another folder',
  EPERM: 'this process may not, or the file system has no hard links: choose another folder',
  EROFS: 'the file system is read-only: mount it writable, or choose another folder',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  ENOTDIR: 'a part of the path is a file, expected a folder: move it away, or choose another folder',
  EISDIR: 'it is a folder, expected a file: move it away',
  ENOTSUP: 'the file system has no hard links: choose another folder',
}

/** The code of an error of the operating system; undefined for any other error. */
export function faultCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error ? error.code : undefined
}

/** Says which file an error of the operating system is about, where it does not say so itself: calls on an open file do not. */
export function nameFault(error: unknown, path: string): unknown {
  if (faultCode(error) !== undefined) (error as NodeJS.ErrnoException).path ??= path
  return error
}

/** Turns an error of the operating system into a {@link StoreError} that names the path and what to do; others stay. */
export function describeFault(error: unknown, fallbackPath: string): unknown {
  const code = faultCode(error)
  if (code === undefined) return error
  const { path, syscall } = error as NodeJS.ErrnoException
  return new StoreError(`${path ?? fallbackPath}: ${syscall} failed with ${code}: ${ADVICE[code] ?? 'look at the folder before running again'}`, { cause: error })
}

/** Awaits something and describes its fault. */
export async function guardFault<T>(fallbackPath: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw describeFault(error, fallbackPath)
  }
}

/** The value, or undefined where there is no such file or folder. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** A path as a shell takes it, for commands in messages. */
export function quotePath(path: string): string {
  return /^[\w@%+=:,./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
