import { afterAll, beforeAll, expect, it } from 'vitest'
import { apply, memoryStore, plan, ref, type Resource } from 'convergent'
import { checkProvider } from 'convergent/testing'
import { kinds } from '../../../examples/postgres/kinds.ts'
import { kind as domain } from '../../../examples/postgres/one-more/domain.ts'
import { postgres, type PostgresProvider } from '../../../examples/postgres/postgres.ts'
import type { PostgresServer } from '../../../examples/postgres/server.ts'
import { PATIENCE_MS, runSql, startServer } from './bench.ts'
import { realClock } from './real-clock.ts'

let server: PostgresServer
let url: string
let provider: PostgresProvider
beforeAll(async () => {
  server = await startServer()
  url = await server.createDatabase()
  provider = postgres({ url, kinds: [...kinds, domain] })
}, PATIENCE_MS)
afterAll(async () => {
  await provider.close()
  await server.stop()
}, PATIENCE_MS)

it('one file adds a kind: planned, made, changed by hand, put right', async () => {
  const desired: readonly Resource[] = [
    { type: 'schema', name: 's', inputs: { name: 'app' } },
    { type: 'domain', name: 'd', inputs: { schema: ref('schema/s'), name: 'percent', type: 'integer', check: 'VALUE between 0 and 100' } },
  ]
  const options = { provider, store: memoryStore(), mode: 'sync' as const }
  expect((await apply(await plan(desired, options), options).result).errors).toEqual([])
  expect((await plan(desired, options)).actions).toEqual([])
  await expect(runSql(url, 'SELECT 101::app.percent')).rejects.toThrow('violates check constraint')
  await runSql(url, 'ALTER DOMAIN app.percent DROP CONSTRAINT percent_check')
  const again = await plan(desired, options)
  expect(again.actions.map(({ kind, address }) => [kind, address])).toEqual([['replace', 'domain/d']])
  await apply(again, options).result
  await expect(runSql(url, 'SELECT 101::app.percent')).rejects.toThrow('violates check constraint')
})

it('the suite says that it keeps what a kind has to keep', async () => {
  let opened = 0
  const report = await checkProvider(async () => {
    const schema: Resource = { type: 'schema', name: 's', inputs: { name: `s${++opened}` } }
    return { provider, subjects: { domain: { declare: (name) => [schema, { type: 'domain', name, inputs: { schema: ref('schema/s'), name, type: 'text', check: "VALUE<>''" } }], change: { comment: 'changed' } } }, clock: realClock }
  })
  expect(report.failed.map(({ name, error }) => `${name}: ${error.message}`)).toEqual([])
  expect(report.passed.length).toBeGreaterThan(10)
})
