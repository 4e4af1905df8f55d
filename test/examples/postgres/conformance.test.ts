import { afterAll, beforeAll, expect, it } from 'vitest'
import { ref, type Fields, type Resource } from 'convergent'
import type { OpenedProvider, ProviderSubject } from 'convergent/testing'
import { kinds } from '../../../examples/postgres/kinds.ts'
import { postgres } from '../../../examples/postgres/postgres.ts'
import type { PostgresServer } from '../../../examples/postgres/server.ts'
import { PATIENCE_MS, runSql, startServer } from './bench.ts'
import { startFaultyProxy } from './faulty-proxy.ts'
import { realClock } from './real-clock.ts'
import { describeKinds } from '../provider-suite.ts'

let server: PostgresServer
let url: string
beforeAll(async () => {
  server = await startServer()
  url = await server.createDatabase()
}, PATIENCE_MS)
afterAll(() => server.stop(), PATIENCE_MS)

const resource = (type: string, name: string, inputs: Fields): Resource => ({ type, name, inputs })

/** How each kind is declared; names begin with `mine`, so that every case has objects of its own. */
const subjectsOf = (mine: string): Readonly<Record<string, ProviderSubject>> => {
  const role = resource('role', 'r', { name: `${mine}_r` })
  const schema = resource('schema', 's', { name: `${mine}_s` })
  const table = resource('table', 't', { schema: ref('schema/s'), name: 't', columns: { a: { type: 'bigint', nullable: false }, b: { type: 'text', default: "upper('x')" } }, primary_key: ['a'] })
  const inTable = { table: ref('table/t') }
  return {
    role: {
      declare: (name) => [resource('role', name, { name: `${mine}_${name}`, login: true })],
      change: { login: false, comment: 'changed' },
      addUnknown: async (id) => void (await runSql(url, `ALTER ROLE "${id}" SET work_mem = '5MB'`)),
      showUnknown: async (id) => (await runSql(url, 'SELECT rolconfig FROM pg_roles WHERE rolname = $1', [id]))[0]?.['rolconfig'] ?? undefined,
    },
    membership: { declare: (name) => [role, resource('role', name, { name: `${mine}_${name}` }), resource('membership', name, { role: ref('role/r'), member: ref(`role/${name}`) })], change: { admin: true } },
    schema: { declare: (name) => [role, resource('schema', name, { name: `${mine}_${name}` })], change: { comment: 'changed' } },
    extension: { declare: (name) => [schema, resource('extension', name, { name: name === 'a' ? 'citext' : 'hstore', schema: 'public' })] },
    sequence: { declare: (name) => [schema, resource('sequence', name, { schema: ref('schema/s'), name, type: 'int', max: 1000 })], change: { max: 2000, cycle: true } },
    table: {
      declare: (name) => [schema, resource('table', name, { schema: ref('schema/s'), name, columns: { a: { type: 'bigint', identity: 'always' }, b: { type: 'varchar(10)', default: "lower('X')" } }, primary_key: ['a'] })],
      change: { columns: { a: { type: 'bigint', identity: 'always' }, b: { type: 'varchar(20)', default: "lower('Y')" }, c: { type: 'numeric(10,2)' } }, comment: 'changed' },
      addUnknown: async (id) => void (await runSql(url, `ALTER TABLE ${id.split('.').slice(1).join('.')} ADD COLUMN by_hand int`)),
      showUnknown: async (id) => (await runSql(url, `SELECT 1 AS there FROM pg_attribute WHERE attrelid = $1::regclass AND attname = 'by_hand'`, [id.split('.').slice(1).join('.')]))[0]?.['there'],
    },
    unique: { declare: (name) => [schema, table, resource('unique', name, { ...inTable, name, columns: ['b'] })], change: { comment: 'changed' } },
    check: { declare: (name) => [schema, table, resource('check', name, { ...inTable, name, expression: 'a>0' })], change: { comment: 'changed' } },
    foreign_key: { declare: (name) => [schema, table, resource('foreign_key', name, { ...inTable, name, columns: ['a'], references: ref('table/t'), on_delete: 'cascade' })], change: { comment: 'changed' } },
    index: { declare: (name) => [schema, table, resource('index', name, { ...inTable, name, columns: ['a', { expression: 'lower(b)' }], where: 'a>1' })], change: { comment: 'changed' } },
    view: { declare: (name) => [schema, table, resource('view', name, { schema: ref('schema/s'), name, query: `select a from ${mine}_s.t where a>0`, uses: [ref('table/t')] })], change: { query: `select b from ${mine}_s.t`, comment: 'changed' } },
    grant: { declare: (name) => [schema, table, resource('role', name, { name: `${mine}_${name}` }), resource('grant', name, { ...inTable, to: ref(`role/${name}`), privileges: ['select', 'insert'] })], change: { privileges: ['insert', 'update'] } },
  }
}

let opened = 0
async function open(type: string): Promise<OpenedProvider> {
  const proxy = await startFaultyProxy(url)
  if (type === 'extension') await runSql(url, 'DROP EXTENSION IF EXISTS citext, hstore')
  const provider = postgres({ url: proxy.url })
  return {
    provider,
    subjects: { [type]: subjectsOf(`m${++opened}`)[type] as ProviderSubject },
    faults: proxy.faults,
    clock: realClock,
    close: async () => {
      await proxy.close()
      await provider.close()
    },
  }
}

// A database is no part of another one: story.test.ts makes one.
it('every kind is tried', () => expect([...Object.keys(subjectsOf('')), 'database'].sort()).toEqual(kinds.map(({ type }) => type).sort()))

describeKinds(Object.keys(subjectsOf('')), { open, passedAbove: 20, timeoutMs: 2 * PATIENCE_MS })
