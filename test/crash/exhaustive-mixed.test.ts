import { describe, expect, it } from 'vitest'
import { exhaustAll, mixed, pairUp } from './exhaust.ts'
import { listLabelled } from './shapes.ts'

describe('killed at any instant and resumed, once and twice, a run comes to the same end with the same calls', () => {
  it('for every graph of up to 3 nodes, whatever is done with each of them', async () => {
    const tally = await exhaustAll(pairUp(listLabelled(3), mixed), { depth: ({ size }) => (size < 3 ? 'full' : 'faults'), stride: 90, failureStride: 39 })
    expect(tally.plans).toBe(2_599)
  }, 600_000)
})
