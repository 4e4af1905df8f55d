import * as z from 'zod/mini'
import type { Checkpoint, CheckpointInfo } from '../core/checkpoint.ts'
import { checkShape, formatFault, parseJson } from './line.ts'
import { count, ifPresent } from './shapes.ts'
import { formatState, parseState } from './state.ts'

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

/** A checkpoint as text: a head, and the state as it is stored. */
export function formatCheckpoint({ state, ...info }: Checkpoint): string {
  const { id, stack, description, createdAt, run, resources } = info
  return `${JSON.stringify({ format: 'convergent.checkpoint', version: CHECKPOINT_VERSION, id, stack, description, createdAt, run, resources })}\n${formatState(state)}`
}

/** Reads what the first line of a checkpoint says. Throws `format`. */
export function parseCheckpointInfo(text: string, from?: string): CheckpointInfo {
  const place = { document: 'checkpoint', line: 1, from }
  const value = parseJson(text.slice(0, text.indexOf('\n')), place)
  const version = (value as { readonly version?: unknown } | null)?.version
  if (typeof version === 'number' && version > CHECKPOINT_VERSION) throw formatFault(place, `it has format version ${version}, this release reads up to ${CHECKPOINT_VERSION}: use the release that wrote it`)
  const { format: _, version: __, ...info } = checkShape(headShape, value, place)
  return info
}

/** Reads a checkpoint. Throws `format` when it is damaged, truncated, or of a newer version. */
export function parseCheckpoint(text: string, from?: string): Checkpoint {
  const info = parseCheckpointInfo(text, from)
  return { ...info, state: parseState(text.slice(text.indexOf('\n') + 1), from) }
}
