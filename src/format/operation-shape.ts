import * as z from 'zod/mini'
import type { HookEvent } from '../core/operation.ts'
import { address, count, fields, ifPresent } from './shapes.ts'

/** What plans and journals say of operations, phases, checks and hooks. */
export const operationOutput = z.strictObject({ text: z.string(), length: count, document: ifPresent(z.string()) })

export const operationChange = z.strictObject({
  subject: z.string(),
  action: z.enum(['create', 'update', 'delete', 'start', 'stop', 'none']),
  before: ifPresent(z.unknown()),
  after: ifPresent(z.unknown()),
})

export const checkResult = z.strictObject({
  check: z.string(),
  status: z.enum(['passed', 'warning', 'failed', 'unneeded']),
  message: ifPresent(z.string()),
  step: ifPresent(z.string()),
  durationMs: z.number(),
  details: ifPresent(fields),
})

export const operationResult = z.strictObject({
  output: ifPresent(operationOutput),
  changes: ifPresent(z.array(operationChange)),
  value: ifPresent(z.unknown()),
})

export const resourceEstimate = z.strictObject({
  durationMs: ifPresent(z.number()),
  diskBytes: ifPresent(z.number()),
  memoryBytes: ifPresent(z.number()),
  downloadBytes: ifPresent(z.number()),
  processes: ifPresent(z.record(z.string(), z.number())),
  ports: ifPresent(z.record(z.string(), z.array(z.number()))),
  basis: ifPresent(z.array(z.string())),
})

export const planPhase = z.strictObject({
  name: z.string(),
  description: ifPresent(z.string()),
  parallel: ifPresent(count),
  before: ifPresent(z.array(z.string())),
  after: ifPresent(z.array(z.string())),
  estimate: ifPresent(resourceEstimate),
})

const finding = z.strictObject({ code: z.string(), message: z.string(), step: ifPresent(z.string()) })

export const planValidation = z.strictObject({ valid: z.boolean(), errors: z.array(finding), warnings: z.array(finding), checks: z.array(checkResult) })

const hookEvent: z.ZodMiniType<HookEvent> = z.enum(['beforePlan', 'afterPlan', 'beforeApply', 'afterApply', 'beforePhase', 'afterPhase', 'beforeAction', 'afterAction', 'onError', 'onSuccess'])

export const hookResult = z.strictObject({
  hook: z.string(),
  on: hookEvent,
  phase: ifPresent(z.string()),
  action: ifPresent(address),
  status: z.enum(['succeeded', 'failed', 'ignored']),
  message: ifPresent(z.string()),
  output: ifPresent(operationOutput),
  durationMs: z.number(),
})

export const choice = z.enum(['retry', 'skip', 'abort', 'pause', 'rollback'])
