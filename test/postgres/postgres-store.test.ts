import { describe, expect, test } from 'vitest'
import type { PostgresStore } from '../../src/postgres/postgres-store.ts'
import type { OpenedStore } from '../../src/testing/store-case.ts'
import { storeCases } from '../../src/testing/store-cases.ts'
import { usePostgres } from './place.ts'

const { url, open } = usePostgres({ each: false })

let schemas = 0
/** A store on tables of its own. */
async function openCase(): Promise<OpenedStore> {
  const schema = `of test ${++schemas}`
  const make = (): PostgresStore => open({ connectionString: url(), schema })
  return { store: make(), reopen: async () => make() }
}

describe('a PostgreSQL store keeps every case', () => {
  test.each(storeCases(openCase).map(({ name, run }) => [name, run] as const))('%s', async (_name, run) => {
    await expect(run()).resolves.toBeUndefined()
  })
})
