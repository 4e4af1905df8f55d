import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { TakenOver } from '../core/entry.ts'
import { LeaseHeldError, LeaseLostError } from '../core/errors.ts'
import { DEFAULT_TERM_MS } from '../store/lease-term.ts'
import { refuseRelocated } from '../store/relocation.ts'
import type { ClaimOptions, Holding, Lease, Relocation } from '../store/store.ts'
import type { Database } from './database.ts'
import { CHANNEL, describeStack } from './listener.ts'
import { escapeText, keyOf, unescapeText } from './name.ts'

/*
 * A stack has one row: its newest claim, and its state. A claim raises the fence, a release empties the holder, and the row
 * stays. What is written under a lease locks the row for as long as its own statement takes, so a claim comes before or after it.
 */

type Row = Readonly<Record<string, unknown>>

const IS_OVER = `s.renewed_at + s.term_ms * interval '1 millisecond' < clock_timestamp()`

/**
 * Claims a stack: when it is free, when its term has passed by the database's clock, or when that very claim is to be taken over.
 * The fence that is to be raised is named, so a claim that was made again and comes twice, however late, counts once.
 */
export async function claimLease(database: Database, stack: string, holder: string, { termMs = DEFAULT_TERM_MS, takeOver, relocating = false }: ClaimOptions = {}): Promise<Lease> {
  const { stacks } = database.tables
  const claim = randomUUID()
  const named = escapeText(`${holder} (process ${process.pid} on ${hostname()})`)
  for (;;) {
    const present = await readStack(database, stack)
    if (present?.['claim'] === claim) return describeLease(stack, holder, termMs, present)
    const { relocation } = readRelocation(present ?? {})
    if (relocation !== undefined && !relocating) throw refuseRelocated(stack, database.name, relocation)
    const fence = Number(present?.['fence'] ?? 0)
    if (present?.['holder'] != null && present['is_over'] !== true && fence !== takeOver?.fence) throw new LeaseHeldError(stack, unescapeText(String(present['holder'])), String(present['since']))
    const { rows } = await database.query(
      `INSERT INTO ${stacks} AS s (key, name, fence, holder, claim, renewal, since, renewed_at, term_ms)
       VALUES ($1, $2, 1, $3, $4::uuid, 0, clock_timestamp(), clock_timestamp(), $5)
       ON CONFLICT (key) DO UPDATE SET
         fence = s.fence + 1, holder = excluded.holder, claim = excluded.claim, renewal = 0, since = clock_timestamp(), renewed_at = clock_timestamp(), term_ms = excluded.term_ms,
         taken_from = s.holder,
         taken_reason = CASE WHEN s.holder IS NULL THEN NULL WHEN s.fence = $6::bigint THEN $7 ELSE 'it gave no sign of life for its whole term of ' || s.term_ms || ' ms, by the clock of the database' END
       WHERE s.fence = $8::bigint AND (s.holder IS NULL OR s.fence = $6::bigint OR ${IS_OVER}) AND (s.relocation IS NULL OR $9::boolean)
       RETURNING fence, taken_from, taken_reason, relocation`,
      [keyOf(stack), escapeText(stack), named, claim, termMs, takeOver?.fence ?? null, takeOver === undefined ? null : escapeText(takeOver.reason), fence, relocating],
    )
    if (rows[0] !== undefined) return describeLease(stack, holder, termMs, rows[0])
  }
}

function describeLease(stack: string, holder: string, termMs: number, row: Row): Lease {
  return { stack, holder, fence: Number(row['fence']), termMs, ...readTaking(row), ...readRelocation(row) }
}

/** Shows that the holder is alive. Throws `lease-lost`. */
export async function renewLease(database: Database, lease: Lease): Promise<void> {
  const { rowCount } = await database.query(`UPDATE ${database.tables.stacks} SET renewal = renewal + 1, renewed_at = clock_timestamp() WHERE ${HELD}`, heldBy(lease))
  if (rowCount === 0) throw await explainLoss(database, lease)
}

