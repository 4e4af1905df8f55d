import type { OpenedProvider } from './provider-case.ts'
import { providerCases } from './provider-cases.ts'
import { SkippedCase } from './store-case.ts'

/** What {@link checkProvider} found. */
export interface ProviderReport {
  /** Names of the cases that the provider keeps. */
  readonly passed: readonly string[]
  /** Names of those that it does not, each with what was seen. */
  readonly failed: readonly {
    /** The case. */
    readonly name: string
    /** What it threw; its message begins with the resource type. */
    readonly error: Error
  }[]
  /** Names of those that apply to none of the types, or that need a fault that `open` does not give. */
  readonly skipped: readonly string[]
}

/**
 * Runs every conformance case against a provider, each subject on a fresh backend. Needs no test framework; where you have
 * one, give it {@link providerCases} instead.
 *
 * @example
 * ```ts
 * import { declare } from 'convergent'
 * import { checkProvider, createFakeBackend } from 'convergent/testing'
 *
 * const report = await checkProvider(async () => {
 *   const { provider } = createFakeBackend()
 *   const { marked, child } = declare(provider)
 *   return {
 *     provider,
 *     subjects: {
 *       child: {
 *         declare: (variant) => {
 *           const house = marked('house', { name: 'house' })
 *           return [house, child(variant, { parent_id: house.id, name: variant })]
 *         },
 *         change: { text: 'changed' },
 *       },
 *     },
 *   }
 * })
 * report.failed // => []
 * report.passed.includes('run: a plan of what was applied is empty') // => true
 * ```
 */
export async function checkProvider(open: () => Promise<OpenedProvider>): Promise<ProviderReport> {
  const passed: string[] = []
  const failed: ProviderReport['failed'][number][] = []
  const skipped: string[] = []
  for (const { name, run } of providerCases(open)) {
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
