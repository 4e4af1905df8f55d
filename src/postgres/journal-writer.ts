import { randomUUID } from 'node:crypto'
import type { Entry } from '../core/entry.ts'
import { StoreError } from '../core/errors.ts'
import type { Lease } from '../store/store.ts'
import type { Database } from './database.ts'
import { describeFault, faultCode } from './fault.ts'
import { findLoss, HELD, heldBy } from './leases.ts'
import { escapeText, keyOf } from './name.ts'

/** No group grows beyond this. One append is never divided. */
const GROUP_CHARACTERS = 4_000_000
const UNIQUE_VIOLATION = '23505'
const MOST_TRIES = 5

/** An entry and its line, without the newline. */
export interface JournalLine {
  readonly entry: Entry
  readonly line: string
}

interface Waiting {
  readonly lines: readonly JournalLine[]
  readonly characters: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Appends to one run's journal under one lease. What arrives while a group is on its way becomes the next one: one statement,
 * which looks at the lease and keeps all of it or nothing. Lines are numbered here, and each group has a mark of its own: when
 * the answer to a group is lost, it is sent again, and falls on its own number if it was kept.
 */
export class JournalWriter {
  readonly fence: number
  readonly #database: Database
  readonly #lease: Lease
  readonly #run: string
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  /** Undefined: not asked for yet. */
  #next: number | undefined
  #isListed = false
  #refusal: unknown

  constructor(database: Database, lease: Lease, run: string) {
    this.#database = database
    this.#lease = lease
    this.#run = run
    this.fence = lease.fence
  }

  /** Resolves when the lines are kept. */
  append(lines: readonly JournalLine[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#refusal !== undefined) return reject(this.#refusal as Error)
      this.#waiting.push({ lines, characters: lines.reduce((sum, { line }) => sum + line.length, 0), resolve, reject })
      this.#writing ??= this.#writeGroups()
    })
  }

  /** Waits for what was appended. */
  async idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  async #writeGroups(): Promise<void> {
    // Appends of the same task share the first group.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      try {
        if (this.#refusal !== undefined) throw this.#refusal
        await this.#write(group.flatMap(({ lines }) => lines))
        for (const { resolve } of group) resolve()
      } catch (error) {
        // Whether it was kept may not be known: nothing may come after it under this claim.
        this.#refusal ??= error
        for (const { reject } of group) reject(error)
      }
    }
    this.#writing = undefined
  }

  #takeGroup(): readonly Waiting[] {
    let characters = 0
    let count = 0
    for (const { characters: more } of this.#waiting) {
      if (count > 0 && characters + more > GROUP_CHARACTERS) break
      characters += more
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  async #write(lines: readonly JournalLine[]): Promise<void> {
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const first = (this.#next ??= await this.#readNext())
      const batch = randomUUID()
      const wasKept = await this.#send(lines, first, batch).catch((error: unknown) => {
        if (faultCode(error) === UNIQUE_VIOLATION) return this.#isOwn(first, batch)
        throw describeFault(error, this.#database.server)
      })
      if (wasKept) {
        this.#next = first + lines.length
        return
      }
      const loss = await findLoss(this.#database, this.#lease)
      if (loss !== undefined) throw loss
      // Pruned meanwhile, or another store object writes under the same lease.
      this.#isListed = false
      this.#next = undefined
    }
    throw new StoreError(`${this.#database.server}: the journal of run ${this.#run} is being written by somebody else under the same lease; one writer is enough`)
  }

  async #send(lines: readonly JournalLine[], first: number, batch: string): Promise<boolean> {
    const { stacks, runs, entries } = this.#database.tables
    const held = `held AS MATERIALIZED (SELECT 1 FROM ${stacks} WHERE ${HELD} FOR SHARE)`
    const insert = `INSERT INTO ${entries} (run, seq, batch, line) SELECT run.id, $4::bigint + n - 1, $5::uuid, line FROM run, unnest(string_to_array($6, E'\\n')) WITH ORDINALITY AS given (line, n)`
    const values = [...heldBy(this.#lease), keyOf(this.#run), first, batch, lines.map(({ line }) => line).join('\n')]
    const head = this.#readHead(lines)
    const sent =
      head === undefined ?
        await this.#database.query(`WITH ${held}, run AS MATERIALIZED (SELECT id FROM ${runs}, held WHERE stack = $1 AND key = $3) ${insert}`, values, 'append')
      : await this.#database.query(
          `WITH ${held}, run AS (
             INSERT INTO ${runs} AS r (stack, key, name, plan, started_at, ended) SELECT $1, $3, $7, $8::text, $9, coalesce($10::boolean, false) FROM held
             ON CONFLICT (stack, key) DO UPDATE SET plan = coalesce(r.plan, excluded.plan), started_at = CASE WHEN r.plan IS NULL AND excluded.plan IS NOT NULL THEN excluded.started_at ELSE r.started_at END, ended = coalesce($10::boolean, r.ended)
             RETURNING id
           ) ${insert}`,
          [...values, escapeText(this.#run), ...head],
        )
    if (sent.rowCount === 0) return false
    this.#isListed = true
    return true
  }

  /** What the lines say of their run: plan, begin, whether it has ended. Undefined: nothing new. */
  #readHead(lines: readonly JournalLine[]): readonly [string | null, string, boolean | null] | undefined {
    let start: Entry | undefined
    let ended: boolean | null = null
    for (const { entry } of lines) {
      if (entry.kind === 'run-started') start ??= entry
      if (entry.kind === 'run-ended') ended = !entry.open
      if (entry.kind === 'run-resumed') ended = false
    }
    if (this.#isListed && start === undefined && ended === null) return undefined
    return [start?.kind === 'run-started' ? escapeText(start.plan) : null, start?.at ?? (lines[0] as JournalLine).entry.at, ended]
  }

  async #readNext(): Promise<number> {
    const { runs, entries } = this.#database.tables
    const { rows } = await this.#database.query(`SELECT max(seq) AS last FROM ${entries} WHERE run = (SELECT id FROM ${runs} WHERE stack = $1 AND key = $2)`, [keyOf(this.#lease.stack), keyOf(this.#run)])
    return Number(rows[0]?.['last'] ?? 0) + 1
  }

  /** True: the group that stands there is this one. */
  async #isOwn(first: number, batch: string): Promise<boolean> {
    const { runs, entries } = this.#database.tables
    const { rows } = await this.#database.query(`SELECT batch FROM ${entries} WHERE run = (SELECT id FROM ${runs} WHERE stack = $1 AND key = $2) AND seq = $3`, [keyOf(this.#lease.stack), keyOf(this.#run), first])
    return rows[0]?.['batch'] === batch
  }
}
