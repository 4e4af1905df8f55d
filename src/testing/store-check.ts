import { SkippedCase, type OpenedStore } from './store-case.ts'
import { storeCases } from './store-cases.ts'

/** What {@link checkStore} found. */
export interface StoreReport {
  /** Names of the cases that the store keeps. */
  readonly passed: readonly string[]
  /** Names of those that it does not, each with what was seen. */
  readonly failed: readonly {
    /** The case. */
    readonly name: string
    /** What it threw. */
    readonly error: Error
  }[]
  /** Names of those that its capabilities, or what `open` gave, leave out. */
  readonly skipped: readonly string[]
}

/**
 * Runs every conformance case against a store, each on a fresh one. Needs no test framework; where you have one, give it
 * {@link storeCases} instead.
 *
 * @example
 * ```ts
 * import { memoryStore } from 'convergent'
 * import { checkStore } from 'convergent/testing'
 *
 * const report = await checkStore(async () => ({ store: memoryStore() }))
 * report.failed // => []
 * ```
 */
export async function checkStore(open: () => Promise<OpenedStore>): Promise<StoreReport> {
  const passed: string[] = []
  const failed: {
    /** The resource's name: what stands behind the type in its address. */
    readonly name: string
    /** What went wrong. */
    readonly error: Error
  }[] = []
  const skipped: string[] = []
  for (const { name, run } of storeCases(open)) {
    try {
      await run()
      passed.push(name)
    } catch (error) {
      if (error instanceof SkippedCase) skipped.push(name)
      else failed.push({ name, error: error instanceof Error ? error : new Error(String(error)) })
    }
  }
  return { passed, failed, skipped }
}
