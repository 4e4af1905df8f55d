import { StoreError } from '../core/errors.ts'
import { describeFault, ifThere, nameFault, type FileSystem } from './file-system.ts'
import { removeFile, syncFolder, ensureFolder, withFile, writeTemporary, writeWhole } from './file-write.ts'
import { dirname } from 'node:path'
import type { FileHandle } from 'node:fs/promises'

/** What a writer needs to know of its file. */
export interface JournalWriterOptions {
  readonly fs: FileSystem
  readonly path: string
  /** The file's second name. */
  readonly link: string
  /** The first line, made when the file is. */
  readonly makeHead: () => Promise<string>
  /** Throws when the lease is lost; called right before each group is written and once it is, and before the file gets its name. */
  readonly checkLease: () => void
}

interface Waiting {
  readonly text: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Appends to one journal file. What arrives while a group is written and synced becomes the next group: one write and one
 * `fdatasync` for all of it. After a failed write or sync nobody knows what is on the disk, and a later sync that succeeds
 * says nothing of it: what is not known to be durable is cut off again, and nothing more is appended.
 */
export class JournalWriter {
  readonly #options: JournalWriterOptions
  #waiting: Waiting[] = []
  #handle: FileHandle | undefined
  /** So many bytes are durable. */
  #durable = 0
  #writing: Promise<void> | undefined
  #refusal: unknown

  constructor(options: JournalWriterOptions) {
    this.#options = options
  }

  /** Resolves when the text is durable. */
  append(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#refusal !== undefined) return reject(this.#refusal as Error)
      this.#waiting.push({ text, resolve, reject })
      this.#writing ??= this.#writeGroups()
    })
  }

  /** Waits for what was appended, and closes the file. A later append opens it again. */
  async close(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
    const handle = this.#handle
    this.#handle = undefined
    // What was appended is durable already.
    await handle?.close().catch(() => undefined)
  }

  async #writeGroups(): Promise<void> {
    // Appends of the same task share the first group.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      try {
        await this.#writeGroup(group)
        for (const { resolve } of group) resolve()
      } catch (error) {
        this.#refuse(error, group)
      }
    }
    this.#writing = undefined
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal
    this.#options.checkLease()
    let text = ''
    for (const waiting of group) text += waiting.text
    this.#handle ??= await this.#open()
    if (this.#handle === undefined) await this.#create(text)
    else await this.#extend(this.#handle, text)
    // A successor counts what was there when it claimed: what was written after that is lost, and must not count as durable.
    this.#options.checkLease()
  }

  /** Opens the file; undefined where there is none. */
  async #open(): Promise<FileHandle | undefined> {
    const { fs, path } = this.#options
    const end = await ifThere(readEndOf(fs, path))
    if (end === undefined) return undefined
    if (!end.isWhole) throw new StoreError(`${path}: its last line is not whole, so an earlier append failed; release the stack and claim it again`)
    this.#durable = end.bytes
    return fs.open(path, 'a', 0o600)
  }

  async #extend(handle: FileHandle, text: string): Promise<void> {
    try {
      const bytes = await writeWhole(handle, text)
      await handle.datasync()
      this.#durable += bytes
    } catch (error) {
      await this.#cutOff(handle)
      throw error
    }
  }

  /**
   * The file gets its name when its first lines are durable, so a journal without one is damage. A successor takes away what has
   * no name yet, so a run that it does not know of cannot begin after its claim.
   */
  async #create(text: string): Promise<void> {
    const { fs, path, link, makeHead, checkLease } = this.#options
    const temporary = await writeTemporary(fs, dirname(path), [await makeHead(), text])
    try {
      checkLease()
      await fs.link(temporary, path)
      await ensureFolder(fs, dirname(link))
      await fs.rename(temporary, link)
    } catch (error) {
      await removeFile(fs, temporary).catch(() => undefined)
      checkLease()
      throw error
    }
    await syncFolder(fs, dirname(path))
    await syncFolder(fs, dirname(link))
  }

  /** Whoever goes on with the run must not rely on what is in memory and may never get to the disk. */
  async #cutOff(handle: FileHandle): Promise<void> {
    try {
      // A successor may have counted it already; what it counts must stay.
      this.#options.checkLease()
      await handle.truncate(this.#durable)
      await handle.datasync()
    } catch {
      // The fault is told as it is; on a disk that takes nothing more, nothing more can be done.
    }
  }

  #refuse(error: unknown, group: readonly Waiting[]): void {
    const { path } = this.#options
    const described = describeFault(nameFault(error, path), path)
    if (this.#refusal === undefined) {
      this.#refusal =
        described === error
          ? error
          : new StoreError(`${path}: an earlier append failed, so nobody knows what is on the disk; claim the stack again before going on`, { cause: error })
      const handle = this.#handle
      this.#handle = undefined
      handle?.close().catch(() => undefined)
    }
    for (const { reject } of group) reject(described)
  }
}

async function readEndOf(fs: FileSystem, path: string): Promise<{ readonly bytes: number; readonly isWhole: boolean }> {
  return withFile(fs, path, 'r', async (handle) => {
    const { size } = await handle.stat()
    if (size === 0) return { bytes: 0, isWhole: false }
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
    return { bytes: size, isWhole: buffer[0] === 0x0a }
  })
}
