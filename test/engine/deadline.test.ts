import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { setDeadline } from '../../src/engine/deadline.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

it('calls back when a timer of its own would, and never one that was cancelled', async () => {
  const step = fc.record({ pauseMs: fc.nat(30), delayMs: fc.constantFrom(10, 25, 60), cancelsAfterMs: fc.option(fc.nat(80), { nil: undefined }) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const lives = async (after: (clock: ReturnType<typeof manualClock>, delayMs: number, callback: () => void) => () => void): Promise<string[]> => {
        const clock = manualClock()
        const heard: string[] = []
        for (const [index, { pauseMs, delayMs, cancelsAfterMs }] of steps.entries()) {
          const cancel = after(clock, delayMs, () => void heard.push(`${index} at ${clock.monotonic()}`))
          if (cancelsAfterMs !== undefined) clock.after(cancelsAfterMs + 0.5, cancel)
          await clock.advance(pauseMs)
        }
        await clock.advance(1_000)
        expect(clock.pending()).toBe(0)
        return heard.sort()
      }
      expect(await lives(setDeadline)).toEqual(await lives((clock, delayMs, callback) => clock.after(delayMs, callback)))
    }),
    { numRuns: 25 },
  )
})

it('sets one timer for many of one length, and none when nobody waits', async () => {
  const clock = manualClock()
  const cancels = Array.from({ length: 100 }, () => setDeadline(clock, 60_000, () => undefined))
  expect(clock.pending()).toBe(1)
  for (const cancel of cancels) cancel()
  expect(clock.pending()).toBe(0)
})
