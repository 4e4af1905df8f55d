import { dirname, join } from 'node:path'
import { StoreError } from '../core/errors.ts'
import type { Lease, Relocation } from '../store/store.ts'
import { checkFence } from './file-lease.ts'
import { layoutStack } from './file-layout.ts'
import { ifThere, type FileSystem } from './file-system.ts'
import { removeFile, replaceFile, syncFolder } from './file-write.ts'

const RELOCATION_VERSION = 1

function pathOf(dir: string, stack: string): string {
  return join(dirname(layoutStack(dir, stack).state), 'relocation.json')
}

/** Why a stack cannot be used here; undefined: it can. */
export async function readRelocation(fs: FileSystem, dir: string, stack: string): Promise<Relocation | undefined> {
  const path = pathOf(dir, stack)
  const text = await ifThere(fs.readFile(path, 'utf8'))
  if (text === undefined) return undefined
  try {
    const { format, version, kind, store } = JSON.parse(text) as Partial<Record<string, unknown>>
    if (format === 'convergent.relocation' && version === RELOCATION_VERSION && (kind === 'arriving' || kind === 'gone') && typeof store === 'string') return { kind, store }
  } catch {
    // Said below.
  }
  throw new StoreError(`${path}: this does not say where the stack is, or a newer release wrote it; look for the stack in the other stores, and remove the file if it is in none of them`)
}

/** Notes that the stack cannot be used here, or that it can. */
export async function relocateStack(fs: FileSystem, dir: string, lease: Lease, relocation: Relocation | undefined): Promise<void> {
  const path = pathOf(dir, lease.stack)
  const { lease: folder } = layoutStack(dir, lease.stack)
  checkFence(fs, folder, lease)
  if (relocation !== undefined) {
    const { kind, store } = relocation
    return replaceFile(fs, path, [`${JSON.stringify({ format: 'convergent.relocation', version: RELOCATION_VERSION, kind, store })}\n`], () => checkFence(fs, folder, lease))
  }
  await removeFile(fs, path)
  await syncFolder(fs, dirname(path))
}

/** Removes all that is kept of a stack but for its claims and its relocation. */
export async function clearStack(fs: FileSystem, dir: string, lease: Lease): Promise<void> {
  const { lease: folder, state, runs, links, backups, documents } = layoutStack(dir, lease.stack)
  checkFence(fs, folder, lease)
  // The second names go first: what has only its first one is not missed.
  for (const emptied of [links, runs, ...Object.values(documents), backups]) {
    const names = await ifThere(fs.readdir(emptied))
    for (const name of names ?? []) await removeFile(fs, join(emptied, name))
    if (names !== undefined) await syncFolder(fs, emptied)
  }
  await removeFile(fs, state)
  await syncFolder(fs, dirname(state))
}
