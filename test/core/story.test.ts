import { describe, expect, it } from 'vitest'
import type { Entry } from '../../src/core/entry.ts'
import { tellRun } from '../../src/core/story.ts'

const run = { id: 'run-1', plan: 'plan-1', startedAt: '2026-01-01T00:00:00.000Z', ended: true }
const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`
const error = { code: 'unexpected', message: 'no', kind: 'fatal' } as const
const tell = (entries: readonly Entry[]) => tellRun(run, entries)

describe('the story of operations', () => {
  it('has phases from their first beginning to their end', () => {
    const { phases } = tell([
      { kind: 'phase-started', phase: 'prepare', at: at(1) },
      { kind: 'phase-ended', phase: 'prepare', at: at(3) },
      { kind: 'phase-started', phase: 'deploy', at: at(3) },
      { kind: 'phase-started', phase: 'deploy', at: at(8) },
      { kind: 'phase-started', phase: 'deploy', at: at(9) },
      { kind: 'phase-ended', phase: 'deploy', at: at(12) },
      { kind: 'phase-started', phase: 'verify', at: at(12) },
      { kind: 'phase-ended', phase: 'nothing to do', at: at(13) },
    ])
    expect(phases).toEqual([
      { phase: 'prepare', startedAt: at(1), endedAt: at(3), durationMs: 2000 },
      { phase: 'deploy', startedAt: at(3), resumed: 2, endedAt: at(12), durationMs: 9000 },
      { phase: 'verify', startedAt: at(12) },
      { phase: 'nothing to do', startedAt: at(13), endedAt: at(13), durationMs: 0 },
    ])
  })
  it('has attempts, checks, decisions, output, changes and what they returned, integers as they are', () => {
    const checks = [{ check: 'port', status: 'passed', durationMs: 3, details: { port: 8080, big: 9_007_199_254_740_991 } }] as const
    const output = { text: 'the end', length: 100_000, document: 'run-1 run:start/a 2' }
    const result = { output, changes: [{ subject: 'process a', action: 'start', after: 4711 }], value: { pid: 4711 } } as const
    const { steps, hooks } = tell([
      { kind: 'phase-started', phase: 'deploy', at: at(1) },
      { kind: 'checked', step: 'run:start/a', checks, at: at(1) },
      { kind: 'started', step: 'run:start/a', attempt: 1, idempotencyKey: 'k', at: at(1) },
      { kind: 'failed', step: 'run:start/a', error, output: { text: 'oh', length: 2 }, at: at(4) },
      { kind: 'decided', step: 'run:start/a', choice: 'retry', by: '--on-failure', at: at(5) },
      { kind: 'started', step: 'run:start/a', attempt: 2, idempotencyKey: 'k', at: at(5) },
      { kind: 'succeeded', step: 'run:start/a', result, at: at(6) },
      { kind: 'succeeded', step: 'run:copy/a', adapted: 'it was done already', at: at(6) },
      { kind: 'hook', result: { hook: 'tell', on: 'afterPhase', phase: 'deploy', status: 'ignored', message: 'no', durationMs: 12 }, at: at(7) },
      { kind: 'phase-ended', phase: 'deploy', at: at(7) },
    ])
    expect(steps).toEqual([
      {
        step: 'run:start/a',
        address: 'start/a',
        phase: 'deploy',
        outcome: 'succeeded',
        attempts: [
          { attempt: 1, startedAt: at(1), endedAt: at(4), durationMs: 3000, error, recoverable: false, output: { text: 'oh', length: 2 } },
          { attempt: 2, startedAt: at(5), endedAt: at(6), durationMs: 1000 },
        ],
        checked: [{ at: at(1), checks }],
        decisions: [{ at: at(5), choice: 'retry', by: '--on-failure' }],
        result,
      },
      { step: 'run:copy/a', address: 'copy/a', phase: 'deploy', outcome: 'succeeded', attempts: [], adapted: 'it was done already' },
    ])
    expect(hooks).toEqual([{ hook: 'tell', on: 'afterPhase', phase: 'deploy', status: 'ignored', message: 'no', durationMs: 12, at: at(7) }])
  })
  it('tells a check that says no from an attempt, and what never began from its phase', () => {
    const { steps } = tell([
      { kind: 'phase-started', phase: 'deploy', at: at(1) },
      { kind: 'checked', step: 'run:start/a', checks: [{ check: 'port', status: 'failed', message: 'taken', durationMs: 1 }], at: at(1) },
      { kind: 'decided', step: 'run:start/a', choice: 'abort', by: 'person', at: at(2) },
      { kind: 'failed', step: 'run:start/a', error: { code: 'check-failed', message: 'port: taken' }, at: at(2) },
      { kind: 'skipped', step: 'run:verify/all', because: 'start/a', at: at(2) },
      { kind: 'skipped', step: 'run:verify/more', message: 'the hook x failed', at: at(2) },
    ])
    expect(steps).toMatchObject([
      { step: 'run:start/a', phase: 'deploy', outcome: 'failed', attempts: [], message: 'port: taken', decisions: [{ choice: 'abort', by: 'person' }] },
      { step: 'run:verify/all', outcome: 'skipped', message: 'because of start/a' },
      { step: 'run:verify/more', outcome: 'skipped', message: 'the hook x failed' },
    ])
    expect(steps.map(({ phase }) => phase)).toEqual(['deploy', undefined, undefined])
  })
  it('forgets why something was interrupted once it has succeeded', () => {
    const { steps } = tell([
      { kind: 'started', step: 'run:start/a', attempt: 1, idempotencyKey: 'k', at: at(1) },
      { kind: 'interrupted', step: 'run:start/a', message: 'nobody knows', at: at(2) },
      { kind: 'decided', step: 'run:start/a', choice: 'retry', by: 'host', at: at(3) },
      { kind: 'succeeded', step: 'run:start/a', adopted: true, at: at(4) },
    ])
    expect(steps[0]).toEqual({ step: 'run:start/a', address: 'start/a', outcome: 'succeeded', attempts: [{ attempt: 1, startedAt: at(1), endedAt: at(2), durationMs: 1000 }], decisions: [{ at: at(3), choice: 'retry', by: 'host' }], adopted: true })
  })
})
