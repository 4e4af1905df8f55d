import { StoreError } from '../core/errors.ts'
import { describeFault, type FileSystem } from './file-system.ts'
import { ensureFolder, syncFolder } from './file-write.ts'
import { dirname } from 'node:path'
import type { FileHandle } from 'node:fs/promises'

/** What a writer needs to know of its file. */
export interface JournalWriterOptions {
  readonly fs: FileSystem
  readonly path: string
  /** The first line, made when the file is. */
  readonly makeHead: () => Promise<string>
  /** Throws when the lease is lost; called right before each group is written and once it is. */
  readonly checkLease: () => void
}

interface Waiting {
  readonly text: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Appends to one journal file. What arrives while a group is written and synced becomes the next group: one write and one
 * `fdatasync` for all of it. After a failed write or sync nobody knows what is on the disk, so nothing more is appended.
 */
export class JournalWriter {
  readonly #options: JournalWriterOptions
  #waiting: Waiting[] = []
  #handle: FileHandle | undefined
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
    await handle?.close()
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
    if (this.#handle === undefined) text = await this.#open()
    for (const waiting of group) text += waiting.text
    const handle = this.#handle as unknown as FileHandle
    await handle.appendFile(text)
    await handle.datasync()
    // A successor counts what was there when it claimed: what was written after that is lost, and must not count as durable.
    this.#options.checkLease()
  }

  /** Opens the file; gives the first line where the file is new. */
  async #open(): Promise<string> {
    const { fs, path, makeHead } = this.#options
    await ensureFolder(fs, dirname(path))
    const head = await makeHead()
    try {
      this.#handle = await fs.open(path, 'ax', 0o600)
      await syncFolder(fs, dirname(path))
      return head
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (!(await endsWhole(fs, path))) throw new StoreError(`${path}: its last line is not whole, so an earlier append failed; release the stack and claim it again`)
    this.#handle = await fs.open(path, 'a', 0o600)
    return ''
  }

  #refuse(error: unknown, group: readonly Waiting[]): void {
    const { path } = this.#options
    const described = describeFault(error, path)
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

async function endsWhole(fs: FileSystem, path: string): Promise<boolean> {
  const handle = await fs.open(path, 'r')
  try {
    const { size } = await handle.stat()
    if (size === 0) return false
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
    return buffer[0] === 0x0a
  } finally {
    await handle.close()
  }
}
