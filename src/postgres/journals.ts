import type { Entry } from '../core/entry.ts'
import { formatEntry, parseEntry } from '../format/journal.ts'
import { formatFault } from '../format/line.ts'
import type { Lease, RunInfo } from '../store/store.ts'
import type { Database } from './database.ts'
import { JournalWriter } from './journal-writer.ts'
import { keyOf, unescapeText } from './name.ts'

const PAGE = 2_000

/** The journals of a store: a row an entry, each with the line that a journal file would have. */
export class Journals {
  readonly #database: Database
  /** By stack, then by run. */
  readonly #writers = new Map<string, Map<string, JournalWriter>>()

  constructor(database: Database) {
    this.#database = database
  }

  append(lease: Lease, run: string, entries: readonly Entry[]): Promise<void> {
    return entries.length === 0 ? Promise.resolve() : this.#writer(lease, run).append(entries.map((entry) => ({ entry, line: formatEntry(entry).slice(0, -1) })))
  }

  /** Waits for what is being appended under a lease. */
  async close(lease: Lease): Promise<void> {
    const writers = this.#writers.get(lease.stack)
    for (const [run, writer] of writers ?? []) {
      if (writer.fence !== lease.fence) continue
      await writer.idle()
      writers?.delete(run)
    }
  }

  async *entries(stack: string, run: string): AsyncGenerator<Entry, void, undefined> {
    const { runs, entries } = this.#database.tables
    const from = `${this.#database.server}, table ${entries}, run ${run}`
    const known = await this.#database.query(`SELECT r.id, (SELECT max(seq) FROM ${entries} WHERE run = r.id) AS last FROM ${runs} r WHERE stack = $1 AND key = $2`, [keyOf(stack), keyOf(run)])
    const [{ id, last } = {}] = known.rows
    for (let read = 0; read < Number(last ?? 0); ) {
      const { rows } = await this.#database.query(`SELECT seq, line FROM ${entries} WHERE run = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT ${PAGE}`, [id, read, last])
      for (const { seq, line } of [...rows, ...(rows.length === 0 ? [{ seq: last, line: '' }] : [])]) {
        read += 1
        if (Number(seq) !== read || line === '') throw formatFault({ document: 'journal', line: read, from: `${from}, seq ${read}` }, 'the line is missing; restore the table from a backup of the database')
        yield parseEntry(String(line), { document: 'journal', line: read, from: `${from}, seq ${read}` })
      }
    }
  }

  /** The runs of a stack, oldest first. */
  async list(stack: string): Promise<readonly RunInfo[]> {
    const { rows } = await this.#database.query(`SELECT name, plan, started_at, ended FROM ${this.#database.tables.runs} WHERE stack = $1 ORDER BY id`, [keyOf(stack)])
    return rows.map(({ name, plan, started_at: startedAt, ended }) => ({ id: unescapeText(String(name)), stack, plan: unescapeText(String(plan ?? '')), startedAt: String(startedAt), ended: ended === true }))
  }

  #writer(lease: Lease, run: string): JournalWriter {
    let writers = this.#writers.get(lease.stack)
    if (writers === undefined) this.#writers.set(lease.stack, (writers = new Map()))
    const known = writers.get(run)
    if (known?.fence === lease.fence) return known
    const writer = new JournalWriter(this.#database, lease, run)
    writers.set(run, writer)
    return writer
  }
}
