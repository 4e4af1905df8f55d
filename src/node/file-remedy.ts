import { mendDocument, mendJournalLine, type Mend } from '../format/mend.ts'
import type { DocumentKind } from '../store/store.ts'
import { quotePath } from './file-system.ts'

/*
 * Ways out as commands of a shell. Each ends its remedy, after `run: `. All of them keep every other byte where it is: the
 * later files of a run say how many bytes of the earlier ones count.
 */

/** Puts one byte back. */
export function commandMend(path: string, { offset, byte }: Mend): string {
  return commandWrite(path, offset, `'\\${byte.toString(8).padStart(3, '0')}'`)
}

/** Overwrites a stretch with blanks, so that it is left out. `newline`: it ends with one. */
export function commandBlank(path: string, offset: number, length: number, newline: boolean): string {
  return commandWrite(path, offset, newline ? `'%${length - 1}s\\n' ''` : `'%${length}s' ''`)
}

function commandWrite(path: string, offset: number, printed: string): string {
  return `printf ${printed} | dd of=${quotePath(path)} bs=1 seek=${offset} conv=notrunc`
}

/** How to mend or leave out what is damaged in a journal. `counted`: so many bytes of it another process went on with. */
export function remedyJournal(path: string, link: string, bytes: Uint8Array, line: number, counted: number): string {
  const remove = `if there is no copy of it, what it said is not known any more: compare what is recorded with what exists (drift) before the next run, and remove it; run: rm -f ${quotePath(path)} ${quotePath(link)}`
  const start = startOfLine(bytes, line)
  if (start === undefined || start >= Math.max(bytes.length, counted)) return remove
  const mend = start < bytes.length ? mendJournalLine(bytes, start) : undefined
  if (mend !== undefined) return `one byte of it is another than it was, and nothing else: put it back; run: ${commandMend(path, mend)}`
  if (line === 1) return remove
  const end = bytes.indexOf(0x0a, start)
  const left = 'put the file back from a copy, or leave the damaged part out: what it said is not known any more, so look at what exists before the run is resumed or abandoned'
  if (end !== -1) return `${left}; run: ${commandBlank(path, start, end - start, false)}`
  return `${left}; run: ${commandBlank(path, start, Math.max(bytes.length, counted) - start, true)}`
}

const WITHOUT: Readonly<Record<DocumentKind, string>> = {
  plan: ' and plan again (an open run that needs it can be abandoned)',
  checkpoint: ' and keep another checkpoint',
  output: ': nothing needs it, and the end of what was printed is in the journal of its run',
}

/** How to mend or do without a document. */
export function remedyDocument(path: string, kind: DocumentKind, bytes: Uint8Array, head: (crc32: string) => string): string {
  const mend = mendDocument(bytes, head)
  if (mend !== undefined) return `one byte of it is another than it was, and nothing else: put it back; run: ${commandMend(path, mend)}`
  return `put the file back from a copy; if there is none, remove it${WITHOUT[kind]}; run: rm ${quotePath(path)}`
}

/** How to mend what says where a stack is, or to do without it. */
export function remedyRelocation(path: string, bytes: Uint8Array, head: (crc32: string) => string): string {
  const mend = mendDocument(bytes, head)
  if (mend !== undefined) return `one byte of it is another than it was, and nothing else: put it back; run: ${commandMend(path, mend)}`
  return `look for the stack in the other stores: where one has it, go on there; if none has it, it is here, and this file can be removed; run: rm ${quotePath(path)}`
}

function startOfLine(bytes: Uint8Array, line: number): number | undefined {
  let start = 0
  for (let at = 1; at < line; at++) {
    const end = bytes.indexOf(0x0a, start)
    if (end === -1) return undefined
    start = end + 1
  }
  return start
}
