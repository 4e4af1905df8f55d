import type { FileHandle } from 'node:fs/promises'
import { nodeFileSystem, type FileSystem } from '../../src/node/file-system.ts'
import type { DiskMoment } from './messages.ts'

/** A file system in which the process dies at a chosen call, once it is armed. */
export interface DyingFileSystem extends FileSystem {
  /** Begins to count. */
  readonly arm: () => void
}

/** Lets this process kill or stop itself at a call to the file system: before it, after it, or with half of a write done. */
export function dyingFileSystem(moment: DiskMoment | undefined, onStop: () => void): DyingFileSystem {
  let isArmed = false
  let left = moment?.after ?? 0
  const isNow = (): boolean => isArmed && moment !== undefined && --left === 0
  // Nothing of this process runs after the signal, or not before another process lets it go on: then it is not stopped again.
  let isSpent = false
  const die = (): void => {
    if (isSpent) return
    isSpent = true
    if (moment?.signal === 'SIGSTOP') onStop()
    process.kill(process.pid, moment?.signal)
  }
  const wrap = <A extends readonly unknown[], T>(call: (...given: A) => Promise<T>): ((...given: A) => Promise<T>) => async (...given) => {
    const now = isNow()
    if (now && moment?.point !== 'after') die()
    const result = await call(...given)
    if (now) die()
    return result
  }
  const wrapHandle = (handle: FileHandle): FileHandle => {
    const write = async (bytes: Uint8Array, from = 0, _length?: number, position?: number): Promise<{ readonly bytesWritten: number }> => {
      const now = isNow()
      if (now && moment?.point === 'before') die()
      const half = now && moment?.point === 'torn' ? from + Math.floor((bytes.length - from) / 2) : bytes.length
      const { bytesWritten } = await handle.write(bytes, from, half - from, position)
      if (now) die()
      return { bytesWritten }
    }
    const writeAll = async (text: string): Promise<void> => {
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; ) at += (await write(bytes, at)).bytesWritten
    }
    const replaced: Readonly<Record<string, unknown>> = {
      write,
      appendFile: writeAll,
      writeFile: writeAll,
      datasync: wrap(() => handle.datasync()),
      sync: wrap(() => handle.sync()),
    }
    return new Proxy(handle, {
      get: (target, name) => {
        const own = replaced[String(name)]
        if (own !== undefined) return own
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value
      },
    })
  }
  return {
    ...nodeFileSystem,
    open: wrap(async (...given: Parameters<FileSystem['open']>) => wrapHandle(await nodeFileSystem.open(...given))),
    rename: wrap(nodeFileSystem.rename),
    link: wrap(nodeFileSystem.link),
    unlink: wrap(nodeFileSystem.unlink),
    arm: () => void (isArmed = true),
  }
}
