import type { FileHandle } from 'node:fs/promises'
import { nodeFileSystem, type FileSystem } from '../../src/node/file-system.ts'

/** What happens at the n-th operation, and with `stays` at each later one too. `short`: a write takes only half of what it is given, and says so. */
export interface DiskFault {
  readonly at: number
  readonly code: 'ENOSPC' | 'EIO' | 'EROFS' | 'short'
  readonly stays?: boolean
}

/** The real file system, with a script of faults. */
export interface FaultyFiles {
  readonly fileSystem: FileSystem
  /** Each operation so far, for people. */
  readonly operations: readonly string[]
  /** The operations that failed. */
  readonly failed: readonly string[]
}

const IN_FILE = ['read', 'write', 'sync', 'datasync', 'truncate', 'stat', 'close'] as const
const OF_FOLDER = ['open', 'readFile', 'rename', 'link', 'readdir', 'mkdir', 'unlink', 'stat', 'utimes'] as const
/** What a full disk, or one that is read-only, refuses. */
const TAKES_SPACE = /^(write|sync|datasync|rename|link|mkdir|open\+)/
const CHANGES = /^(write|sync|datasync|rename|link|mkdir|open\+|unlink|utimes|truncate)/

/** True for an operation that can fail that way. */
export function concerns(code: DiskFault['code'], operation: string): boolean {
  if (code === 'short') return operation.startsWith('write')
  return code === 'EIO' || (code === 'ENOSPC' ? TAKES_SPACE : CHANGES).test(operation)
}

/** Makes a file system that fails as it is told. A write that fails has written half; a close that fails has closed. */
export function createFaultyFiles(fault?: DiskFault): FaultyFiles {
  const operations: string[] = []
  const failed: string[] = []
  /** The code of the fault that this operation suffers. */
  const suffer = (operation: string): DiskFault['code'] | undefined => {
    operations.push(operation)
    if (fault === undefined || (fault.stays === true ? operations.length < fault.at : operations.length !== fault.at)) return undefined
    if (!concerns(fault.code, operation)) return undefined
    failed.push(operation)
    return fault.code
  }
  const refuse = (code: string, syscall: string, path?: unknown): Error => Object.assign(new Error(`${code}: injected, ${syscall}`), { code, syscall, ...(path !== undefined && { path }) })
  const watch = (handle: FileHandle, path: string): FileHandle =>
    new Proxy(handle, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, target)
        if (typeof member !== 'function') return member
        const call = member.bind(target) as (...given: readonly unknown[]) => Promise<unknown>
        if (!IN_FILE.includes(key as (typeof IN_FILE)[number])) return call
        return async (...given: readonly unknown[]) => {
          const code = suffer(`${String(key)} ${path}`)
          if (code === undefined) return call(...given)
          if (key === 'close') await call()
          if (key === 'write') {
            const [bytes, offset = 0, , position] = given as [Buffer, number?, number?, number?]
            const half = Math.floor((bytes.length - offset) / 2)
            if (half > 0) await target.write(bytes, offset, half, position)
            if (code === 'short' && half > 0) return { bytesWritten: half, buffer: bytes }
            if (code === 'short') return call(...given)
          }
          throw refuse(code, String(key))
        }
      },
    })
  const calls = OF_FOLDER.map((name) => [
    name,
    async (...given: readonly unknown[]) => {
      const writes = name === 'open' && given[1] !== 'r'
      const code = suffer(`${name}${writes ? '+' : ''} ${String(given[0])}`)
      if (code !== undefined) throw refuse(code, name, given[0])
      const result: unknown = await (nodeFileSystem[name] as (...all: readonly unknown[]) => Promise<unknown>)(...given)
      return name === 'open' ? watch(result as FileHandle, String(given[0])) : result
    },
  ])
  const namesIn = (folder: string): readonly string[] => {
    const code = suffer(`namesIn ${folder}`)
    if (code !== undefined) throw refuse(code, 'scandir', folder)
    return nodeFileSystem.namesIn(folder)
  }
  return { fileSystem: { ...nodeFileSystem, ...(Object.fromEntries(calls) as Partial<FileSystem>), namesIn }, operations, failed }
}
