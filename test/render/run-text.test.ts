import { describe, expect, test } from 'vitest'
import type { Action } from '../../src/core/action.ts'
import type { RunEvent } from '../../src/core/event.ts'
import type { ActionResult, RunResult } from '../../src/core/result.ts'
import { renderCall } from '../../src/render/call-text.ts'
import { renderDrift } from '../../src/render/drift-text.ts'
import { formatDuration } from '../../src/render/duration.ts'
import { renderEvent } from '../../src/render/event-text.ts'
import { eventToJson, runToJson } from '../../src/render/json-text.ts'
import { renderProgress } from '../../src/render/progress-text.ts'
import { renderRun } from '../../src/render/run-text.ts'
import { richActions } from './rich-plan.ts'

const failed: ActionResult = {
  address: 'api/foo',
  kind: 'create',
  outcome: 'failed',
  attempts: 4,
  durationMs: 1200,
  error: { code: 'provider', message: 'the backend refused it', kind: 'fatal', status: 422, fields: [{ path: 'name', reason: 'must be\u001B[2J unique' }] },
}
const actions: readonly ActionResult[] = [
  { address: 'portal/dev', kind: 'create', outcome: 'succeeded', id: 'p1', attempts: 1, durationMs: 80 },
  failed,
  { address: 'doc/a', kind: 'create', outcome: 'skipped', attempts: 0, durationMs: 0, because: 'api/foo' },
  { address: 'doc/b', kind: 'update', outcome: 'stale', id: 'b', attempts: 0, durationMs: 0, message: 'name changed since the plan was made' },
  { address: 'doc/c', kind: 'delete', outcome: 'blocked', attempts: 0, durationMs: 0, message: 'it is protected' },
  { address: 'doc/d', kind: 'create', outcome: 'interrupted', attempts: 1, durationMs: 5, message: 'whether it happened is unknown' },
  { address: 'doc/e', kind: 'create', outcome: 'cancelled', attempts: 0, durationMs: 0 },
]
const result: RunResult = {
  runId: 'run-1',
  planId: 'plan-1',
  stack: 'prod',
  mode: 'apply',
  outcome: 'partial',
  success: false,
  counts: { succeeded: 1, failed: 1, skipped: 1, blocked: 1, stale: 1, cancelled: 1, interrupted: 1, pending: 0, 'rolled-back': 0 },
  actions,
  errors: [{ address: 'api/foo', error: failed.error as NonNullable<ActionResult['error']> }],
  requests: 9,
  durationMs: 3210,
  dryRun: false,
  open: true,
}

describe('a run as text', () => {
  test('names the run that takes it back where that is what has not ended', () => {
    const rollback: RunResult = { ...result, runId: 'run-2', mode: 'rollback' }
    expect(renderRun({ ...result, rollback })).toContain('Run run-2 has not ended: resume it')
    expect(renderRun({ ...result, rollback })).not.toContain('Run run-1 has not ended')
    expect(renderRun({ ...result, rollback: { ...rollback, open: false } })).toContain('Run run-1 has not ended: resume it')
  })
  test('names every outcome with its reason', async () => {
    await expect(renderRun(result)).toMatchFileSnapshot('golden/run.txt')
    await expect(renderRun({ ...result, open: false, dryRun: true }, { verbose: true })).toMatchFileSnapshot('golden/run-dry.txt')
  })
  test('is short when all went well', () => {
    const counts = { succeeded: 2, failed: 0, skipped: 0, blocked: 0, stale: 0, cancelled: 0, interrupted: 0, pending: 0, 'rolled-back': 0 }
    expect(renderRun({ ...result, outcome: 'succeeded', success: true, open: false, counts, errors: [], actions: actions.slice(0, 1) })).toBe('Done: 2 succeeded in 3.2 s.')
  })
  test('JSON has the same fields in the same order', () => {
    expect(Object.keys(JSON.parse(runToJson(result)) as object)).toEqual(['runId', 'planId', 'stack', 'mode', 'outcome', 'success', 'counts', 'actions', 'errors', 'requests', 'durationMs', 'dryRun', 'open'])
  })
})

