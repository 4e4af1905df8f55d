import { checkStore } from '../../src/testing/store-check.ts'
import { postgresStore } from '../../src/postgres/postgres-store.ts'
import type { Store } from '../../src/store/store.ts'
import { prefixStacks } from './prefix-stacks.ts'

// Runs the conformance cases on stacks of its own, and prints the report.
const [url = '', prefix = ''] = process.argv.slice(2)

async function main(): Promise<void> {
  const stores = [postgresStore({ connectionString: url }), postgresStore({ connectionString: url })] as const
  let cases = 0
  const report = await checkStore(async () => {
    const own = `${prefix} ${++cases} `
    const give = (store: Store): Store => prefixStacks(store, own)
    return { store: give(stores[0]), reopen: async () => give(stores[1]) }
  })
  for (const store of stores) await store.close()
  process.stdout.write(JSON.stringify({ ...report, failed: report.failed.map(({ name, error }) => `${name}: ${error.message}`) }))
}

void main()
