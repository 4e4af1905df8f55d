import { describe, expect, it } from 'vitest'
import { ALL, exhaustAll, mixed, pairUp, thinOut } from './exhaust.ts'
import { listLabelled } from './shapes.ts'

describe('killed at any instant and resumed, once and twice, a run comes to the same end with the same calls', () => {
  it('for every graph of up to 3 nodes, whatever is done with each of them', async () => {
    const tally = await exhaustAll(thinOut(thinOut(pairUp(listLabelled(3), mixed))), { depth: ({ size }) => (size < 3 ? 'full' : 'faults'), stride: 90, failureStride: 39 })
    if (ALL) expect(tally.plans).toBe(2_599)
    else expect(tally.plans).toBeGreaterThan(250)
  }, 600_000)
})
