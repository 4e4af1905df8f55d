import type { Plan } from '../../src/core/plan.ts'
import { Deferred, Reference, Sensitive, Unknown } from '../../src/core/value.ts'

/** A plan with every optional field somewhere. */
export const samplePlan: Plan = {
  format: 'convergent.plan',
  version: 1,
  id: 'p1',
  stack: 'prod',
  mode: 'sync',
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-02T00:00:00.000Z',
  basedOn: { lineage: 'l', serial: 3 },
  undoes: 'r1',
  openRun: 'r0',
  warnings: [{ code: 'w', message: 'careful', address: 'api/a' }],
  unreadable: [{ subject: 'api', error: { code: 'provider', message: 'no', kind: 'fatal', status: 500, fields: [{ path: 'x', reason: 'y' }] }, leavesOut: ['api/z'] }],
  violations: [{ policy: 'p', level: 'warn', message: 'm', address: 'api/a' }],
  objects: [{ address: 'portal/p', id: '9', parentId: '8' }],
  actions: [
    {
      address: 'api/a',
      kind: 'replace',
      reason: 'name is immutable',
      id: '1',
      adopts: true,
      inputs: { portal: new Reference('portal/p', ['id']), token: new Sensitive({ digest: 'd' }), env: new Deferred('env', 'T'), text: '],"summary":{},"sha256":"\u2028\n' },
      changes: [
        { path: ['portal', 0], before: { $convergent: 'unknown' }, after: new Unknown(), forcesReplace: true },
        { path: ['gone'], before: null },
        { path: ['token'], sensitive: true },
      ],
      unset: [['a', 1]],
      steps: [
        { key: 'delete:api/a', call: 'delete', after: [] },
        { key: 'create:api/a', call: 'create', after: ['delete:api/a'] },
      ],
      replaceOrder: 'delete-first',
      blocked: { reason: 'protected', message: 'm', because: 'api/b' },
      fingerprint: 'f',
      dependsOn: ['portal/p'],
      parentId: '7',
      protected: true,
      movedFrom: 'api/old',
      deposed: ['0'],
      leftAs: { portal: new Reference('portal/p') },
      restores: { address: 'api/a', id: '1', inputs: { token: new Sensitive({ digest: 'd', sealed: 's' }) }, outputs: { portal: '9' }, dependsOn: ['portal/p'] },
      guarantee: 'found-by-key',
    },
    { address: 'api/__proto__', kind: 'forget', changes: [], steps: [], fingerprint: 'absent', dependsOn: [] },
  ],
  summary: { create: 0, update: 0, replace: 0, delete: 0, forget: 1, blocked: 1, unchanged: 2 },
}
