import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Action } from '../../src/core/action.ts'
import type { RunEvent } from '../../src/core/event.ts'
import type { CheckResult, HookResult, OperationOutput } from '../../src/core/operation.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { RunStory } from '../../src/core/story.ts'
import { formatBytes } from '../../src/render/bytes.ts'
import { renderEvent } from '../../src/render/event-text.ts'
import { renderRunStory } from '../../src/render/history-text.ts'
import { eventToJson } from '../../src/render/json-text.ts'
import { renderOutput } from '../../src/render/output-text.ts'
import { renderPlan } from '../../src/render/plan-text.ts'
import { renderProgress } from '../../src/render/progress-text.ts'
import { renderRehearsal } from '../../src/render/rehearsal-text.ts'
import { renderSummary } from '../../src/render/summary-text.ts'
import { operationPlan, plainOperationPlan } from './operation-plan.ts'

const SECRET = 'q9-SECRET-z7'
const [copy, , , undo] = operationPlan.actions as readonly [Action, Action, Action, Action]

describe('a plan of operations as text', () => {
  it('is shown phase by phase', async () => {
    await expect(renderPlan(operationPlan)).toMatchFileSnapshot('golden/plan-operations.txt')
  })
  it('shows parameters, order and every check when verbose', async () => {
    await expect(renderPlan(operationPlan, { verbose: true })).toMatchFileSnapshot('golden/plan-operations-verbose.txt')
  })
  it('has colours only on request, and the same words with them', () => {
    const coloured = renderPlan(operationPlan, { color: true })
    expect(coloured).toContain('\u001B[32m')
    expect(coloured.replace(/\u001B\[\d+m/g, '')).toBe(renderPlan(operationPlan))
  })
  it('is summed up in one line', () => {
    const none = { create: 0, update: 0, replace: 0, delete: 0, forget: 0, blocked: 0, unchanged: 0 }
    const summaryOf = (summary: Partial<Plan['summary']>, more: Partial<Plan> = {}): string => renderSummary({ ...plainOperationPlan, summary: { ...none, ...summary }, ...more })
    expect(summaryOf({ operation: 7 })).toBe('Plan: 7 operations in 3 phases.')
    expect(summaryOf({ operation: 1, create: 2, unchanged: 4 })).toBe('Plan: 1 operation in 3 phases, 2 to create; 4 unchanged.')
    expect(summaryOf({ operation: 2, blocked: 1 }, { mode: 'rollback' })).toBe('Plan: 2 operations to take back in 3 phases, 1 blocked.')
    expect(summaryOf({})).toBe('Nothing to do: the plan has no operations.')
  })
})

const failed: CheckResult = { check: 'port', status: 'failed', message: 'taken\u001B[2J', durationMs: 3, details: { port: 80 } }
const passed: CheckResult = { check: 'disk', status: 'passed', durationMs: 1 }
const hook = (more: Partial<HookResult>): RunEvent => ({ name: 'hook:finished', result: { hook: 'tell', on: 'beforeApply', status: 'succeeded', durationMs: 12, ...more } })
const settled = { address: copy.address, kind: 'operation', outcome: 'succeeded', attempts: 1, durationMs: 80 } as const
const progress = { done: 1, total: 5, percent: 20 }
const events: readonly RunEvent[] = [
  { name: 'phase:started', phase: 'prepare' },
  hook({}),
  hook({ on: 'beforePhase', phase: 'prepare', status: 'failed', message: 'no\nway' }),
  hook({ on: 'afterAction', action: copy.address, phase: 'prepare', status: 'ignored', message: 'no' }),
  hook({ message: 'not run', durationMs: 0 }),
  { name: 'action:checked', action: copy, checks: [passed] },
  { name: 'action:checked', action: copy, checks: [passed, failed, { ...passed, status: 'warning', message: 'nearly full' }] },
  { name: 'action:started', action: copy, attempt: 1 },
  { name: 'action:started', action: copy, attempt: 2 },
  { name: 'action:started', action: undo, attempt: 1 },
  { name: 'decision:awaited', action: copy, message: 'it\nfailed' },
  { name: 'decision:made', action: copy, choice: 'retry', by: 'person' },
  { name: 'action:succeeded', action: copy, result: settled, progress },
  { name: 'action:succeeded', action: copy, result: { ...settled, attempts: 0, durationMs: 0, message: 'it was done already' }, progress },
  { name: 'action:succeeded', action: undo, result: settled, progress },
  { name: 'action:skipped', action: copy, result: { ...settled, outcome: 'skipped', message: 'left out, as it was decided: no' }, progress },
  { name: 'phase:finished', phase: 'prepare', durationMs: 1200, checkpoint: 'checkpoint-1\u001B' },
  { name: 'phase:finished', phase: 'prepare', durationMs: 80 },
]

describe('a run of operations as text', () => {
  it('has its events as plain lines, and as NDJSON', async () => {
    await expect(events.map((event) => `${renderEvent(event) ?? '(none)'}\n${eventToJson(event)}\n`).join('')).toMatchFileSnapshot('golden/events-operations.txt')
  })
  it('says of a dry run what would run, with totals', async () => {
    const lines = events.map((event) => renderEvent(event, { dryRun: true })).filter((line) => line !== undefined)
    await expect(`${lines.join('\n')}\n${renderRehearsal(operationPlan, events)}\n`).toMatchFileSnapshot('golden/rehearsal.txt')
  })
  it('shows its phase in the live view, within the width', () => {
    const text = renderProgress({ progress, phase: `prepare${'x'.repeat(50)}\u001B`, elapsedMs: 1000, troubled: 0, running: [], isStopping: false }, { width: 60 })
    expect(text).toContain('1/5 20 %, phase preparexxxxxxxxxxxxx, 1.0 s')
    expect(text.length).toBeLessThanOrEqual(60)
    const running = [{ address: 'start/a', kind: 'operation', elapsedMs: 1000 }, { address: 'start/b', kind: 'operation', isTakenBack: true, elapsedMs: 1000 }] as const
    expect(renderProgress({ progress, elapsedMs: 1000, troubled: 0, running, isStopping: false })).toContain('  running start/a 1.0 s\n  taking back start/b 1.0 s')
  })
})

describe('what was printed', () => {
  const output = (text: string, more: Partial<OperationOutput> = {}): OperationOutput => ({ text, length: text.length, ...more })
  it('is shown with its end, and says where all of it is', () => {
    expect(renderOutput(output('one\ntwo\n'), false)).toEqual(['| one', '| two'])
    const many = Array.from({ length: 10 }, (_, line) => `${line}\n`).join('')
    expect(renderOutput(output(many), false)).toEqual(['… 2 lines before', ...Array.from({ length: 8 }, (_, line) => `| ${line + 2}`)])
    expect(renderOutput(output(many), true)).toHaveLength(10)
    expect(renderOutput(output('end', { length: 100_000, document: 'run-1 run:a/b 1' }), false)).toEqual(['| end', 'the end of 100000 characters, all of it: document run-1 run:a/b 1'])
    expect(renderOutput(output('\u001B[2J\r'), false)).toEqual(['| \\u{1B}[2J\\r'])
  })
})

it('amounts of data read well', () => {
  expect([0, 1, 1023, 1024, 1536, 1_048_575, 5 << 20, 123 * 1024 ** 3, 2 ** 60, Number.NaN].map(formatBytes)).toEqual(['0 bytes', '1 byte', '1023 bytes', '1 KiB', '1.5 KiB', '1 MiB', '5 MiB', '123 GiB', '1024 PiB', '0 bytes'])
})

const nasty = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\u001B[31m', 'a\nb\r\n', '\u202Eevil', '\u0000', '\u009B1m', '\uD800', '\u2066x'), fc.string())
const value = fc.oneof(fc.jsonValue() as fc.Arbitrary<unknown>, nasty)

it('whatever operations say steers no terminal, and integers stay as they are', () => {
  fc.assert(
    fc.property(nasty, nasty, value, fc.maxSafeInteger(), fc.boolean(), (name, message, anything, integer, verbose) => {
      const changes = [{ subject: name, action: 'update', before: anything, after: { message } }, { subject: name, action: 'start', after: integer }] as const
      const checks: readonly CheckResult[] = [{ check: name, status: 'failed', message, step: name, durationMs: 1, details: { [name]: anything } }]
      const action: Action = { ...copy, address: `run/${name}`, phase: name, description: message, expects: changes, inputs: { [name]: anything } }
      const plan: Plan = {
        ...operationPlan,
        operation: name,
        phases: [{ name, description: message, before: [name], after: [message] }],
        actions: [action],
        validation: { valid: false, errors: [{ code: name, message }], warnings: [{ code: name, message, step: name }], checks },
        estimate: { processes: { [name]: 1 }, ports: { [name]: [1] }, basis: [message] },
      }
      const output = { text: message, length: message.length, document: name }
      const at = '2026-01-01T00:00:00.000Z'
      const story: RunStory = {
        id: name,
        plan: name,
        mode: 'apply',
        holder: name,
        startedAt: at,
        status: 'failed', open: false,
        planHash: '',
        resumed: [],
        taken: [],
        phases: [{ phase: name, startedAt: at }],
        hooks: [{ hook: name, on: 'afterPhase', phase: name, status: 'failed', message, output, durationMs: 1, at }, { hook: name, on: 'beforeAction', phase: name, action: action.address, status: 'failed', durationMs: 1, at }],
        steps: [{ step: `run:${action.address}`, address: action.address, phase: name, outcome: 'succeeded', attempts: [{ attempt: 1, startedAt: at, error: { code: 'x', message }, output }], adapted: message, result: { output, changes, value: anything }, checked: [{ at, checks }], decisions: [{ at, choice: 'retry', by: name }] }],
      }
      const told = [
        renderPlan(plan, { verbose }),
        renderRunStory(story, { verbose }),
        ...([{ name: 'phase:started', phase: name }, { name: 'hook:finished', result: story.hooks[0] as HookResult }, { name: 'action:checked', action, checks }, { name: 'decision:awaited', action, message }, { name: 'decision:made', action, choice: 'skip', by: message }] satisfies readonly RunEvent[]).map((event) => renderEvent(event) ?? ''),
      ].join('\n')
      expect(told).not.toContain(SECRET)
      expect(told).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\u2028\u2029]/)
      expect(told).not.toMatch(/\p{Cs}/u)
      expect(renderRunStory(story, { verbose })).toContain(String(integer))
    }),
    { numRuns: 150 },
  )
})
