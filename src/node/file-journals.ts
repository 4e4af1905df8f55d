import { join } from 'node:path'
import type { Entry } from '../core/entry.ts'
import { formatEntry, formatJournalHead } from '../format/journal.ts'
import type { Lease, RunInfo } from '../store/store.ts'
import { checkFence } from './file-lease.ts'
import { layoutStack, listJournals, nameJournal, type JournalFile } from './file-layout.ts'
import { encodeName } from './file-name.ts'
import { ifThere, type FileSystem } from './file-system.ts'
import { withFile } from './file-write.ts'
import { countFiles, describeGone, readJournalFile, readEnd, type CountedFile } from './journal-reader.ts'
import { JournalWriter } from './journal-writer.ts'

/** What was there when this process claimed a stack. */
interface Cut {
  readonly fence: number
  readonly bytesByName: ReadonlyMap<string, number>
}

/** The journals of a file store: one file per run and fence. */
export class FileJournals {
  readonly #fs: FileSystem
  readonly #dir: string
  readonly #cuts = new Map<string, Cut>()
  /** By stack, then by run. */
  readonly #writers = new Map<string, Map<string, { readonly fence: number; readonly writer: JournalWriter }>>()

  constructor(fs: FileSystem, dir: string) {
    this.#fs = fs
    this.#dir = dir
  }

