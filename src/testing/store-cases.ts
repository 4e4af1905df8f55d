import type { Store } from '../store/store.ts'
import { documentCases } from './store-document-cases.ts'
import { journalCases } from './store-journal-cases.ts'
import { leaseCases } from './store-lease-cases.ts'
import { moveCases } from './store-move-cases.ts'
import { stateCases } from './store-state-cases.ts'
import { takeoverCases } from './store-takeover-cases.ts'
import type { CaseBody, OpenedStore, StoreCase } from './store-case.ts'

/**
 * The conformance cases of a store, for any test framework: `open` makes a fresh, empty store for each. A case that does not
 * apply to the store rejects with an error of the name `SkippedCase`.
 */
export function storeCases(open: () => Promise<OpenedStore>): readonly StoreCase[] {
  const bodies: Readonly<Record<string, CaseBody>> = { ...stateCases, ...leaseCases, ...takeoverCases, ...journalCases, ...documentCases, ...moveCases }
  return Object.entries(bodies).map(([name, body]) => ({
    name,
    run: async () => {
      const opened = await open()
      const releases: (() => Promise<void>)[] = []
      const { reopen } = opened
      try {
        await body({
          store: recordClaims(opened.store, releases),
          ...(reopen !== undefined && { reopen: async () => recordClaims(await reopen(), releases) }),
        })
      } finally {
        for (const release of releases) await release().catch(() => undefined)
        await opened.close?.()
      }
    },
  }))
}

/** The same store; what is claimed is noted, so that it can be released when a case is over. */
function recordClaims(store: Store, releases: (() => Promise<void>)[]): Store {
  return new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      if (key !== 'claim') return value.bind(target) as unknown
      return async (...given: Parameters<Store['claim']>) => {
        const lease = await target.claim(...given)
        releases.push(() => target.release(lease))
        return lease
      }
    },
  })
}
