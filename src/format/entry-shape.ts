import * as z from 'zod/mini'
import type { Json } from '../core/json.ts'
import { checkResult, choice, hookResult, operationOutput, operationResult } from './operation-shape.ts'
import { address, count, errorRecord, fields, ifPresent, mode, recordedResource } from './shapes.ts'

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
    undoes: ifPresent(z.string()),
    types: ifPresent(z.record(z.string(), z.record(z.string(), json))),
    takenOver: ifPresent(takenOver),
  }),
  z.strictObject({ at, kind: z.literal('run-resumed'), holder: z.string(), fence: count }),
  z.strictObject({ at, kind: z.literal('run-taken'), holder: z.string(), fence: count, takenOver }),
  z.strictObject({
    at,
    kind: z.literal('started'),
    step,
    attempt: count,
    idempotencyKey: z.string(),
    before: ifPresent(z.strictObject({ id: z.string(), outputs: fields, recorded: ifPresent(recordedResource) })),
    absent: ifPresent(z.boolean()),
  }),
  z.strictObject({ at, kind: z.literal('handle'), step, handle: z.string() }),
  z.strictObject({ at, kind: z.literal('attempted'), step, attempt: count, error: errorRecord, retryInMs: ifPresent(z.number()), output: ifPresent(operationOutput) }),
  z.strictObject({
    at,
    kind: z.literal('succeeded'),
    step,
    change: ifPresent(z.union([z.strictObject({ put: recordedResource, movedFrom: ifPresent(address) }), z.strictObject({ remove: address }), z.strictObject({ dirtied: z.string() }), z.strictObject({ settled: z.string() })])),
    adopted: ifPresent(z.boolean()),
    adapted: ifPresent(z.string()),
    result: ifPresent(operationResult),
  }),
  z.strictObject({ at, kind: z.literal('failed'), step, error: errorRecord, output: ifPresent(operationOutput) }),
  z.strictObject({ at, kind: z.literal('skipped'), step, because: ifPresent(address), message: ifPresent(z.string()) }),
  z.strictObject({ at, kind: z.literal('stale'), step, message: z.string() }),
  z.strictObject({ at, kind: z.literal('cancelled'), step }),
  z.strictObject({ at, kind: z.literal('checked'), step, checks: z.array(checkResult) }),
  z.strictObject({ at, kind: z.literal('decided'), step, choice, by: z.string() }),
  z.strictObject({ at, kind: z.literal('phase-started'), phase: z.string() }),
  z.strictObject({ at, kind: z.literal('phase-ended'), phase: z.string() }),
  z.strictObject({ at, kind: z.enum(['dirtied', 'cleaned']), group: z.string() }),
  z.strictObject({ at, kind: z.literal('hook'), result: hookResult }),
  z.strictObject({ at, kind: z.literal('interrupted'), step, message: z.string() }),
  z.strictObject({
    at,
    kind: z.literal('run-ended'),
    outcome: z.enum(['succeeded', 'partial', 'failed', 'cancelled', 'interrupted', 'paused', 'rolled-back', 'abandoned']),
    open: z.boolean(),
    message: ifPresent(z.string()),
  }),
])
