import { describe, expect, it } from 'vitest'
import { soakDirector } from './soak.ts'

const TIMEOUT_MS = 180_000

/** The short version of `npm run soak:director`. */
describe('a host that dies while it configures nodes behind a Director, or takes that back', () => {
  it('leaves nothing missing, doubled or orphaned, whatever becomes of its orders', { timeout: TIMEOUT_MS }, async () => {
    // One that a person takes back, and one that takes itself back where something fails.
    const report = await soakDirector({ kills: 100, seed: 4, first: 1, rounds: 2, lanes: 2 })
    expect(report.faults).toEqual([])
    expect(report.ways).toEqual({ rollback: 1, fail: 1 })
    expect(report.killCount).toBeGreaterThanOrEqual(2)
    expect(report.figures.runs).toBeGreaterThanOrEqual(4)
    expect(report.figures.faults).toBeGreaterThan(0)
    expect(report.figures.orders).toBeGreaterThan(80)
  })
})