const action = richActions[0] as Action
const progress = { done: 3, total: 7, percent: 43 }
const events: readonly RunEvent[] = [
  { name: 'run:started', runId: 'run-1', planId: 'plan-1', stack: 'prod', mode: 'apply', total: 7, dryRun: false, resumed: false },
  { name: 'lease:awaited', stack: 'prod', holder: 'anna', since: '2026-01-01T00:00:00.000Z', leftMs: 90_000 },
  { name: 'lease:awaited', stack: 'prod', holder: 'anna', since: '2026-01-01T00:00:00.000Z', leftMs: Number.POSITIVE_INFINITY },
  { name: 'lease:taken', stack: 'prod', from: 'anna', reason: 'her\nmachine is gone', fence: 7, graceMs: 60_000 },
  { name: 'action:started', action, attempt: 1 },
  { name: 'action:started', action, attempt: 2 },
  { name: 'action:progressed', action, message: 'waits\nfor it' },
  { name: 'action:retried', action, attempt: 1, error: { code: 'provider', message: '503' }, delayMs: 450 },
  { name: 'action:succeeded', action, result: actions[0] as ActionResult, progress },
  { name: 'action:failed', action, result: failed, progress },
  { name: 'action:skipped', action, result: actions[2] as ActionResult, progress },
  { name: 'action:stale', action, result: actions[3] as ActionResult, progress },
  { name: 'action:blocked', action, result: actions[4] as ActionResult, progress },
  { name: 'action:interrupted', action, result: actions[5] as ActionResult, progress },
  { name: 'action:cancelled', action, result: actions[6] as ActionResult, progress },
  { name: 'call:finished', call: { method: 'GET', url: 'http://x/y', status: 200, durationMs: 12 } },
  { name: 'listener:failed', event: 'action:started', error: { code: 'unexpected', message: 'Error: no' } },
  { name: 'run:finished', result },
]

test('events are plain lines, or none, and NDJSON', async () => {
  await expect(events.map((event) => `${renderEvent(event) ?? '(none)'}\n${event.name === 'run:finished' ? '' : `${eventToJson(event)}\n`}`).join('')).toMatchFileSnapshot('golden/events.txt')
})

test('a call is one line', () => {
  expect(renderCall({ method: 'GET', url: 'http://x/\u001By', status: 200, durationMs: 12 })).toBe('GET http://x/\\u{1B}y 200 12 ms')
})

test('drift says what was changed, is gone, and cannot be told', async () => {
  const drift = {
    stack: 'prod',
    checked: 12,
    resources: [
      { address: 'api/a', id: '1', kind: 'changed', changes: [{ path: ['name'], before: 'a', after: 'b' }] },
      { address: 'api/b', id: '2', kind: 'gone', changes: [] },
      { address: 'api/c', id: '3', kind: 'unreadable', changes: [], error: { code: 'x', message: '503' } },
    ],
  } as const
  await expect(renderDrift(drift)).toMatchFileSnapshot('golden/drift.txt')
  expect(renderDrift({ ...drift, resources: [] })).toBe('No drift: 12 recorded resources checked.')
})

test('progress fits the width', () => {
  const running = Array.from({ length: 10 }, (_, index) => ({ address: `api/${'x'.repeat(100)}${index}`, kind: 'create' as const, elapsedMs: 1500, message: 'polls' }))
  const text = renderProgress({ progress, elapsedMs: 61_000, troubled: 1, running, isStopping: true }, { width: 60 })
  expect(text.split('\n').map((line) => line.length <= 60)).toEqual(new Array(10).fill(true))
  expect(text).toContain('3/7 43 %, 1 not done, 1 min 1 s, stopping')
  expect(text).toContain('and 2 more')
})

test('durations read well', () => {
  expect([0, 999, 1000, 59_949, 59_960, 3_599_400, 3_600_000, Number.NaN].map(formatDuration)).toEqual(['0 ms', '999 ms', '1.0 s', '59.9 s', '1 min 0 s', '59 min 59 s', '1 h 0 min', '0 ms'])
})
