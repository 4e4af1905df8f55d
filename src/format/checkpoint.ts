import * as z from 'zod/mini'
import type { Checkpoint, CheckpointInfo } from '../core/checkpoint.ts'
import { checkShape, formatFault, parseJson } from './line.ts'
import { count, ifPresent } from './shapes.ts'
import { StateReader, writeState } from './state.ts'

/** The newest version of the checkpoint format that this release reads and writes. */
export const CHECKPOINT_VERSION = 1

const headShape = z.strictObject({
  format: z.literal('convergent.checkpoint'),
  version: z.literal(CHECKPOINT_VERSION),
  id: z.string(),
  stack: z.string(),
  description: z.string(),
  createdAt: z.string(),
  run: ifPresent(z.string()),
  resources: count,
})

/** A checkpoint in pieces, one a line: a head, and the state as it is stored. */
export function* writeCheckpoint({ state, ...info }: Checkpoint): Generator<string, void, undefined> {
  const { id, stack, description, createdAt, run, resources } = info
  yield `${JSON.stringify({ format: 'convergent.checkpoint', version: CHECKPOINT_VERSION, id, stack, description, createdAt, run, resources })}\n`
  yield* writeState(state)
}

/** Reads the first line of a checkpoint. Throws `format`. */
export function parseCheckpointInfo(line: string, from?: string): CheckpointInfo {
  const place = { document: 'checkpoint', line: 1, from }
  const value = parseJson(line, place)
  const version = (value as { readonly version?: unknown } | null)?.version
  if (typeof version === 'number' && version > CHECKPOINT_VERSION) throw formatFault(place, `it has format version ${version}, this release reads up to ${CHECKPOINT_VERSION}: use the release that wrote it`)
  const { format: _, version: __, ...info } = checkShape(headShape, value, place)
  return info
}

/** Reads a checkpoint whose text comes in pieces. Throws `format` as soon as it is seen to be damaged, truncated, or of a newer version. */
export class CheckpointReader {
  readonly #from: string | undefined
  readonly #state: StateReader
  /** Of the first line, what there is of it. */
  #line = ''
  #info: CheckpointInfo | undefined

  constructor(from?: string) {
    this.#from = from
    this.#state = new StateReader(from)
  }

  /** Takes the next piece. */
  add(piece: string): void {
    if (this.#info !== undefined) return this.#state.add(piece)
    const end = piece.indexOf('\n')
    this.#line += end === -1 ? piece : piece.slice(0, end)
    if (end === -1) return
    this.#info = parseCheckpointInfo(this.#line, this.#from)
    this.#state.add(piece.slice(end + 1))
  }

  /** The checkpoint, after the last piece. */
  end(): Checkpoint {
    return { ...(this.#info ?? parseCheckpointInfo(this.#line, this.#from)), state: this.#state.end() }
  }
}
