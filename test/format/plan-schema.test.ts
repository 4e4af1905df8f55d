import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { formatPlanSeal, writePlanBody } from '../../src/format/plan.ts'
import { planSchema } from '../../src/format/plan-schema.ts'
import { samplePlan } from './sample-plan.ts'

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(planSchema)
const document = (plan: typeof samplePlan): Record<string, unknown> => JSON.parse([...writePlanBody(plan), formatPlanSeal('0'.repeat(64))].join('')) as Record<string, unknown>

test('what is written holds to the published schema', () => {
  validate(document(samplePlan))
  expect(validate.errors).toBeNull()
  const { expiresAt: _expiresAt, basedOn: _basedOn, openRun: _openRun, ...least } = samplePlan
  validate(document({ ...least, warnings: [], unreadable: [], violations: [], objects: [], actions: [] }))
  expect(validate.errors).toBeNull()
})

test('what is no plan does not', () => {
  const plan = document(samplePlan)
  for (const other of [{ ...plan, version: 2 }, { ...plan, extra: 1 }, { ...plan, sha256: 'x' }, { ...plan, actions: [{}] }, {}]) expect(validate(other)).toBe(false)
})
