import type { Action } from '../../src/core/action.ts'
import type { Plan } from '../../src/core/plan.ts'
import { summarize } from '../../src/core/planning/summary.ts'
import { Sensitive } from '../../src/core/value.ts'

const base = { kind: 'operation', changes: [], fingerprint: 'operation' } as const
const run = (address: Action['address'], more: Partial<Action>): Action => ({ ...base, address, dependsOn: [], steps: [{ key: `run:${address}`, call: 'run', after: [] }], ...more })

/** Operations and a resource in two phases, with everything that can be said of them. */
export const operationPlan: Plan = {
  format: 'convergent.plan',
  version: 1,
  id: 'plan-1',
  stack: 'prod',
  mode: 'apply',
  createdAt: '2026-01-01T00:00:00.000Z',
  operation: 'deploy',
  phases: [
    { name: 'prepare', description: 'puts the release in place', parallel: 3, before: ['freeze', 'tell'], estimate: { durationMs: 65_000, downloadBytes: 5 << 30 } },
    { name: 'start', after: ['thaw'] },
    { name: 'nothing', description: 'there is nothing in it' },
  ],
  validation: {
    valid: false,
    errors: [{ code: 'disk', message: 'too full', step: 'run:copy/a' }],
    warnings: [{ code: 'old', message: 'the release is old' }],
    checks: [
      { check: 'disk', status: 'failed', message: 'too full', step: 'run:copy/a', durationMs: 12, details: { free: 1_073_741_824, required: 5_368_709_120 } },
      { check: 'old', status: 'warning', message: 'the release is old', durationMs: 1 },
      { check: 'needed', status: 'unneeded', message: 'it runs already', step: 'run:start/a', durationMs: 0 },
      ...Array.from({ length: 14 }, (_, port) => ({ check: `port ${8000 + port}`, status: 'passed', durationMs: port } as const)),
    ],
  },
  estimate: {
    durationMs: 125_000,
    diskBytes: 1536,
    memoryBytes: 1_073_741_824,
    downloadBytes: 5 << 20,
    processes: { 'host-b': 1, 'host-a': 3 },
    ports: { 'host-a': [80, 443, 8000, 8001, 8002, 8003], 'host-b': [80] },
    basis: ['the last three releases', 'without 1 of 4, of which nothing is known'],
  },
  warnings: [{ code: 'x', message: 'something to know' }],
  unreadable: [],
  violations: [],
  objects: [],
  actions: [
    run('copy/a', {
      phase: 'prepare',
      description: 'copy release 2 to a',
      inputs: { host: 'a', token: new Sensitive({ value: 'q9-SECRET-z7' }), release: 2 },
      guarantee: 'exactly-once',
      estimate: { durationMs: 65_000, downloadBytes: 5 << 20 },
      expects: [
        { subject: 'file /etc/app.conf', action: 'update', before: 'port: 80\nlog: no\nuser: app', after: 'port: 8080\nlog: no\nuser: app' },
        { subject: 'file /opt/app', action: 'create', after: { release: 2, bytes: 9_007_199_254_740_991 } },
        { subject: 'process app', action: 'stop', before: 4711 },
        { subject: 'process app', action: 'start' },
        { subject: 'service', action: 'none', before: 1, after: 1 },
        { subject: 'file /tmp/lock', action: 'delete' },
      ],
    }),
    { address: 'named/record', kind: 'create', phase: 'prepare', changes: [{ path: ['name'], after: 'record' }], steps: [{ key: 'create:named/record', call: 'create', after: [] }], fingerprint: 'f', dependsOn: [] },
    run('start/a', { phase: 'start', dependsOn: ['copy/a', 'named/record'], guarantee: 'interrupted', steps: [{ key: 'run:start/a', call: 'run', after: ['run:copy/a'] }] }),
    run('start/b', { phase: 'start', steps: [{ key: 'undo:start/b', call: 'undo', after: [] }], description: 'take back: start b' }),
    run('start/c', { phase: 'start', steps: [], blocked: { reason: 'needs-person', message: 'it was done, and cannot be undone' } }),
  ],
  summary: { create: 1, update: 0, replace: 0, delete: 0, forget: 0, blocked: 1, unchanged: 0, operation: 3 },
}

/** The same with nothing but operations. */
export const plainOperationPlan: Plan = { ...operationPlan, actions: operationPlan.actions.filter(({ kind, blocked }) => kind === 'operation' && blocked === undefined), summary: summarize([operationPlan.actions[0] as Action], 0) }
