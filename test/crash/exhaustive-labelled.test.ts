import { describe, expect, it } from 'vitest'
import { ALL, exhaustAll, oneKind, pairUp, thinOut } from './exhaust.ts'
import { listLabelled } from './shapes.ts'

describe('killed at any instant and resumed, once and twice, a run comes to the same end with the same calls', () => {
  it('for each of the 543 labelled graphs of 4 nodes, one kind of action in each', async () => {
    const tally = await exhaustAll(thinOut(thinOut(pairUp(listLabelled(4).filter(({ size }) => size === 4), oneKind))), { depth: () => 'faults', stride: 60, failureStride: 26 })
    expect(tally.plans).toBe(ALL ? 543 * 5 : Math.ceil((543 * 5) / 9))
  }, 600_000)
})
