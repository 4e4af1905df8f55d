import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { digestText } from '../../src/store/digest.ts'
import { planFromText, planToText } from '../../src/store/plan-text.ts'
import { samplePlan } from '../format/sample-plan.ts'

test('the digest is SHA-256 over the UTF-8 bytes', async () => {
  expect(await digestText('ä😀')).toBe(createHash('sha256').update('ä😀').digest('hex'))
})

test('the digest of a plan is over all bytes before it', async () => {
  const text = await planToText(samplePlan)
  const at = text.lastIndexOf(',"sha256"')
  expect(JSON.parse(text)).toHaveProperty('sha256', createHash('sha256').update(text.slice(0, at)).digest('hex'))
  expect(await planToText(await planFromText(text))).toBe(text)
})

test('an altered plan is refused', async () => {
  const text = await planToText(samplePlan)
  await expect(planFromText(text.replace('"id":"p1"', '"id":"p2"'), 'plan.json')).rejects.toMatchObject({ code: 'plan-refused', reason: 'altered', message: expect.stringContaining('plan.json') as string })
  await expect(planFromText(text.slice(0, -20))).rejects.toMatchObject({ reason: 'truncated' })
})