  /** The highest fence that a stack's journals know of: a claim that is lost must not let the fence go back. */
  async highestFence(stack: string): Promise<number> {
    const { runs, links } = layoutStack(this.#dir, stack)
    const names = [...(await this.#names(runs)), ...(await this.#names(links))]
    return Math.max(0, ...listJournals(names).map(({ fence }) => fence))
  }

  /** Fixes how much of every earlier fence's file counts. To be called right after a claim, before anything is read. */
  async cut(lease: Lease): Promise<void> {
    const { runs } = layoutStack(this.#dir, lease.stack)
    const bytesByName = new Map<string, number>()
    const files = listJournals(await this.#names(runs))
    const newest = Math.max(0, ...files.map(({ fence }) => fence))
    for (const { name, fence } of files) {
      // A holder that died between a write and its sync left what can be read and is not durable yet.
      if (fence === newest) await ifThere(withFile(this.#fs, join(runs, name), 'r+', (handle) => handle.datasync()))
      const stat = await ifThere(this.#fs.stat(join(runs, name)))
      if (stat !== undefined) bytesByName.set(name, stat.size)
    }
    this.#cuts.set(lease.stack, { fence: lease.fence, bytesByName })
  }

  append(lease: Lease, run: string, entries: readonly Entry[]): Promise<void> {
    let text = ''
    for (const entry of entries) text += formatEntry(entry)
    if (text === '') return Promise.resolve()
    return this.#writer(lease, run).append(text)
  }

  /** Waits for what is being appended under a lease, and closes its files. */
  async close(lease: Lease): Promise<void> {
    const writers = this.#writers.get(lease.stack)
    if (writers === undefined) return
    for (const [run, { fence, writer }] of writers) {
      if (fence !== lease.fence) continue
      writers.delete(run)
      await writer.close()
    }
  }

  async *entries(stack: string, run: string, onTorn?: (detail: string) => void): AsyncGenerator<Entry, void, undefined> {
    const encoded = encodeName(run)
    const files = (await this.#files(stack)).filter(({ encodedRun }) => encodedRun === encoded)
    for (const file of await this.#count(stack, files)) yield* readJournalFile(this.#fs, file, onTorn)
  }

  /** The runs of a stack, oldest first, each with its files. */
  async list(stack: string): Promise<readonly { readonly info: RunInfo; readonly files: readonly JournalFile[] }[]> {
    const byRun = new Map<string, JournalFile[]>()
    for (const file of await this.#files(stack)) {
      const known = byRun.get(file.encodedRun)
      if (known === undefined) byRun.set(file.encodedRun, [file])
      else known.push(file)
    }
    const found: { readonly info: RunInfo; readonly files: readonly JournalFile[] }[] = []
    for (const files of byRun.values()) {
      const info = await this.#describe(stack, await this.#count(stack, files))
      if (info !== undefined) found.push({ info, files })
    }
    const order = (a: (typeof found)[number], b: (typeof found)[number]): number =>
      (a.files[0]?.fence ?? 0) - (b.files[0]?.fence ?? 0) || compare(a.info.startedAt, b.info.startedAt) || compare(a.info.id, b.info.id)
    return found.sort(order)
  }

  /** Undefined: nothing was ever recorded. */
  async #describe(stack: string, files: readonly CountedFile[]): Promise<RunInfo | undefined> {
    const id = files[0]?.head.run
    let first: Entry | undefined
    for (const file of files) {
      for await (const entry of readJournalFile(this.#fs, file)) {
        first = entry
        break
      }
      if (first !== undefined) break
    }
    if (id === undefined || first === undefined) return undefined
    const start = first.kind === 'run-started' ? first : undefined
    return { id, stack, plan: start?.plan ?? '', startedAt: first.at, ended: await this.#isEnded(files) }
  }

  async #isEnded(files: readonly CountedFile[]): Promise<boolean> {
    const newest = files.at(-1)
    const last = newest === undefined ? undefined : await readEnd(this.#fs, newest)
    if (last?.kind === 'run-ended') return !last.open
    let isEnded = false
    for (const file of files)
      for await (const entry of readJournalFile(this.#fs, file)) {
        if (entry.kind === 'run-ended') isEnded = !entry.open
        else if (entry.kind === 'run-resumed') isEnded = false
      }
    return isEnded
  }

  /** The journal files of a stack. Throws `format` for one that is gone and still has its second name. */
  async #files(stack: string): Promise<readonly JournalFile[]> {
    const { runs, links } = layoutStack(this.#dir, stack)
    const names = new Set(await this.#names(runs))
    for (const { name } of listJournals(await this.#names(links))) {
      if (names.has(name)) continue
      // A journal is made before its second name and removed after it: gone, and yet linked before and after, it was lost.
      const isThere = async (folder: string): Promise<boolean> => (await ifThere(this.#fs.stat(join(folder, name)))) !== undefined
      if ((await isThere(runs)) || !(await isThere(links)) || (await isThere(runs))) continue
      throw describeGone(join(runs, name), join(links, name))
    }
    return listJournals([...names])
  }

  async #names(folder: string): Promise<readonly string[]> {
    return (await ifThere(this.#fs.readdir(folder))) ?? []
  }

  #count(stack: string, files: readonly JournalFile[]): Promise<readonly CountedFile[]> {
    const cut = this.#cuts.get(stack)
    const fences = new Map(files.map(({ name, fence }) => [name, fence]))
    // A claim that is not this store's newest says nothing of files that came after it.
    return countFiles(this.#fs, layoutStack(this.#dir, stack).runs, files, (name) =>
      cut !== undefined && (fences.get(name) ?? Infinity) < cut.fence ? (cut.bytesByName.get(name) ?? 0) : undefined,
    )
  }

  #writer(lease: Lease, run: string): JournalWriter {
    let writers = this.#writers.get(lease.stack)
    if (writers === undefined) this.#writers.set(lease.stack, (writers = new Map()))
    const known = writers.get(run)
    if (known?.fence === lease.fence) return known.writer
    void known?.writer.close().catch(() => undefined)
    const { runs, links, lease: folder } = layoutStack(this.#dir, lease.stack)
    const writer = new JournalWriter({
      fs: this.#fs,
      path: join(runs, nameJournal(run, lease.fence)),
      link: join(links, nameJournal(run, lease.fence)),
      makeHead: () => this.#makeHead(lease, run, runs),
      checkLease: () => checkFence(this.#fs, folder, lease),
    })
    writers.set(run, { fence: lease.fence, writer })
    return writer
  }

  async #makeHead(lease: Lease, run: string, runs: string): Promise<string> {
    const encoded = encodeName(run)
    const cut = this.#cuts.get(lease.stack)
    const earlier: { readonly fence: number; readonly bytes: number }[] = []
    for (const { name, encodedRun, fence } of listJournals(await this.#names(runs))) {
      if (encodedRun !== encoded || fence >= lease.fence) continue
      const bytes = cut?.fence === lease.fence ? (cut.bytesByName.get(name) ?? 0) : (await this.#fs.stat(join(runs, name))).size
      earlier.push({ fence, bytes })
    }
    return formatJournalHead({ stack: lease.stack, run, fence: lease.fence, earlier })
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
