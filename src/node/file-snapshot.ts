import { join } from 'node:path'
import { LeaseLostError, SerialConflictError } from '../core/errors.ts'
import type { State } from '../core/state.ts'
import { formatFault } from '../format/line.ts'
import { parseState, parseStateHead, writeState } from '../format/state.ts'
import type { Lease } from '../store/store.ts'
import { checkFence } from './file-lease.ts'
import { layoutStack } from './file-layout.ts'
import { faultCode, ifThere, type FileSystem } from './file-system.ts'
import { ensureFolder, removeFile, replaceFile, syncFolder } from './file-write.ts'

/** The state of a stack; undefined where nothing was ever committed. */
export async function loadState(fs: FileSystem, dir: string, stack: string): Promise<State | undefined> {
  const path = layoutStack(dir, stack).state
  const text = await ifThere(fs.readFile(path, 'utf8'))
  if (text === undefined) return undefined
  const state = parseState(text, path)
  if (state.stack !== stack) throw formatFault({ document: 'state', line: 1, from: path }, `it is of stack ${state.stack}, expected ${stack}: the file was moved`)
  return state
}

/** Replaces the state if lease and serial allow it; both are looked at right before the rename. */
export async function commitState(fs: FileSystem, dir: string, state: State, expectedSerial: number, lease: Lease): Promise<void> {
  if (lease.stack !== state.stack) throw new LeaseLostError(state.stack, `the lease is of stack ${lease.stack}`)
  const layout = layoutStack(dir, state.stack)
  checkFence(fs, layout.lease, lease)
  await replaceFile(fs, layout.state, writeState(state), async () => {
    const found = await readSerial(fs, layout.state)
    if (found !== expectedSerial) throw new SerialConflictError(state.stack, expectedSerial, found)
    checkFence(fs, layout.lease, lease)
  })
}

/** Costs the first line, not the state. */
async function readSerial(fs: FileSystem, path: string): Promise<number> {
  const handle = await ifThere(fs.open(path, 'r'))
  if (handle === undefined) return 0
  try {
    let head = Buffer.alloc(0)
    while (!head.includes(0x0a)) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, head.length)
      if (bytesRead === 0) break
      head = Buffer.concat([head, buffer.subarray(0, bytesRead)])
    }
    const end = head.indexOf(0x0a)
    return parseStateHead(head.subarray(0, end === -1 ? head.length : end).toString('utf8'), path).serial
  } finally {
    await handle.close()
  }
}

/** Keeps the present state under another name. A commit replaces the file as a whole, so a link is a copy. */
export async function backupState(fs: FileSystem, dir: string, stack: string): Promise<void> {
  const layout = layoutStack(dir, stack)
  const serial = await readSerial(fs, layout.state)
  if (serial === 0) return
  await ensureFolder(fs, layout.backups)
  try {
    await fs.link(layout.state, join(layout.backups, `state.${String(serial).padStart(12, '0')}.jsonl`))
  } catch (error) {
    if (faultCode(error) !== 'EEXIST') throw error
  }
  await syncFolder(fs, layout.backups)
}

/** Removes all but the newest backups. */
export async function pruneBackups(fs: FileSystem, dir: string, stack: string, kept: number): Promise<void> {
  const { backups } = layoutStack(dir, stack)
  const names = ((await ifThere(fs.readdir(backups))) ?? []).filter((name) => /^state\.\d+\.jsonl$/.test(name)).sort()
  for (const name of names.slice(0, Math.max(0, names.length - kept))) await removeFile(fs, join(backups, name))
}
