import { resolve } from 'node:path'
import { cutText } from '../store/pieces.ts'
import { refuseRelocated } from '../store/relocation.ts'
import type { Store } from '../store/store.ts'
import { getDocument, getDocumentPieces, listDocuments, putDocument, removeDocument } from './file-documents.ts'
import { examineFiles } from './file-examination.ts'
import { FileJournals } from './file-journals.ts'
import { claimLease, readHolding, releaseLease, renewLease } from './file-lease.ts'
import { layoutStack } from './file-layout.ts'
import { pruneStack } from './file-prune.ts'
import { clearStack, readRelocation, relocateStack } from './file-relocation.ts'
import { backupState, commitState, loadState } from './file-snapshot.ts'
import { guardFault, nodeFileSystem, type FileSystem } from './file-system.ts'
import { dropUnnamed } from './file-write.ts'

/** How a file store works. */
export interface FileStoreOptions {
  /** The calls to the operating system, for tests that let one fail. Default: this machine's. */
  readonly fileSystem?: FileSystem
}

/**
 * A store in a folder of this machine, safe for several processes: append-only journals that are synced before an append
 * resolves, snapshots of the state, one lease per stack. Folders are made when they are first needed, for this user only.
 *
 * A stack whose holder died without releasing it is free again at once where that is proven: same machine, and the process
 * is gone. Of any other holder only its silence tells.
 *
 * The present state is kept twice, and each journal has a second name, so that what is removed or damaged can be put back;
 * `examineStack` tells how, file by file. The folder must be on a file system with hard links; a network share is no place for it.
 *
 * Throws `store` with path and remedy when the operating system refuses, `format` with file and line when a file is damaged.
 *
 * @param dir - The folder; relative to the working directory of now.
 *
 * @example
 * ```ts
 * import { fileStore } from 'convergent/node'
 *
 * const store = fileStore('.state')
 * store.capabilities // => { durable: true, shared: true }
 * ```
 */
export function fileStore(dir: string, options: FileStoreOptions = {}): Store {
  const root = resolve(dir)
  const fs = options.fileSystem ?? nodeFileSystem
  const journals = new FileJournals(fs, root)
  const guard = <T>(work: () => Promise<T>): Promise<T> => guardFault(root, work)

  return {
    name: `file:${root}`,
    capabilities: { durable: true, shared: true },
    load: (stack) => guard(() => loadState(fs, root, stack)),
    commit: (state, { expectedSerial, lease }) => guard(() => commitState(fs, root, state, expectedSerial, lease)),
    claim: (stack, holder, claim) =>
      guard(async () => {
        const layout = layoutStack(root, stack)
        const lease = await claimLease(fs, layout.lease, stack, holder, await journals.highestFence(stack), claim)
        try {
          for (const folder of [layout.folder, layout.runs]) await dropUnnamed(fs, folder)
          await journals.cut(lease)
          const relocation = await readRelocation(fs, root, stack)
          if (relocation === undefined) return lease
          if (claim?.relocating !== true) throw refuseRelocated(stack, `file:${root}`, relocation)
          return { ...lease, relocation }
        } catch (error) {
          await releaseLease(fs, layout.lease, lease).catch(() => undefined)
          throw error
        }
      }),
    renew: (lease) => guard(() => renewLease(fs, layoutStack(root, lease.stack).lease, lease)),
    holding: (stack) => guard(() => readHolding(fs, layoutStack(root, stack).lease)),
    release: (lease) =>
      guard(async () => {
        await journals.close(lease)
        await releaseLease(fs, layoutStack(root, lease.stack).lease, lease)
      }),
    append: (lease, run, entries) => journals.append(lease, run, entries),
    entries: (stack, run, { onTorn } = {}) => guardEach(root, journals.entries(stack, run, onTorn)),
    runs: (stack) => guard(async () => (await journals.list(stack)).map(({ info }) => info)),
    put: (stack, kind, id, text) => guard(() => putDocument(fs, root, stack, kind, id, cutText(text))),
    get: (stack, kind, id) => guard(() => getDocument(fs, root, stack, kind, id)),
    putPieces: (stack, kind, id, pieces) => guard(() => putDocument(fs, root, stack, kind, id, pieces)),
    getPieces: (stack, kind, id) =>
      guard(async () => {
        const pieces = await getDocumentPieces(fs, root, stack, kind, id)
        return pieces && guardEach(root, pieces)
      }),
    list: (stack, kind) => guard(() => listDocuments(fs, root, stack, kind)),
    remove: (stack, kind, id) => guard(() => removeDocument(fs, root, stack, kind, id)),
    examine: (stack) => guard(() => examineFiles(fs, root, stack)),
    relocate: (lease, relocation) => guard(() => relocateStack(fs, root, lease, relocation)),
    clear: (lease) =>
      guard(async () => {
        await journals.close(lease)
        await clearStack(fs, root, lease)
      }),
    backup: (stack) => guard(() => backupState(fs, root, stack)),
    prune: (stack, keep) => guard(() => pruneStack(fs, root, journals, stack, keep)),
  }
}

async function* guardEach<T>(root: string, values: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) {
      const next = await guardFault(root, () => values.next())
      if (next.done === true) return
      yield next.value
    }
  } finally {
    // Who leaves early leaves no file open.
    await values.return()
  }
}
