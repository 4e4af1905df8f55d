import { PlanRefusedError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { parsePlanBody, sealPlan, splitPlan, writePlanBody } from '../format/plan.ts'
import { digestBytes, digestText } from './digest.ts'
import { nextTurn } from './turn.ts'

/**
 * A plan as the text of its file: one JSON document, one action a line, with a SHA-256 over itself. The same plan gives the
 * same text.
 */
export async function planToText(plan: Plan): Promise<string> {
  let body = ''
  const chunks: Uint8Array[] = []
  for (const chunk of joinPieces(writePlanBody(plan))) {
    body += chunk
    chunks.push(new TextEncoder().encode(chunk))
    if (chunks.length % CHUNKS_AT_ONCE === 0) await nextTurn()
  }
  return sealPlan(body, await digestBytes(chunks))
}

/** A large plan is written a few milliseconds at a time, so that its host goes on meanwhile. */
const CHUNK_LENGTH = 1 << 16
const CHUNKS_AT_ONCE = 8

function* joinPieces(pieces: Iterable<string>): Generator<string, void, undefined> {
  let chunk = ''
  for (const piece of pieces) {
    chunk += piece
    if (chunk.length < CHUNK_LENGTH) continue
    yield chunk
    chunk = ''
  }
  yield chunk
}

/**
 * Reads what {@link planToText} wrote. Values that were deferred or sensitive come back without their value.
 *
 * Throws `plan-refused` when it is `altered`, `truncated` or of a `newer-version`, and `format`, with the line, when it is
 * no plan or holds what no plan holds. `from` is the file's name, for these messages.
 */
export async function planFromText(text: string, from?: string): Promise<Plan> {
  const { body, sha256 } = splitPlan(text, from)
  if ((await digestText(body)) !== sha256)
    throw new PlanRefusedError('altered', `${from === undefined ? 'this plan' : `the plan ${from}`} was altered: it is not what its digest was made of; plan again`)
  return parsePlanBody(body, from)
}
