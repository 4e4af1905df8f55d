import { expect, test } from 'vitest'
import { exitCodeOfError, exitCodeOfPlan, exitCodeOfRun } from '../../src/cli/exit-code.ts'
import { parseCount, parseDuration, parseMode } from '../../src/cli/flags.ts'
import { LeaseHeldError, StoreError } from '../../src/core/errors.ts'
import type { RunResult } from '../../src/core/result.ts'
import { richPlan } from '../render/rich-plan.ts'

const counts = { succeeded: 0, failed: 0, skipped: 0, blocked: 0, stale: 0, cancelled: 0, interrupted: 0, pending: 0, 'rolled-back': 0 }
const result = (change: Partial<Omit<RunResult, 'counts'>> & { readonly counts?: Partial<RunResult['counts']> }): RunResult => ({
  runId: 'r', planId: 'p', stack: 's', mode: 'apply', outcome: 'failed', success: false, actions: [], errors: [], requests: 0, durationMs: 0, dryRun: false, open: false,
  ...change,
  counts: { ...counts, ...change.counts },
})

test('of a run', () => {
  expect(exitCodeOfRun(result({ success: true, counts: { succeeded: 1, blocked: 1 } }), false)).toBe(0)
  expect(exitCodeOfRun(result({ success: true, counts: { succeeded: 1, blocked: 1 } }), true)).toBe(3)
  expect(exitCodeOfRun(result({ counts: { failed: 1 } }), false)).toBe(1)
  expect(exitCodeOfRun(result({ counts: { failed: 1, succeeded: 1 } }), false)).toBe(3)
  expect(exitCodeOfRun(result({ counts: { stale: 1 } }), false)).toBe(3)
  expect(exitCodeOfRun(result({ counts: { interrupted: 1 } }), false)).toBe(3)
  expect(exitCodeOfRun(result({ counts: { failed: 1 }, actions: [{ address: 'a/b', kind: 'replace', outcome: 'failed', attempts: 2, durationMs: 1 }] }), false)).toBe(3)
  expect(exitCodeOfRun(result({ counts: { failed: 1 }, actions: [{ address: 'a/b', kind: 'operation', outcome: 'failed', attempts: 1, durationMs: 1 }] }), false)).toBe(3)
  expect(exitCodeOfRun(result({ counts: { failed: 1 }, actions: [{ address: 'a/b', kind: 'operation', outcome: 'failed', attempts: 0, durationMs: 0 }] }), false)).toBe(1)
  expect(exitCodeOfRun(result({ counts: { failed: 1, succeeded: 1 }, dryRun: true }), false)).toBe(1)
})

test('of a plan', () => {
  expect(exitCodeOfPlan(richPlan, false)).toBe(2)
  const blocked = { ...richPlan, actions: richPlan.actions.filter((action) => action.blocked !== undefined), unreadable: [] }
  expect([exitCodeOfPlan(blocked, false), exitCodeOfPlan(blocked, true)]).toEqual([0, 3])
  expect(exitCodeOfPlan({ ...richPlan, actions: [] }, false)).toBe(1)
  expect(exitCodeOfPlan({ ...richPlan, validation: { valid: false, errors: [], warnings: [], checks: [] } }, false)).toBe(1)
})

test('of an error', () => {
  expect(exitCodeOfError(new LeaseHeldError('s', 'Mary', 'now'), false)).toBe(4)
  expect(exitCodeOfError(new StoreError('full'), false)).toBe(1)
  expect(exitCodeOfError(new StoreError('full'), true)).toBe(3)
})

test('flags are read, or refused with what was expected', () => {
  expect([parseDuration('90s'), parseDuration('2h'), parseCount('3'), parseMode('sync')]).toEqual([90_000, 7_200_000, 3, 'sync'])
  expect(() => parseDuration('2')).toThrow('expected a number')
  expect(() => parseCount('-1')).toThrow('whole number')
  expect(() => parseMode('sink')).toThrow('apply, sync, destroy')
})
