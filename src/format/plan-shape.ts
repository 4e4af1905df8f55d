import * as z from 'zod/mini'
import { address, count, errorRecord, fields, mode, path, recordedResource } from './shapes.ts'

/** One line of a plan's `actions`. */
export const actionShape = z.strictObject({
  address,
  kind: z.enum(['create', 'update', 'replace', 'delete', 'forget']),
  reason: z.exactOptional(z.string()),
  id: z.exactOptional(z.string()),
  adopts: z.exactOptional(z.boolean()),
  inputs: z.exactOptional(fields),
  changes: z.array(
    z.strictObject({
      path,
      before: z.exactOptional(z.unknown()),
      after: z.exactOptional(z.unknown()),
      sensitive: z.exactOptional(z.boolean()),
      forcesReplace: z.exactOptional(z.boolean()),
    }),
  ),
  unset: z.exactOptional(z.array(path)),
  steps: z.array(
    z.strictObject({
      key: z.string(),
      call: z.enum(['create', 'update', 'delete', 'forget']),
      after: z.array(z.string()),
    }),
  ),
  replaceOrder: z.exactOptional(z.enum(['delete-first', 'create-first'])),
  blocked: z.exactOptional(
    z.strictObject({
      reason: z.enum(['protected', 'replace-in-apply', 'not-owned', 'blocked-dependency', 'needs-person']),
      message: z.string(),
      because: z.exactOptional(address),
    }),
  ),
  fingerprint: z.string(),
  dependsOn: z.array(address),
  parentId: z.exactOptional(z.string()),
  protected: z.exactOptional(z.boolean()),
  movedFrom: z.exactOptional(address),
  deposed: z.exactOptional(z.array(z.string())),
  leftAs: z.exactOptional(fields),
  restores: z.exactOptional(z.union([recordedResource, z.literal('nothing')])),
  guarantee: z.exactOptional(z.enum(['exactly-once', 'found-by-key', 'interrupted'])),
})

/** The first line of a plan. */
export const planHeadShape = z.strictObject({
  format: z.literal('convergent.plan'),
  version: z.literal(1),
  id: z.string(),
  stack: z.string(),
  mode,
  createdAt: z.string(),
  expiresAt: z.exactOptional(z.string()),
  basedOn: z.exactOptional(z.strictObject({ lineage: z.string(), serial: count })),
  undoes: z.exactOptional(z.string()),
  openRun: z.exactOptional(z.string()),
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string(), address: z.exactOptional(address) })),
  unreadable: z.array(z.strictObject({ subject: z.string(), error: errorRecord, leavesOut: z.array(address) })),
  violations: z.array(
    z.strictObject({ policy: z.string(), level: z.enum(['deny', 'warn']), message: z.string(), address: z.exactOptional(address) }),
  ),
  objects: z.array(z.strictObject({ address, id: z.string(), parentId: z.exactOptional(z.string()) })),
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
  }),
})
