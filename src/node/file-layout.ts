import { join } from 'node:path'
import type { DocumentKind } from '../store/store.ts'
import { encodeName } from './file-name.ts'

/** Where a stack's files are. */
export interface StackLayout {
  /** With all that follows in it. */
  readonly folder: string
  readonly state: string
  readonly lease: string
  readonly runs: string
  /** Second names of the journals: what is gone under its first one is missed, and not lost. */
  readonly links: string
  /** Copies of the state: of the present one, and of those before earlier runs. */
  readonly backups: string
  readonly documents: Readonly<Record<DocumentKind, string>>
}

/** The folders and files of a stack, below the store's folder. */
export function layoutStack(dir: string, stack: string): StackLayout {
  const folder = join(dir, 'stacks', encodeName(stack))
  return {
    folder,
    state: join(folder, 'state.jsonl'),
    lease: join(folder, 'lease'),
    runs: join(folder, 'runs'),
    links: join(folder, 'links'),
    backups: join(folder, 'backups'),
    documents: { plan: join(folder, 'plans'), checkpoint: join(folder, 'checkpoints'), output: join(folder, 'outputs') },
  }
}

/** One journal file: one run, one fence. */
export interface JournalFile {
  readonly name: string
  /** The run as it stands in file names. */
  readonly encodedRun: string
  readonly fence: number
}

/** The journal file of a run and a fence. */
export function nameJournal(run: string, fence: number): string {
  return `${encodeName(run)}.${fence}.jsonl`
}

/** The journal files among the names of a folder, by run, then by fence. */
export function listJournals(names: readonly string[]): readonly JournalFile[] {
  const files: JournalFile[] = []
  for (const name of names) {
    const match = /^([^.]+)\.(\d+)\.jsonl$/.exec(name)
    if (match !== null) files.push({ name, encodedRun: match[1] as string, fence: Number(match[2]) })
  }
  return files.sort((a, b) => (a.encodedRun < b.encodedRun ? -1 : a.encodedRun > b.encodedRun ? 1 : a.fence - b.fence))
}
