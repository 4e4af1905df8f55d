import * as z from 'zod/mini'
import type { Json } from '../core/json.ts'
import { address, count, errorRecord, fields, mode, recordedResource } from './shapes.ts'

const at = z.string()
const json: z.ZodMiniType<Json> = z.any()
const step = z.string()
const takenOver = z.strictObject({ from: z.string(), reason: z.string() })

/** One entry of a journal. */
export const entryShape = z.discriminatedUnion('kind', [
  z.strictObject({
    at,
    kind: z.literal('run-started'),
    run: z.string(),
    plan: z.string(),
    planHash: z.string(),
    stack: z.string(),
    mode,
    holder: z.string(),
    fence: count,
    lineage: z.string(),
    salt: z.string(),
    commit: z.enum(['each', 'success']),
    undoes: z.exactOptional(z.string()),
    types: z.exactOptional(z.record(z.string(), z.record(z.string(), json))),
    takenOver: z.exactOptional(takenOver),
  }),
  z.strictObject({ at, kind: z.literal('run-resumed'), holder: z.string(), fence: count }),
  z.strictObject({ at, kind: z.literal('run-taken'), holder: z.string(), fence: count, takenOver }),
  z.strictObject({
    at,
    kind: z.literal('started'),
    step,
    attempt: count,
    idempotencyKey: z.string(),
    before: z.exactOptional(z.strictObject({ id: z.string(), outputs: fields, recorded: z.exactOptional(recordedResource) })),
    absent: z.exactOptional(z.boolean()),
  }),
  z.strictObject({ at, kind: z.literal('handle'), step, handle: z.string() }),
  z.strictObject({ at, kind: z.literal('attempted'), step, attempt: count, error: errorRecord, retryInMs: z.exactOptional(z.number()) }),
  z.strictObject({
    at,
    kind: z.literal('succeeded'),
    step,
    change: z.exactOptional(z.union([z.strictObject({ put: recordedResource, movedFrom: z.exactOptional(address) }), z.strictObject({ remove: address })])),
    adopted: z.exactOptional(z.boolean()),
  }),
  z.strictObject({ at, kind: z.literal('failed'), step, error: errorRecord }),
  z.strictObject({ at, kind: z.literal('skipped'), step, because: address }),
  z.strictObject({ at, kind: z.literal('stale'), step, message: z.string() }),
  z.strictObject({ at, kind: z.literal('cancelled'), step }),
  z.strictObject({ at, kind: z.literal('interrupted'), step, message: z.string() }),
  z.strictObject({
    at,
    kind: z.literal('run-ended'),
    outcome: z.enum(['succeeded', 'partial', 'failed', 'cancelled', 'interrupted', 'paused', 'rolled-back', 'abandoned']),
    open: z.boolean(),
    message: z.exactOptional(z.string()),
  }),
])
