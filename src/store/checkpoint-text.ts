import type { Checkpoint, CheckpointInfo } from '../core/checkpoint.ts'
import { CheckpointReader, parseCheckpointInfo, writeCheckpoint } from '../format/checkpoint.ts'
import { cutText, joinPieces, type Pieces } from './pieces.ts'
import { nextTurn } from './turn.ts'

/** So much is written or read at a stretch, a few milliseconds of work: the host goes on in between. */
const AT_ONCE = 1 << 17

/** A checkpoint's text, in pieces that are worth a call: all of it may be too long for one string. */
export async function* giveCheckpoint(checkpoint: Checkpoint): AsyncGenerator<string, void, undefined> {
  for (const piece of joinPieces(writeCheckpoint(checkpoint))) {
    yield piece
    await nextTurn()
  }
}

/** Reads a checkpoint. Throws `format` when it is damaged, truncated, or of a newer version. */
export async function readCheckpoint(pieces: Pieces, from?: string): Promise<Checkpoint> {
  const reader = new CheckpointReader(from)
  let read = 0
  for await (const given of pieces)
    for (const piece of cutText(given)) {
      reader.add(piece)
      read += piece.length
      if (read < AT_ONCE) continue
      await nextTurn()
      read = 0
    }
  return reader.end()
}

/** Reads what is said of a checkpoint, and nothing of its state: damage there goes unnoticed. Throws `format`. */
export async function readCheckpointInfo(pieces: Pieces, from?: string): Promise<CheckpointInfo> {
  let line = ''
  for await (const piece of pieces) {
    const end = piece.indexOf('\n')
    line += end === -1 ? piece : piece.slice(0, end)
    if (end !== -1) break
  }
  return parseCheckpointInfo(line, from)
}
