import { dirname, join } from 'node:path'
import { LeaseLostError, SerialConflictError } from '../core/errors.ts'
import type { State } from '../core/state.ts'
import { formatFault } from '../format/line.ts'
import { parseState, parseStateHead, writeState } from '../format/state.ts'
import type { Lease } from '../store/store.ts'
import { checkFence } from './file-lease.ts'
import { layoutStack } from './file-layout.ts'
import { ifThere, type FileSystem } from './file-system.ts'
import { removeFile, replaceFile, syncFolder, withFile, writeTemporary } from './file-write.ts'

/*
 * The present state is kept twice, in files of their own: `state.jsonl`, and its copy among the backups. A commit writes and
 * syncs both before the first of them gets its name.
 */

const MOST_KEPT = 200_000
const BACKUP_NAME = /^state\.(\d+)\.jsonl$/

/** The state of a stack; undefined where nothing was ever committed. */
export async function loadState(fs: FileSystem, dir: string, stack: string): Promise<State | undefined> {
  const path = layoutStack(dir, stack).state
  let text = await ifThere(fs.readFile(path, 'utf8'))
  if (text === undefined) {
    const backups = await listBackups(fs, dir, stack)
    // A first commit may have come in between: the state has its name before its copy has.
    if (backups.length > 0) text = await ifThere(fs.readFile(path, 'utf8'))
    if (text === undefined && backups.length > 0) throw formatFault({ document: 'state', line: 1, from: path }, 'the file is gone, and there are backups of it; doctor (examineStack) tells which one to put back')
    if (text === undefined) return undefined
  }
  const state = parseState(text, path)
  if (state.stack !== stack) throw formatFault({ document: 'state', line: 1, from: path }, `it is of stack ${state.stack}, expected ${stack}: the file was moved`)
  return state
}

/** Replaces the state if lease and serial allow it; both are looked at right before the rename. */
export async function commitState(fs: FileSystem, dir: string, state: State, expectedSerial: number, lease: Lease): Promise<void> {
  if (lease.stack !== state.stack) throw new LeaseLostError(state.stack, `the lease is of stack ${lease.stack}`)
  const layout = layoutStack(dir, state.stack)
  checkFence(fs, layout.lease, lease)
  const pieces = layOutState(state)
  const copy = await writeTemporary(fs, layout.backups, pieces)
  try {
    await replaceFile(fs, layout.state, pieces, async () => {
      const found = await readSerial(fs, layout.state)
      if (found !== expectedSerial) throw new SerialConflictError(state.stack, expectedSerial, found)
      checkFence(fs, layout.lease, lease)
    })
  } catch (error) {
    await removeFile(fs, copy).catch(() => undefined)
    // A successor takes away what is to be renamed, and may have committed by now: that the lease is lost says more.
    checkFence(fs, layout.lease, lease)
    throw error
  }
  // It is committed: a copy that does not get its name is made before the next run.
  await nameCopy(fs, copy, pathOfBackup(layout.backups, state.serial)).catch(() => removeFile(fs, copy).catch(() => undefined))
}

/** It is written twice: one that is not too large is made once for both. */
function layOutState(state: State): Iterable<string> {
  return state.resources.size > MOST_KEPT ? { [Symbol.iterator]: () => writeState(state) } : [...writeState(state)]
}

async function nameCopy(fs: FileSystem, copy: string, path: string): Promise<void> {
  await fs.rename(copy, path)
  await syncFolder(fs, dirname(path))
}

/** Costs the first line, not the state. */
async function readSerial(fs: FileSystem, path: string): Promise<number> {
  const line = await ifThere(
    withFile(fs, path, 'r', async (handle) => {
      let head = Buffer.alloc(0)
      while (!head.includes(0x0a)) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, head.length)
        if (bytesRead === 0) break
        head = Buffer.concat([head, buffer.subarray(0, bytesRead)])
      }
      const end = head.indexOf(0x0a)
      return head.subarray(0, end === -1 ? head.length : end).toString('utf8')
    }),
  )
  return line === undefined ? 0 : parseStateHead(line, path).serial
}

/** Keeps a copy of the present state, unless its commit has done so. A damaged one is not copied. */
export async function backupState(fs: FileSystem, dir: string, stack: string): Promise<void> {
  const layout = layoutStack(dir, stack)
  const text = await ifThere(fs.readFile(layout.state, 'utf8'))
  if (text === undefined) return
  const path = pathOfBackup(layout.backups, parseStateHead(text.slice(0, text.indexOf('\n')), layout.state).serial)
  if ((await ifThere(fs.readFile(path, 'utf8'))) === text) return
  parseState(text, layout.state)
  await replaceFile(fs, path, [text])
}

/** The backups of a state, newest first. */
export async function listBackups(fs: FileSystem, dir: string, stack: string): Promise<readonly { readonly path: string; readonly serial: number }[]> {
  const { backups } = layoutStack(dir, stack)
  const found = ((await ifThere(fs.readdir(backups))) ?? []).flatMap((name) => {
    const serial = BACKUP_NAME.exec(name)?.[1]
    return serial === undefined ? [] : [{ path: join(backups, name), serial: Number(serial) }]
  })
  return found.sort((a, b) => b.serial - a.serial)
}

/** Removes all but the newest backups. That of the present state stays. */
export async function pruneBackups(fs: FileSystem, dir: string, stack: string, kept: number): Promise<void> {
  for (const { path } of (await listBackups(fs, dir, stack)).slice(Math.max(1, kept))) await removeFile(fs, path)
}

function pathOfBackup(folder: string, serial: number): string {
  return join(folder, `state.${String(serial).padStart(12, '0')}.jsonl`)
}
