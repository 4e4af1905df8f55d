import { describe, expect, it } from 'vitest'
import { exhaustAll, mixed, pairUp, thinOut } from './exhaust.ts'
import { listShapes } from './shapes.ts'

describe('killed at any instant and resumed, once and twice, a run comes to the same end with the same calls', () => {
  it('for each of the 31 shapes of 4 nodes, whatever is done with each of them, every twenty-seventh of them', async () => {
    const tally = await exhaustAll(thinOut(thinOut(thinOut(pairUp(listShapes(4), mixed)))), { depth: () => 'failures', stride: 80, failureStride: 40, orders: ['create-first'] })
    expect(tally.plans).toBeGreaterThanOrEqual(Math.floor((31 * 256) / 27))
  }, 600_000)
})
