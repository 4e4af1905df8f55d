import { expect, test } from 'vitest'
import { comparePlans } from '../../src/core/plan-comparison.ts'
import { richActions, richPlan } from '../render/rich-plan.ts'

test('plans are compared by what they do, not by id, time or order', () => {
  expect(comparePlans(richPlan, { ...richPlan, id: 'x', createdAt: 'later', actions: [...richActions].reverse() })).toEqual({ added: [], removed: [], changed: [] })
})

test('what came, what went, what is different', () => {
  const [first, second, ...rest] = richActions as [(typeof richActions)[0], (typeof richActions)[0]]
  const moved = { ...second, fingerprint: 'other' }
  const { added, removed, changed } = comparePlans({ ...richPlan, actions: [first, second] }, { ...richPlan, actions: [moved, ...rest] })
  expect(added).toEqual(rest)
  expect(removed).toEqual([first])
  expect(changed).toEqual([{ before: second, after: moved }])
})
