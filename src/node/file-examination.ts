import { basename, join } from 'node:path'
import { FormatError, StoreError } from '../core/errors.ts'
import { mendState } from '../format/mend.ts'
import type { Finding } from '../store/finding.ts'
import type { DocumentKind } from '../store/store.ts'
import { findClaim, readClaim } from './file-claim.ts'
import { formatHead, readDocument } from './file-documents.ts'
import { layoutStack, listJournals, type JournalFile } from './file-layout.ts'
import { decodeName } from './file-name.ts'
import { examineRelocation } from './file-relocation.ts'
import { commandMend, remedyDocument, remedyJournal } from './file-remedy.ts'
import { listBackups, loadState, readState } from './file-snapshot.ts'
import { describeFault, ifThere, quotePath, type FileSystem } from './file-system.ts'
import { countFiles, describeGone, readJournalFile, readJournalHead } from './journal-reader.ts'

type Note = (finding: Omit<Finding, 'level'>) => void

/** Names each damaged file of a stack with the way out, as a command where there is one. */
export async function examineFiles(fs: FileSystem, dir: string, stack: string): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const note: Note = (finding) => void findings.push({ level: 'damaged', ...finding })
  await examineState(fs, dir, stack, note)
  await examineClaim(fs, layoutStack(dir, stack).lease, note)
  const relocation = await examineRelocation(fs, dir, stack)
  if (relocation !== undefined) note(relocation)
  await examineJournals(fs, dir, stack, note)
  for (const kind of ['plan', 'checkpoint', 'output'] as const) await examineDocuments(fs, layoutStack(dir, stack).documents[kind], kind, note)
  return findings
}

async function examineState(fs: FileSystem, dir: string, stack: string, note: Note): Promise<void> {
  const path = layoutStack(dir, stack).state
  const problem = await faultOf(path, () => loadState(fs, dir, stack))
  let newest: { readonly path: string; readonly serial: number } | undefined
  for (const backup of await listBackups(fs, dir, stack)) {
    let isThere = true
    const damage = await faultOf(backup.path, async () => {
      isThere = (await ifThere(readState(fs, backup.path))) !== undefined
    })
    if (!isThere) continue
    if (damage === undefined) newest ??= backup
    else if (problem === undefined) note({ subject: `backup ${backup.serial} of the state`, problem: damage.message, remedy: `nothing needs it: the state is whole; remove it; run: rm ${quotePath(backup.path)}` })
  }
  if (problem === undefined) return
  const bytes = await ifThere(fs.readFile(path))
  const mend = bytes === undefined ? undefined : mendState(bytes)
  const subject = 'the state'
  if (mend !== undefined) return note({ subject, problem: problem.message, remedy: `one byte of it is another than it was, and nothing else: put it back; run: ${commandMend(path, mend)}` })
  if (newest === undefined) return note({ subject, problem: problem.message, remedy: 'no backup of it can be read either: put the file back from a copy; if there is none, remove it, and plan with what exists (drift and the runs tell what was applied)' })
  note({ subject, problem: problem.message, remedy: `put back its newest backup, of serial ${newest.serial} (every commit keeps one; the runs tell should one be missing); run: cp ${quotePath(newest.path)} ${quotePath(path)}` })
}

async function examineClaim(fs: FileSystem, folder: string, note: Note): Promise<void> {
  const claim = findClaim((await ifThere(fs.readdir(folder))) ?? [])
  if (claim?.held !== true) return
  const path = join(folder, claim.name)
  const problem = await faultOf(path, () => readClaim(fs, folder, claim))
  if (problem !== undefined) note({ subject: 'the lease', problem: problem.message, remedy: `make sure that no run is under way, then free the stack; run: mv ${quotePath(path)} ${quotePath(join(folder, `${claim.fence}.free`))}` })
}

async function examineJournals(fs: FileSystem, dir: string, stack: string, note: Note): Promise<void> {
  const { runs, links } = layoutStack(dir, stack)
  const files = listJournals((await ifThere(fs.readdir(runs))) ?? [])
  const gone = listJournals((await ifThere(fs.readdir(links))) ?? []).filter(({ name }) => !files.some((file) => file.name === name))
  for (const { name, encodedRun } of gone) {
    const [path, link] = [join(runs, name), join(links, name)]
    // By now a prune may have taken both away.
    if ((await ifThere(fs.stat(path))) === undefined && (await ifThere(fs.stat(link))) !== undefined)
      note({ subject: nameRun(encodedRun), problem: describeGone(path, link).message, remedy: `put it back from its second name; run: cp ${quotePath(link)} ${quotePath(path)}` })
  }
  for (const file of files) await examineJournal(fs, runs, links, files, file, note)
}

async function examineJournal(fs: FileSystem, runs: string, links: string, files: readonly JournalFile[], { name, encodedRun, fence }: JournalFile, note: Note): Promise<void> {
  const path = join(runs, name)
  const later = files.filter((file) => file.encodedRun === encodedRun && file.fence >= fence)
  let counted = 0
  for (const { name: other } of later) {
    const head = await readJournalHead(fs, join(runs, other)).catch(() => undefined)
    counted = Math.max(counted, ...(head?.earlier ?? []).filter((each) => each.fence === fence).map(({ bytes }) => bytes))
  }
  const problem = await faultOf(path, async () => {
    const own = later.filter((file) => file.fence === fence)
    for (const file of await countFiles(fs, runs, own, () => undefined)) for await (const _ of readJournalFile(fs, file));
    const size = (await ifThere(fs.stat(path)))?.size ?? counted
    if (size < counted) await countFiles(fs, runs, later, () => undefined)
  })
  if (problem === undefined) return
  const bytes = (await ifThere(fs.readFile(path))) ?? new Uint8Array()
  const line = problem instanceof FormatError ? (problem.line ?? 1) : 1
  note({ subject: nameRun(encodedRun), problem: problem.message, remedy: remedyJournal(path, join(links, name), bytes, line, counted) })
}

async function examineDocuments(fs: FileSystem, folder: string, kind: DocumentKind, note: Note): Promise<void> {
  for (const name of (await ifThere(fs.readdir(folder))) ?? []) {
    if (!name.endsWith('.txt')) continue
    const path = join(folder, name)
    const problem = await faultOf(path, () => ifThere(readAll(readDocument(fs, path, kind))))
    if (problem === undefined) continue
    const id = decodeName(basename(name, '.txt')) ?? basename(name, '.txt')
    const bytes = (await ifThere(fs.readFile(path))) ?? new Uint8Array()
    note({ subject: `${kind} ${id}`, problem: problem.message, remedy: remedyDocument(path, kind, bytes, (sum) => formatHead(kind, id, sum)) })
  }
}

async function readAll(pieces: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pieces);
}

function nameRun(encodedRun: string): string {
  return `run ${decodeName(encodedRun) ?? encodedRun}`
}

/** What is wrong with a file; undefined: nothing. */
async function faultOf(path: string, read: () => Promise<unknown>): Promise<FormatError | StoreError | undefined> {
  try {
    await read()
    return undefined
  } catch (error) {
    const described = describeFault(error, path)
    if (described instanceof FormatError || described instanceof StoreError) return described
    throw error
  }
}
