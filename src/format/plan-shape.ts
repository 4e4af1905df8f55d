import * as z from 'zod/mini'
import { operationChange, operationResult, planPhase, planValidation, resourceEstimate } from './operation-shape.ts'
import { address, count, errorRecord, fields, ifPresent, mode, path, recordedResource } from './shapes.ts'

/** One line of a plan's `actions`. */
export const actionShape = z.strictObject({
  address,
  kind: z.enum(['create', 'update', 'replace', 'delete', 'forget', 'operation', 'settle']),
  reason: ifPresent(z.string()),
  id: ifPresent(z.string()),
  adopts: ifPresent(z.boolean()),
  inputs: ifPresent(fields),
  changes: z.array(
    z.strictObject({
      path,
      before: ifPresent(z.unknown()),
      after: ifPresent(z.unknown()),
      sensitive: ifPresent(z.boolean()),
      forcesReplace: ifPresent(z.boolean()),
    }),
  ),
  unset: ifPresent(z.array(path)),
  steps: z.array(
    z.strictObject({
      key: z.string(),
      call: z.enum(['create', 'update', 'delete', 'forget', 'run', 'undo', 'settle']),
      after: z.array(z.string()),
      comesAfter: ifPresent(z.string()),
      settledBy: ifPresent(z.string()),
    }),
  ),
  loss: ifPresent(z.string()),
  replaceOrder: ifPresent(z.enum(['delete-first', 'create-first'])),
  blocked: ifPresent(
    z.strictObject({
      reason: z.enum(['protected', 'replace-in-apply', 'not-owned', 'blocked-dependency', 'needs-person']),
      message: z.string(),
      because: ifPresent(address),
    }),
  ),
  fingerprint: z.string(),
  dependsOn: z.array(address),
  parentId: ifPresent(z.string()),
  protected: ifPresent(z.boolean()),
  movedFrom: ifPresent(address),
  deposed: ifPresent(z.array(z.string())),
  leftAs: ifPresent(fields),
  restores: ifPresent(z.union([recordedResource, z.literal('nothing')])),
  phase: ifPresent(z.string()),
  description: ifPresent(z.string()),
  expects: ifPresent(z.array(operationChange)),
  settles: ifPresent(z.string()),
  settleBefore: ifPresent(z.boolean()),
  estimate: ifPresent(resourceEstimate),
  takesBack: ifPresent(operationResult),
  guarantee: ifPresent(z.enum(['exactly-once', 'found-by-key', 'interrupted'])),
})

/** The first line of a plan. */
export const planHeadShape = z.strictObject({
  format: z.literal('convergent.plan'),
  version: z.literal(1),
  id: z.string(),
  stack: z.string(),
  mode,
  createdAt: z.string(),
  expiresAt: ifPresent(z.string()),
  basedOn: ifPresent(z.strictObject({ lineage: z.string(), serial: count })),
  undoes: ifPresent(z.string()),
  openRun: ifPresent(z.string()),
  operation: ifPresent(z.string()),
  phases: ifPresent(z.array(planPhase)),
  validation: ifPresent(planValidation),
  estimate: ifPresent(resourceEstimate),
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string(), address: ifPresent(address) })),
  unreadable: z.array(z.strictObject({ subject: z.string(), error: errorRecord, leavesOut: z.array(address) })),
  violations: z.array(
    z.strictObject({ policy: z.string(), level: z.enum(['deny', 'warn']), message: z.string(), address: ifPresent(address) }),
  ),
  objects: z.array(z.strictObject({ address, id: z.string(), parentId: ifPresent(z.string()) })),
  actions: z.array(z.never()),
})

/** The last line of a plan, before the digest. */
export const planTailShape = z.strictObject({
  actions: z.array(z.never()),
  summary: z.strictObject({
    create: count,
    update: count,
    replace: count,
    delete: count,
    forget: count,
    blocked: count,
    unchanged: count,
    operation: ifPresent(count),
    settle: ifPresent(count),
  }),
})
