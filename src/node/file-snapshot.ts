import { dirname, join } from 'node:path'
import { LeaseLostError, SerialConflictError } from '../core/errors.ts'
import type { State } from '../core/state.ts'
import { formatFault } from '../format/line.ts'
import { parseStateHead, StateReader, writeState } from '../format/state.ts'
import { joinPieces } from '../store/pieces.ts'
import type { Lease } from '../store/store.ts'
import { checkFence } from './file-lease.ts'
import { layoutStack } from './file-layout.ts'
import { decodePieces, readBytes, readFirstLine } from './file-pieces.ts'
import { ifThere, type FileSystem } from './file-system.ts'
import { removeFile, replaceFile, syncFolder, writeTemporary } from './file-write.ts'

/*
 * The present state is kept twice, in files of their own: `state.jsonl`, and its copy among the backups. A commit writes and
 * syncs both before the first of them gets its name.
 */

const MOST_KEPT = 200_000
const BACKUP_NAME = /^state\.(\d+)\.jsonl$/

/** The state of a stack; undefined where nothing was ever committed. */
export async function loadState(fs: FileSystem, dir: string, stack: string): Promise<State | undefined> {
  const path = layoutStack(dir, stack).state
  let state = await ifThere(readState(fs, path))
  if (state === undefined) {
    const backups = await listBackups(fs, dir, stack)
    // A first commit may have come in between: the state has its name before its copy has.
    if (backups.length > 0) state = await ifThere(readState(fs, path))
    if (state === undefined && backups.length > 0) throw formatFault({ document: 'state', line: 1, from: path }, 'the file is gone, and there are backups of it; doctor (examineStack) tells which one to put back')
    if (state === undefined) return undefined
  }
  if (state.stack !== stack) throw formatFault({ document: 'state', line: 1, from: path }, `it is of stack ${state.stack}, expected ${stack}: the file was moved`)
  return state
}

/** A state from its file, line by line; an error of the operating system where it is gone. */
export async function readState(fs: FileSystem, path: string): Promise<State> {
  const reader = new StateReader(path)
  for await (const piece of decodePieces(readBytes(fs, path))) reader.add(piece)
  return reader.end()
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

/** It is written twice: one that is not too large is made once for both, while the first is written. */
function layOutState(state: State): Iterable<string> {
  if (state.resources.size > MOST_KEPT) return { [Symbol.iterator]: () => writeState(state) }
  const kept: string[] = []
  let isKept = false
  return {
    *[Symbol.iterator]() {
      if (isKept) return yield* kept
      for (const piece of joinPieces(writeState(state))) {
        kept.push(piece)
        yield piece
      }
      isKept = true
    },
  }
}

async function nameCopy(fs: FileSystem, copy: string, path: string): Promise<void> {
  await fs.rename(copy, path)
  await syncFolder(fs, dirname(path))
}

/** Costs the first line, not the state. */
async function readSerial(fs: FileSystem, path: string): Promise<number> {
  const line = await ifThere(readFirstLine(fs, path))
  return line === undefined ? 0 : parseStateHead(line.text, path).serial
}

/** Keeps a copy of the present state, unless its commit has done so. A damaged one is not copied. */
export async function backupState(fs: FileSystem, dir: string, stack: string): Promise<void> {
  const layout = layoutStack(dir, stack)
  const line = await ifThere(readFirstLine(fs, layout.state))
  if (line === undefined) return
  const { serial } = parseStateHead(line.text, layout.state)
  const path = pathOfBackup(layout.backups, serial)
  if (await isSame(fs, layout.state, path)) return
  const reader = new StateReader(layout.state)
  const copy = async function* (): AsyncGenerator<string, void, undefined> {
    for await (const piece of decodePieces(readBytes(fs, layout.state))) {
      reader.add(piece)
      yield piece
    }
  }
  await replaceFile(fs, path, copy(), undefined, () => {
    const found = reader.end().serial
    if (found !== serial) throw new SerialConflictError(stack, serial, found)
  })
}

/** True where both files are there and hold the same bytes. */
async function isSame(fs: FileSystem, path: string, other: string): Promise<boolean> {
  const [one, two] = await Promise.all([ifThere(fs.stat(path)), ifThere(fs.stat(other))])
  if (one === undefined || two === undefined || one.size !== two.size) return false
  const others = readBytes(fs, other)
  try {
    for await (const bytes of readBytes(fs, path)) {
      const next = await others.next()
      if (next.done === true || !bytes.equals(next.value)) return false
    }
    return (await others.next()).done === true
  } finally {
    await others.return()
  }
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