/** The present claim of a stack; undefined where it is free. */
export async function readHolding(database: Database, stack: string): Promise<Holding | undefined> {
  const row = await readStack(database, stack)
  if (row?.['holder'] == null) return undefined
  return {
    holder: unescapeText(String(row['holder'])),
    fence: Number(row['fence']),
    renewal: Number(row['renewal']),
    since: String(row['since']),
    termMs: Number(row['term_ms']),
    ...readTaking(row),
  }
}

/** Gives a claim back, and wakes who waits for it; nothing happens when it is lost already. */
export async function releaseLease(database: Database, lease: Lease): Promise<void> {
  await database.query(
    `WITH freed AS (UPDATE ${database.tables.stacks} SET holder = NULL, claim = NULL, taken_from = NULL, taken_reason = NULL WHERE ${HELD} RETURNING 1)
     SELECT pg_notify('${CHANNEL}', $3) FROM freed`,
    [...heldBy(lease), describeStack(database.schema, lease.stack)],
  )
}

/** The condition, on the row of a stack, that a lease is still held; its two values are {@link heldBy}. */
export const HELD = `key = $1 AND fence = $2::bigint AND holder IS NOT NULL`

/** The values of {@link HELD}. */
export function heldBy(lease: Lease): readonly [string, number] {
  return [keyOf(lease.stack), lease.fence]
}

/** Why nothing was written under a lease; undefined: it is held. */
export async function findLoss(database: Database, lease: Lease): Promise<LeaseLostError | undefined> {
  const row = await readStack(database, lease.stack)
  if (row === undefined) return new LeaseLostError(lease.stack, 'there is no claim in the store')
  if (Number(row['fence']) !== lease.fence) return new LeaseLostError(lease.stack, `it was claimed again with fence ${String(row['fence'])}, this one has ${lease.fence}`)
  return row['holder'] === null ? new LeaseLostError(lease.stack, 'it was released') : undefined
}

async function explainLoss(database: Database, lease: Lease): Promise<LeaseLostError> {
  return (await findLoss(database, lease)) ?? new LeaseLostError(lease.stack, 'it was not held a moment ago')
}

/**
 * Makes a statement under a lease, whose values are {@link heldBy} and its own ones, such that it counts once: an earlier attempt
 * that comes late, when other things were done after it, does nothing. It has to count a renewal where {@link UNTOUCHED} holds.
 */
export async function changeOnce(database: Database, lease: Lease, text: string, values: readonly unknown[] = []): Promise<void> {
  for (;;) {
    const row = await readStack(database, lease.stack)
    const { rowCount } = await database.query(text, [...heldBy(lease), Number(row?.['renewal'] ?? 0), ...values])
    if (rowCount !== 0) return
    const loss = await findLoss(database, lease)
    if (loss !== undefined) throw loss
  }
}

/** As {@link HELD}, and nothing else was done meanwhile; the third value is the renewal's. */
export const UNTOUCHED = `${HELD} AND renewal = $3::bigint`

async function readStack(database: Database, stack: string): Promise<Row | undefined> {
  const { rows } = await database.query(
    `SELECT fence, holder, claim, renewal, to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since, term_ms, taken_from, taken_reason, relocation, ${IS_OVER} AS is_over
     FROM ${database.tables.stacks} AS s WHERE key = $1`,
    [keyOf(stack)],
  )
  return rows[0]
}

function readTaking(row: Row): { readonly takenOver?: TakenOver } {
  const { taken_from: from, taken_reason: reason } = row
  return typeof from === 'string' ? { takenOver: { from: unescapeText(from), reason: unescapeText(String(reason)) } } : {}
}

/** A relocation as it stands in its column. */
export function formatRelocation({ kind, store }: Relocation): string {
  return JSON.stringify({ kind, store })
}

function readRelocation({ relocation }: Row): { readonly relocation?: Relocation } {
  return typeof relocation === 'string' ? { relocation: JSON.parse(relocation) as Relocation } : {}
}
