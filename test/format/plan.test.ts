import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type * as z from 'zod/mini'
import type { Action } from '../../src/core/action.ts'
import type { Plan } from '../../src/core/plan.ts'
import { Reference, Unknown } from '../../src/core/value.ts'
import { formatPlanSeal, writePlanBody } from '../../src/format/plan.ts'
import { PlanReader } from '../../src/format/plan-reader.ts'
import { actionShape, planHeadShape } from '../../src/format/plan-shape.ts'
import { samplePlan } from './sample-plan.ts'

const SHA = 'a'.repeat(64)
const body = [...writePlanBody(samplePlan)].join('')
const writePlan = (plan: Plan): string => [...writePlanBody(plan), formatPlanSeal(SHA)].join('')

function readPlan(text: string, from?: string): Plan {
  const reader = new PlanReader(from)
  const first = reader.add(text)
  const { body: rest, sha256 } = reader.end()
  const plan = reader.plan()
  expect([`${first}${rest}`, sha256]).toEqual([text.slice(0, text.lastIndexOf(',"sha256":')), SHA])
  return plan
}

test('a plan is one JSON document, one action a line', () => {
  const text = writePlan(samplePlan)
  const document = JSON.parse(text) as Record<string, unknown>
  expect(Object.keys(document).slice(0, 3)).toEqual(['format', 'version', 'id'])
  expect(document['sha256']).toBe(SHA)
  expect([...writePlanBody(samplePlan)]).toHaveLength(samplePlan.actions.length + 2)
  expect(text.split('\n')[1]).toMatch(/^\{"address":"api\/a"/)
})

test('what is written is read, markers where something was declared and nowhere else', () => {
  const read = readPlan(writePlan(samplePlan))
  expect([...writePlanBody(read)].join('')).toBe(body)
  const [action] = read.actions
  expect(action?.inputs?.['portal']).toBeInstanceOf(Reference)
  expect(action?.changes[0]?.after).toBeInstanceOf(Unknown)
  expect(action?.changes[0]?.before).toEqual({ $convergent: 'unknown' })
  expect(action?.changes[0]?.before).not.toBeInstanceOf(Unknown)
})

test('cut in two anywhere it is the same plan', () => {
  const text = writePlan(samplePlan)
  for (let at = 0; at <= text.length; at++) {
    const reader = new PlanReader()
    const first = reader.add(text.slice(0, at)) + reader.add(text.slice(at))
    const { body: rest } = reader.end()
    expect(first + rest).toBe(body)
    expect([...writePlanBody(reader.plan())].join('')).toBe(body)
  }
})

test('a plan without actions is read', () => {
  const empty: Plan = { ...samplePlan, actions: [] }
  expect(readPlan(writePlan(empty))).toEqual(empty)
})

test('any inputs come back as they were', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (given) => {
      const inputs = JSON.parse(JSON.stringify(given)) as Record<string, unknown>
      const plan: Plan = { ...samplePlan, actions: [{ ...samplePlan.actions[1]!, inputs }] }
      expect(JSON.stringify(readPlan(writePlan(plan)).actions[0]?.inputs)).toBe(JSON.stringify(inputs))
    }),
  )
})

describe('what cannot be read', () => {
  const text = writePlan(samplePlan)
  const refusal = (given: string): unknown => {
    try {
      readPlan(given, 'plan.json')
    } catch (error) {
      const { code, reason, line, message } = error as { code: string; reason?: string; line?: number; message: string }
      expect(message).toContain('plan.json')
      return { code, ...(reason !== undefined && { reason }), ...(line !== undefined && { line }) }
    }
    return 'read'
  }

  test('no plan at all', () => {
    for (const other of ['', 'apis: []', '{}', '[1]', '{"format":"convergent.state"}']) expect(refusal(other)).toEqual({ code: 'format' })
  })
  test('a newer version, also reformatted', () => {
    expect(refusal(text.replace('"version":1', '"version":2'))).toEqual({ code: 'plan-refused', reason: 'newer-version' })
    expect(refusal('{ "format": "convergent.plan", "version": 9 }')).toEqual({ code: 'plan-refused', reason: 'newer-version' })
  })
  test('a truncated one, at any place', () => {
    for (const length of [10, 30, 60, 300, body.length, text.length - 2]) expect([length, refusal(text.slice(0, length))]).toEqual([length, { code: 'plan-refused', reason: 'truncated' }])
  })
  test('a reformatted one', () => {
    expect(refusal(JSON.stringify(JSON.parse(text), null, 2))).toEqual({ code: 'plan-refused', reason: 'altered' })
  })
  test('an unknown field, a wrong type and a missing line, each with its line', () => {
    expect(refusal(text.replace('"adopts":true', '"adopt":true'))).toEqual({ code: 'format', line: 2 })
    expect(refusal(text.replace('"kind":"forget"', '"kind":"forgive"'))).toEqual({ code: 'format', line: 3 })
    expect(refusal(text.replace('"unchanged":2', '"unchanged":-2'))).toEqual({ code: 'format', line: 4 })
    expect(refusal(text.replace(/\n\{"address":"api\/__proto.*\n/, '\n'))).toEqual({ code: 'format', line: 2 })
  })
  test('the shapes know each field of the types', () => {
    expectTypeOf<keyof z.output<typeof actionShape>>().toEqualTypeOf<keyof Action>()
    expectTypeOf<keyof z.output<typeof planHeadShape>>().toEqualTypeOf<Exclude<keyof Plan, 'summary'>>()
    expect(Object.keys(samplePlan.actions[0]!).toSorted()).toEqual(Object.keys(actionShape.def.shape).toSorted())
  })
})
