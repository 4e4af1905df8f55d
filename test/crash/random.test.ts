import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyChaos, type Chaos } from './chaos.ts'
import { simulate } from './simulation.ts'

// The same ones each time, so that a red build is red again. Others, for as long as you like: npm run soak:sim -- --minutes 10
const RUNS = { numRuns: Number(process.env['CHAOS_RUNS'] ?? 10), seed: Number(process.env['CHAOS_SEED'] ?? 20261121) }

describe('whatever befalls it', () => {
  it('a plan is carried out in order, once, and to its end', async () => {
    const sum = { actions: 0, processes: 0, deaths: 0, calls: 0 }
    await fc.assert(
      fc.asyncProperty(anyChaos(60), async (chaos) => {
        const { actions, processes, deaths, calls } = await simulate(chaos)
        sum.actions += actions
        sum.processes += processes
        sum.deaths += deaths
        sum.calls += calls
      }),
      // A case that is found is made smaller for so long only.
      { ...RUNS, reporter: reportCase, interruptAfterTimeLimit: 400_000, markInterruptAsFailure: true },
    )
    console.log(`${RUNS.numRuns} histories: ${JSON.stringify(sum)}`)
    expect(sum.deaths).toBeGreaterThan(RUNS.numRuns / 4)
  }, 600_000)
})

/** Says what to paste into a test. */
function reportCase(details: fc.RunDetails<[Chaos]>): void {
  if (!details.failed) return
  const [chaos] = details.counterexample as [Chaos]
  throw new Error(`${String((details.errorInstance as Error | null)?.message)}\nseed ${details.seed}, after ${details.numShrinks} shrinks:\nawait simulate(${JSON.stringify(chaos)})`)
}
