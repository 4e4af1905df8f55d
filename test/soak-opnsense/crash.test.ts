import { describe, expect, it } from 'vitest'
import { soakFirewall } from './soak.ts'

const TIMEOUT_MS = 180_000

/** The short version of `npm run soak:opnsense`. */
describe('a host that dies while it configures a firewall, or takes that back', () => {
  it('leaves nothing missing, doubled or orphaned, and nothing that is saved and never live', { timeout: TIMEOUT_MS }, async () => {
    // A round that is taken back and one that is restored, each with several deaths.
    const report = await soakFirewall({ kills: 100, seed: 2, first: 9, rounds: 2, lanes: 2 })
    expect(report.faults).toEqual([])
    expect(report.ways).toEqual({ rollback: 1, restore: 1 })
    expect(report.killCount).toBeGreaterThanOrEqual(4)
    expect(report.figures.between).toBeGreaterThan(0)
    expect(report.figures.resumes).toBeGreaterThan(0)
    expect(report.figures.wireFaults).toBeGreaterThan(0)
  })
})
