import { describe, expect, it } from 'vitest'
import { SkippedCase, providerCases, type OpenedProvider } from 'convergent/testing'

/** What a host's kinds are tried with. */
export interface ProviderSuite {
  /** A provider with the subject of that kind. */
  readonly open: (type: string) => Promise<OpenedProvider>
  /** More cases than this apply to each kind. */
  readonly passedAbove: number
  /** For all the cases of a kind, in milliseconds. Default: the runner's. */
  readonly timeoutMs?: number
}

/** Tries each of these kinds in every case of the suite that applies to it. */
export function describeKinds(types: readonly string[], { open, passedAbove, timeoutMs }: ProviderSuite): void {
  describe.each(types)('%s', (type) => {
    it('keeps every case of the suite that applies to it', async () => {
      const failed: string[] = []
      let passed = 0
      for (const { name, run } of providerCases(() => open(type)))
        try {
          await run()
          passed++
        } catch (error) {
          if (!(error instanceof SkippedCase)) failed.push(`${name}: ${(error as Error).message}`)
        }
      expect(failed).toEqual([])
      expect(passed).toBeGreaterThan(passedAbove)
    }, timeoutMs)
  })
}
