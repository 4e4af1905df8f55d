import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applyOnDisk } from './applying.ts'
import { GroupWriter } from './group-writer.ts'
import { timeMs } from './measure.ts'
import { planCreates } from './planning.ts'
import { listFiles, makeScratch } from './scratch.ts'

/** A durable apply, and the least that its medium allows for the same bytes. */
export interface CommitCost {
  readonly actions: number
  /** Journal, plan and state. */
  readonly bytes: number
  /** Of those, the journal's. */
  readonly journalBytes: number
  /** Of each round. */
  readonly engineMs: readonly number[]
  /** Of each round. */
  readonly rawMs: readonly number[]
}

/** What an apply left on the disk. */
interface Written {
  /** The journal's lines. */
  readonly lines: readonly string[]
  /** All the other files. */
  readonly wholes: readonly string[]
}

/**
 * Applies with a file store, and writes the same bytes again with nothing but group commit: as many writers as the apply had
 * actions under way, each making the two lines of an action durable, one after the other; plan and state are one write each.
 */
export async function measureCommit(size: number, concurrency: number, rounds: number): Promise<CommitCost> {
  const plan = await planCreates('independent', size)
  const engineMs: number[] = []
  const rawMs: number[] = []
  let written: Written = { lines: [], wholes: [] }
  let bytes = 0
  // One round for warmth does not count.
  for (let round = -1; round < rounds; round++) {
    const durable = await applyOnDisk(plan, concurrency)
    const took = await timeMs(() => durable.run())
    if (round === -1) written = await readWritten(durable.folder)
    const told = await durable.tell()
    bytes = told.bytes ?? 0
    const raw = await writeRaw(written, concurrency)
    if (round >= 0) {
      engineMs.push(took)
      rawMs.push(raw)
    }
  }
  return { actions: size, bytes, journalBytes: Buffer.byteLength(written.lines.join('')), engineMs, rawMs }
}

async function readWritten(folder: string): Promise<Written> {
  const texts = await Promise.all((await listFiles(folder)).map((path) => readFile(path, 'utf8')))
  const journal = texts.find((text) => text.includes('"kind":"run-started"'))
  if (journal === undefined) throw new Error('no journal was found in the folder of the store')
  return { lines: journal.split(/(?<=\n)/), wholes: texts.filter((text) => text !== journal) }
}

async function writeRaw({ lines, wholes }: Written, concurrency: number): Promise<number> {
  const scratch = await makeScratch()
  const file = await open(join(scratch.folder, 'raw'), 'a')
  const writer = new GroupWriter(async (group: readonly string[]) => {
    await file.appendFile(group.join(''))
    await file.datasync()
  })
  let next = 0
  const write = async (): Promise<void> => {
    while (next < lines.length) {
      const at = next
      next += 2
      await writer.append(lines[at] as string)
      if (at + 1 < lines.length) await writer.append(lines[at + 1] as string)
    }
  }
  const took = await timeMs(async () => {
    await Promise.all(Array.from({ length: concurrency }, write))
    for (const whole of wholes) {
      await file.appendFile(whole)
      await file.datasync()
    }
  })
  await file.close()
  await scratch.remove()
  return took
}
