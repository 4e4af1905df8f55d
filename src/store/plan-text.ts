import { PlanRefusedError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { formatPlanSeal, writePlanBody } from '../format/plan.ts'
import { nameOf, PlanReader } from '../format/plan-reader.ts'
import { TextDigest } from './digest.ts'
import { cutText, joinPieces, joinText, type Pieces } from './pieces.ts'
import { nextTurn } from './turn.ts'

/** So much of a large plan is written or read at a stretch, a few milliseconds of work: its host goes on in between. */
const WRITTEN_AT_ONCE = 1 << 18
const READ_AT_ONCE = 1 << 17

/**
 * A plan as the text of its file: one JSON document, one action a line, with a SHA-256 over itself. The same plan gives the
 * same text. A plan that is too large for one string, of about half a million actions, can be written with {@link writePlan}.
 */
export function planToText(plan: Plan): Promise<string> {
  return joinText(writePlan(plan))
}

/**
 * The text of a plan's file in pieces of about 64 kB, for plans of any size: what {@link planToText} gives, piece by piece. The
 * event loop is handed over now and then. Its return value is the plan's SHA-256.
 *
 * @example
 * ```ts
 * import { declare, memoryStore, plan, readPlan, writePlan } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const changes = await plan([declare(provider).named('front', { name: 'front' })], { provider, store: memoryStore() })
 * const read = await readPlan(writePlan(changes))
 * read.actions.length // => 1
 * ```
 */
export async function* writePlan(plan: Plan): AsyncGenerator<string, string, undefined> {
  const digest = new TextDigest()
  let written = 0
  for (const piece of joinPieces(writePlanBody(plan))) {
    digest.add(piece)
    yield piece
    written += piece.length
    if (written < WRITTEN_AT_ONCE) continue
    await nextTurn()
    written = 0
  }
  const sha256 = await digest.toHex()
  yield formatPlanSeal(sha256)
  return sha256
}

/**
 * Reads what {@link planToText} wrote. Values that were deferred or sensitive come back without their value.
 *
 * Throws `plan-refused` when it is `altered`, `truncated` or of a `newer-version`, and `format`, with the line, when it is
 * no plan or holds what no plan holds. `from` is the file's name, for these messages.
 */
export function planFromText(text: string, from?: string): Promise<Plan> {
  return readPlan([text], from)
}

/**
 * Reads a plan from the text of its file in pieces, cut anywhere: from {@link writePlan}, or from a stream of a file that is
 * decoded as UTF-8. It is never held as a whole; the event loop is handed over now and then. Throws as {@link planFromText} does,
 * after the last piece.
 */
export function readPlan(pieces: AsyncIterable<string> | Iterable<string>, from?: string): Promise<Plan> {
  return readAdmittedPlan(pieces, from, () => undefined)
}

/** Reads a plan whose digest may be refused by `admit`, before anything else is said of it. */
export async function readAdmittedPlan(pieces: Pieces, from: string | undefined, admit: (sha256: string) => void): Promise<Plan> {
  const reader = new PlanReader(from)
  const digest = new TextDigest()
  let read = 0
  for await (const given of pieces)
    for (const piece of cutText(given)) {
      digest.add(reader.add(piece))
      read += piece.length
      if (read < READ_AT_ONCE) continue
      await nextTurn()
      read = 0
    }
  const { body, sha256 } = reader.end()
  digest.add(body)
  admit(sha256)
  if ((await digest.toHex()) !== sha256) throw new PlanRefusedError('altered', `${nameOf(from)} was altered: it is not what its digest was made of; plan again`)
  return reader.plan()
}
