import type { Action } from '../../src/core/action.ts'
import type { Plan } from '../../src/core/plan.ts'
import { summarize } from '../../src/core/planning/summary.ts'
import { Deferred, Reference, Sensitive, Unknown } from '../../src/core/value.ts'

const text = (changed: string): string => Array.from({ length: 20 }, (_, line) => (line === 9 ? changed : `line ${line + 1} of the document`)).join('\n')

const base = { changes: [], steps: [], fingerprint: 'f', dependsOn: [] } as const

/** One action of each sort that a plan can hold. */
export const richActions: readonly Action[] = [
  {
    ...base,
    address: 'portal/dev',
    kind: 'create',
    guarantee: 'found-by-key',
    steps: [{ key: 'create:portal/dev', call: 'create', after: [] }],
    changes: [
      { path: ['name'], after: 'dev' },
      { path: ['auth', 'scopes', 1], after: 'read' },
      { path: ['labels', 'a.b'], after: 'x' },
      { path: ['description'], after: Array.from({ length: 30 }, (_, line) => `paragraph ${line}`).join('\n') },
      { path: ['long'], after: 'x'.repeat(300) },
      { path: ['nested'], after: { list: [{ name: 'one', api: new Reference('api/foo') }, { name: 'two', api: new Reference('api/foo', ['version', 'id']) }], empty: {}, note: 'enough text to need several lines' } },
    ],
  },
  {
    ...base,
    address: 'document/intro',
    kind: 'create',
    steps: [{ key: 'create:document/intro', call: 'create', after: ['create:portal/dev', 'update:api/foo'] }],
    guarantee: 'interrupted',
    reason: 'it is gone from the backend',
    changes: [
      { path: ['portal_id'], after: new Reference('portal/dev') },
      { path: ['slug'], after: new Unknown() },
      { path: ['token'], after: new Deferred('env', 'TOKEN', { value: 'S3CRET' }) },
      { path: ['password'], after: new Sensitive({ value: 'S3CRET' }) },
      { path: ['other'], sensitive: true },
    ],
  },
  {
    ...base,
    address: 'api/foo',
    kind: 'update',
    id: 'id-1',
    steps: [{ key: 'update:api/foo', call: 'update', after: [] }],
    movedFrom: 'api/old',
    changes: [
      { path: ['version'], before: 1, after: 2 },
      { path: ['content'], before: text('before'), after: text('after') },
      { path: ['labels', 'team'], before: 'x' },
      { path: ['tags'], before: ['a', 'b'], after: ['a', 'c'] },
      { path: ['policies'], before: ['one', 'two', 'three', 'four'].map((name) => ({ name, enabled: true })), after: ['one', 'two', 'tree', 'four'].map((name) => ({ name, enabled: true })) },
    ],
    unset: [['labels', 'team'], ['summary']],
  },
  { ...base, address: 'api/adopted', kind: 'update', id: 'id-2', adopts: true, steps: [{ key: 'update:api/adopted', call: 'update', after: [] }] },
  { ...base, address: 'api/lifted', kind: 'update', id: 'id-3', reason: 'lifts protection', changes: [{ path: ['labels', 'protected'], before: 'true', after: 'false' }] },
  { ...base, address: 'version/v1', kind: 'replace', id: 'id-4', replaceOrder: 'delete-first', reason: 'kind is immutable', changes: [{ path: ['kind'], before: 'a', after: 'b', forcesReplace: true }] },
  { ...base, address: 'version/v2', kind: 'replace', id: 'id-5', replaceOrder: 'create-first', deposed: ['id-0'], changes: [{ path: ['kind'], before: 'a', after: 'b', forcesReplace: true }] },
  { ...base, address: 'api/gone', kind: 'delete', id: 'id-6', reason: 'it is no longer declared' },
  { ...base, address: 'api/emptied', kind: 'delete', id: 'id-9', reason: 'it is no longer declared', loss: 'its data (lake, /prod/emp\u001B[2Jtied)' },
  { ...base, address: 'api/lost', kind: 'forget', id: 'id-7', reason: 'gone from the backend' },
  { ...base, address: 'api/kept', kind: 'delete', id: 'id-8', blocked: { reason: 'protected', message: 'it is protected; declare protected: false and apply that first' } },
  { ...base, address: 'api/evil\u001B[2J\u202E', kind: 'delete', id: 'a\rb', blocked: { reason: 'blocked-dependency', message: 'a child stays', because: 'child/x' } },
]

export const richPlan: Plan = {
  format: 'convergent.plan',
  version: 1,
  id: 'plan-1',
  stack: 'prod',
  mode: 'sync',
  createdAt: '2026-01-02T03:04:05.000Z',
  expiresAt: '2026-01-02T04:04:05.000Z',
  openRun: 'run-9',
  warnings: [{ code: 'torn', message: 'the last line of a journal was cut', address: 'api/foo' }],
  unreadable: [{ subject: 'team', error: { code: 'provider', message: 'list of team failed: 503' }, leavesOut: ['team/a', 'team/b'] }],
  violations: [{ policy: 'limit-deletes', level: 'warn', message: 'deletes 3, at most 2 allowed' }],
  objects: [],
  actions: richActions,
  summary: summarize(richActions, 31),
}
