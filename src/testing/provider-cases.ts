import { faultCases } from './provider-fault-cases.ts'
import { listCases } from './provider-list-cases.ts'
import { objectCases } from './provider-object-cases.ts'
import { runCases } from './provider-run-cases.ts'
import { ProviderTrial, type ProviderCaseBody } from './provider-trial.ts'
import { SkippedCase } from './store-case.ts'
import type { OpenedProvider, ProviderCase } from './provider-case.ts'

/**
 * The conformance cases of a provider, for any test framework: `open` makes a provider with a fresh backend, once for each
 * case and subject. A case that applies to none of its subjects rejects with an error of the name `SkippedCase`.
 */
export function providerCases(open: () => Promise<OpenedProvider>): readonly ProviderCase[] {
  const bodies: Readonly<Record<string, ProviderCaseBody>> = { ...objectCases, ...listCases, ...faultCases, ...runCases }
  return Object.entries(bodies).map(([name, body]) => ({ name, run: () => tryEach(open, body) }))
}

async function tryEach(open: () => Promise<OpenedProvider>, body: ProviderCaseBody): Promise<void> {
  const skipped: string[] = []
  let left: string[] | undefined
  let kept = 0
  do {
    const opened = await open()
    left ??= Object.keys(opened.subjects)
    const typeName = left.shift()
    try {
      if (typeName === undefined) throw new Error('open gives no subjects; give at least one resource type to try')
      await body(new ProviderTrial(opened, typeName))
      kept++
    } catch (error) {
      if (!(error instanceof SkippedCase)) throw new Error(`${typeName ?? 'subjects'}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      skipped.push(`${typeName ?? ''}: ${error.message}`)
    } finally {
      await opened.close?.()
    }
  } while (left.length > 0)
  if (kept === 0) throw new SkippedCase(skipped.join('; '))
}
