import { join } from 'node:path'
import { listOutputsOf } from '../store/output-id.ts'
import { listDocuments, removeDocument } from './file-documents.ts'
import type { FileJournals } from './file-journals.ts'
import { layoutStack } from './file-layout.ts'
import { pruneBackups } from './file-snapshot.ts'
import { ifThere, type FileSystem } from './file-system.ts'
import { removeFile, TEMPORARY_PREFIX } from './file-write.ts'

const ABANDONED_AFTER_MS = 3_600_000

/** Removes old ended runs with their outputs, plans and backups, oldest first, never what an open run needs. */
export async function pruneStack(fs: FileSystem, dir: string, journals: FileJournals, stack: string, keep: { readonly runs: number; readonly plans: number }): Promise<void> {
  const layout = layoutStack(dir, stack)
  const runs = await journals.list(stack)
  const ended = runs.filter(({ info }) => info.ended)
  const removed = ended.slice(0, Math.max(0, ended.length - keep.runs))
  if (removed.length > 0) {
    const kept = runs.filter((run) => !removed.includes(run))
    // Before the journals: what is cut off here is found again by the next one.
    for (const id of listOutputsOf(removed.map(({ info }) => info.id), kept.map(({ info }) => info.id), await listDocuments(fs, dir, stack, 'output'))) await removeDocument(fs, dir, stack, 'output', id)
  }
  for (const { files } of removed) {
    // Second names first: a journal that is gone before its second name counts as lost.
    for (const { name } of files) await removeFile(fs, join(layout.links, name))
    // Earliest fence first: the last file says that the run has ended, and how much of the others counts.
    for (const { name } of files) await removeFile(fs, join(layout.runs, name))
  }
  const needed = new Set(runs.filter(({ info }) => !info.ended).map(({ info }) => info.plan))
  const plans = await listDocuments(fs, dir, stack, 'plan')
  for (const id of plans.slice(0, Math.max(0, plans.length - keep.plans))) if (!needed.has(id)) await removeDocument(fs, dir, stack, 'plan', id)
  await pruneBackups(fs, dir, stack, keep.runs)
  for (const folder of [join(layout.state, '..'), layout.lease, layout.runs, layout.backups, ...Object.values(layout.documents)]) await removeAbandoned(fs, folder)
}

/** What a crash left of files that were being written. */
async function removeAbandoned(fs: FileSystem, folder: string): Promise<void> {
  for (const name of (await ifThere(fs.readdir(folder))) ?? []) {
    if (!name.startsWith(TEMPORARY_PREFIX)) continue
    const stat = await ifThere(fs.stat(join(folder, name)))
    if (stat !== undefined && stat.mtimeMs < Date.now() - ABANDONED_AFTER_MS) await removeFile(fs, join(folder, name))
  }
}
