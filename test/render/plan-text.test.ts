import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Action, FieldChange } from '../../src/core/action.ts'
import type { Plan } from '../../src/core/plan.ts'
import { Deferred, Sensitive } from '../../src/core/value.ts'
import { comparePlans } from '../../src/core/plan-comparison.ts'
import { renderPlanComparison } from '../../src/render/comparison-text.ts'
import { renderPlan } from '../../src/render/plan-text.ts'
import { renderSummary } from '../../src/render/summary-text.ts'
import { richActions, richPlan } from './rich-plan.ts'

const none = { create: 0, update: 0, replace: 0, delete: 0, forget: 0, blocked: 0, unchanged: 0 }

describe('a plan as text', () => {
  test('shows each sort of action', async () => {
    await expect(renderPlan(richPlan)).toMatchFileSnapshot('golden/plan.txt')
  })
  test('shows order and everything when verbose', async () => {
    await expect(renderPlan(richPlan, { verbose: true })).toMatchFileSnapshot('golden/plan-verbose.txt')
  })
  test('is narrow where the terminal is', async () => {
    await expect(renderPlan(richPlan, { width: 50 })).toMatchFileSnapshot('golden/plan-narrow.txt')
  })
  test('has colours only on request, and the same words with them', () => {
    const coloured = renderPlan(richPlan, { color: true })
    expect(coloured).toContain('\u001B[32m')
    expect(coloured.replace(/\u001B\[\d+m/g, '')).toBe(renderPlan(richPlan))
  })
  test('sums up in one line', () => {
    const summaryOf = (change: Partial<Plan>): string => renderSummary({ ...richPlan, unreadable: [], ...change })
    expect(summaryOf({ summary: { ...none, create: 3, update: 1, replace: 1, delete: 2, blocked: 1, unchanged: 31 } })).toBe('Plan: 3 to create, 1 to update, 1 to replace, 2 to delete, 1 blocked; 31 unchanged.')
    expect(summaryOf({ summary: { ...none, unchanged: 31 } })).toBe('Nothing to do: 31 resources are as declared.')
    expect(summaryOf({ summary: { ...none, unchanged: 1 } })).toBe('Nothing to do: 1 resource is as declared.')
    expect(summaryOf({ summary: none, mode: 'destroy' })).toContain('nothing that is owned')
    expect(summaryOf({ summary: none, unreadable: richPlan.unreadable })).toContain('1 thing could not be read')
  })
})

describe('two plans', () => {
  test('compare as text', async () => {
    const other: Plan = { ...richPlan, actions: richActions.slice(1).map((action) => (action.address === 'api/foo' ? { ...action, changes: [{ path: ['version'], before: 1, after: 3 }] } : action)) }
    await expect(renderPlanComparison(comparePlans(richPlan, { ...other, actions: [...other.actions, { ...(richActions[7] as Action), address: 'api/extra' }] }))).toMatchFileSnapshot('golden/comparison.txt')
  })
  test('the same plan is the same', () => {
    expect(renderPlanComparison(comparePlans(richPlan, { ...richPlan, id: 'other' }))).toBe('The plans do the same.')
  })
})

const SECRET = 'q9-SECRET-z7'
const nasty = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\u001B[31m', 'a\nb\r\n', '\u202Eevil', '\u0000', '\u009B1m', '\uD800', '\u2066x'), fc.string())
const value = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue() as fc.Arbitrary<unknown> },
  nasty,
  fc.dictionary(nasty, nasty),
  fc.constant(undefined),
  nasty.map((key) => new Deferred('env', key, { value: SECRET })),
  fc.constant(new Sensitive({ value: SECRET })),
  fc.constant({ deep: [new Sensitive({ value: SECRET })] }),
)
const change: fc.Arbitrary<FieldChange> = fc.record({ path: fc.array(fc.oneof(nasty, fc.nat(9))), before: value, after: value, sensitive: fc.boolean(), forcesReplace: fc.boolean() })
const action: fc.Arbitrary<Action> = fc.record(
  {
    address: nasty.map((name) => `type/${name}` as const),
    kind: fc.constantFrom('create', 'update', 'replace', 'delete', 'forget'),
    changes: fc.array(change, { maxLength: 3 }),
    steps: fc.array(fc.record({ key: nasty, call: fc.constant('create' as const), after: fc.array(nasty) }), { maxLength: 2 }),
    fingerprint: nasty,
    dependsOn: fc.constant([]),
    reason: nasty,
    id: nasty,
    blocked: fc.record({ reason: fc.constant('protected' as const), message: nasty }),
  },
  { requiredKeys: ['address', 'kind', 'changes', 'steps', 'fingerprint', 'dependsOn'] },
) as fc.Arbitrary<Action>

test('any plan renders, shows no secret, and steers no terminal', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 4 }), nasty, fc.boolean(), fc.nat(200), (actions, message, verbose, width) => {
      const plan: Plan = { ...richPlan, id: message, actions, warnings: [{ code: 'x', message }], unreadable: [{ subject: message, error: { code: 'x', message }, leavesOut: [`t/${message}`] }] }
      const text = renderPlan(plan, { verbose, width })
      expect(text).not.toContain(SECRET)
      expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\u2028\u2029]/)
      expect(text).not.toMatch(/\p{Cs}/u)
      const coloured = renderPlan(plan, { verbose, width, color: true })
      expect(coloured.replace(/\u001B\[\d{1,2}m/g, '')).toBe(text)
    }),
    { numRuns: 150 },
  )
})
