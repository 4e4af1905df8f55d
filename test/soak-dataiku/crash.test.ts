import { describe, expect, it } from 'vitest'
import { soakDataiku } from './soak.ts'

const TIMEOUT_MS = 180_000

/** The short version of `npm run soak:dataiku`. */
describe('a host that dies while it configures a Dataiku', () => {
  it('leaves nothing missing, doubled or orphaned, and destroys no data that no plan had announced', { timeout: TIMEOUT_MS }, async () => {
    // One that destroys everything, with several deaths on the way.
    const report = await soakDataiku({ kills: 100, seed: 1, first: 5, rounds: 1 })
    expect(report.faults).toEqual([])
    expect(report.ways).toEqual({ destroy: 1 })
    expect(report.killCount).toBeGreaterThanOrEqual(2)
    expect(report.figures.runs).toBeGreaterThanOrEqual(2)
    expect(report.figures.polled).toBeGreaterThan(3)
    expect(report.figures.destroyed).toBeGreaterThan(0)
  })
})
