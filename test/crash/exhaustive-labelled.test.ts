import { describe, expect, it } from 'vitest'
import { exhaustAll, oneKind, pairUp } from './exhaust.ts'
import { listLabelled } from './shapes.ts'

describe('killed at any instant and resumed, once and twice, a run comes to the same end with the same calls', () => {
  it('for each of the 543 labelled graphs of 4 nodes, one kind of action in each', async () => {
    const tally = await exhaustAll(pairUp(listLabelled(4).filter(({ size }) => size === 4), oneKind), { depth: () => 'faults', stride: 20, failureStride: 8 })
    expect(tally.plans).toBe(543 * 5)
  }, 600_000)
})
