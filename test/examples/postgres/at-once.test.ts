import { afterAll, beforeAll, expect, it } from 'vitest'
import { apply, memoryStore, plan, ref, type Resource } from 'convergent'
import { postgres } from '../../../examples/postgres/postgres.ts'
import type { PostgresServer } from '../../../examples/postgres/server.ts'
import { PATIENCE_MS, startServer } from './bench.ts'

let server: PostgresServer
beforeAll(async () => void (server = await startServer()), PATIENCE_MS)
afterAll(() => server.stop(), PATIENCE_MS)

const COUNT = 24
const roles = Array.from({ length: COUNT }, (_, n): Resource => ({ type: 'role', name: `at_once_${n}`, inputs: { name: `at_once_${n}` } }))
const base: readonly Resource[] = [...roles, { type: 'schema', name: 's', inputs: { name: 's' } }]
const granted = roles.map(({ name }): Resource => ({ type: 'grant', name, inputs: { to: ref(`role/${name}`), schema: ref('schema/s'), privileges: ['usage'] } }))

it('grants on one object go one by one: none is refused because of another one', { timeout: PATIENCE_MS }, async () => {
  const provider = postgres({ url: await server.createDatabase(), maxConnections: COUNT })
  const options = { provider, store: memoryStore(), mode: 'sync' as const, concurrency: COUNT }
  await apply(await plan(base, options), options)
  const run = apply(await plan([...base, ...granted], options), options)
  const retried: string[] = []
  run.on('action:retried', ({ action }) => retried.push(action.address))
  const { outcome } = await run
  expect([outcome, retried]).toEqual(['succeeded', []])
  await provider.close()
})
