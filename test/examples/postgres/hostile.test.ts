import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply, detectDrift, memoryStore, plan, planFromText, planToText, ref, type Resource } from 'convergent'
import { renderDrift, renderPlan } from 'convergent/render'
import { escapeIdentifier, escapeLiteral } from 'pg'
import { postgres } from '../../../examples/postgres/postgres.ts'
import type { PostgresServer } from '../../../examples/postgres/server.ts'
import { PATIENCE_MS, runSql, startServer } from './bench.ts'

let server: PostgresServer
beforeAll(async () => void (server = await startServer()), PATIENCE_MS)
afterAll(() => server.stop(), PATIENCE_MS)

const PIECES = ['a', 'Z', '_', '9', ' ', '.', '"', "'", '\\', '/', '$', '$$', '%', '%s', '`', ';', '--', '/*', '\n', '\t', '\u001b[31m', '\u202e', 'é', 'ß', '日本', '🦆', 'select', '"; DROP SCHEMA public; --', "'; DROP SCHEMA public; --", '__proto__', 'constructor', '{}', '[]', '*', '@']
const fits = (name: string): boolean => Buffer.byteLength(name) <= 63 && !/^pg_/.test(name)
const hostileText = fc.oneof(fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }))
  .filter((text) => !text.includes('\0') && Buffer.from(text).toString() === text)
const hostileName = fc.oneof({ arbitrary: hostileText, weight: 8 }, fc.constantFrom('__proto__', 'constructor', '"', '.', ' ', 'a'.repeat(63), 'é'.repeat(31), 'user', 'public.x')).filter(fits)

/** Nothing that a terminal would obey. */
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

interface Hostile {
  readonly relations: readonly string[]
  readonly columns: readonly string[]
  readonly constraints: readonly string[]
  readonly role: string
  readonly schema: string
  readonly comment: string
  readonly value: string
}

function declareAll({ relations: [table = '', view = '', sequence = '', index = ''], columns: [a = '', b = ''], constraints: [unique = '', check = ''], role, schema, comment, value }: Hostile): readonly Resource[] {
  const inTable = { table: ref('table/t') }
  const path = [schema, table].map(escapeIdentifier).join('.')
  return [
    { type: 'role', name: 'r', inputs: { name: role, comment } },
    { type: 'schema', name: 's', inputs: { name: schema, owner: ref('role/r'), comment } },
    { type: 'table', name: 't', inputs: { schema: ref('schema/s'), name: table, comment, columns: Object.fromEntries([[a, { type: 'bigint', identity: 'always' }], [b, { type: 'text', nullable: false, default: escapeLiteral(value), comment: value }]]), primary_key: [a] } },
    { type: 'unique', name: 'u', inputs: { ...inTable, name: unique, columns: [b] } },
    { type: 'check', name: 'c', inputs: { ...inTable, name: check, expression: `${escapeIdentifier(b)} <> ${escapeLiteral(comment)}`, comment } },
    { type: 'index', name: 'i', inputs: { ...inTable, name: index, columns: [b, { expression: `upper(${escapeIdentifier(b)})` }] } },
    { type: 'sequence', name: 'q', inputs: { schema: ref('schema/s'), name: sequence, comment } },
    { type: 'view', name: 'v', inputs: { schema: ref('schema/s'), name: view, uses: [ref('table/t')], query: `select ${escapeIdentifier(a)}, ${escapeLiteral(value)}::text as ${escapeIdentifier(b)} from ${path}`, comment: value } },
    { type: 'grant', name: 'g', inputs: { view: ref('view/v'), to: 'public', privileges: ['select'] } },
  ]
}

it('every name and every text comes through plan, apply, render and drift', async () => {
  const url = await server.createDatabase()
  const provider = postgres({ url })
  let made = 0
  const hostile = fc.record({
    relations: fc.uniqueArray(hostileName, { minLength: 4, maxLength: 4 }),
    columns: fc.uniqueArray(hostileName.filter((name) => !['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'].includes(name)), { minLength: 2, maxLength: 2 }),
    constraints: fc.uniqueArray(hostileName, { minLength: 2, maxLength: 2 }),
    role: hostileName.filter((name) => !['public', 'none', 'postgres', 'user'].includes(name)),
    schema: hostileName.filter((name) => name !== 'public'),
    comment: hostileText,
    value: hostileText,
  }).filter(({ relations, constraints, comment, value }) => comment !== value && !constraints.some((name) => relations.includes(name) || relations.some((each) => `${each}_pkey` === name)))
  await fc.assert(
    fc.asyncProperty(hostile, async (each) => {
      made++
      const options = { provider, store: memoryStore(), mode: 'sync' as const }
      const desired = declareAll(each)
      const text = await planToText(await plan(desired, options))
      const read = await planFromText(text)
      const shown = renderPlan(read)
      expect(shown).not.toMatch(CONTROLS)
      const result = await apply(read, options)
      expect(result.errors.map(({ error }) => error.message)).toEqual([])
      const rows = await runSql<{ name: string }>(url, `SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = $1 AND relkind IN ('r', 'v', 'S', 'i')`, [each.schema])
      expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining([...each.relations]))
      const [comments] = await runSql(url, `SELECT obj_description(c.oid) AS "table", col_description(c.oid, attnum) AS "column" FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute a ON attrelid = c.oid WHERE nspname = $1 AND relname = $2 AND attname = $3`, [each.schema, each.relations[0], each.columns[1]])
      expect(comments?.['column']).toBe(each.value)
      expect(String(comments?.['table']).startsWith(each.comment)).toBe(true)

      expect((await plan(desired, options)).actions.map(({ address, changes }) => [address, changes])).toEqual([])
      expect((await detectDrift(options)).resources).toEqual([])
      await runSql(url, `ALTER TABLE ${[each.schema, each.relations[0] ?? ''].map(escapeIdentifier).join('.')} ALTER ${escapeIdentifier(each.columns[1] ?? '')} SET DEFAULT ${escapeLiteral(`${each.value}!`)}`)
      const drift = await detectDrift(options)
      expect(drift.resources.map(({ address, changes }) => [address, changes.map(({ path }) => path)])).toEqual([['table/t', [['columns', each.columns[1], 'default']]]])
      expect(renderDrift(drift)).not.toMatch(CONTROLS)

      const gone = await apply(await plan([], { ...options, mode: 'destroy' }), options)
      expect(gone.errors.map(({ error }) => error.message)).toEqual([])
      expect(await runSql(url, `SELECT 1 FROM pg_namespace WHERE nspname = $1 UNION ALL SELECT 1 FROM pg_roles WHERE rolname = $2`, [each.schema, each.role])).toEqual([])
    }),
    { numRuns: 25 },
  )
  expect(made).toBeGreaterThanOrEqual(25)
  await provider.close()
}, 2 * PATIENCE_MS)

it.each(['a/b', 'per%41cent?x=1#y', 'two words', `q"uo'te`, '日本 🦆', '..', 'd.b', '\\'])('a database may be called %j', async (database) => {
  const provider = postgres({ url: server.url, databases: [database] })
  const options = { provider, store: memoryStore(), mode: 'sync' as const }
  const desired: readonly Resource[] = [
    { type: 'database', name: 'd', inputs: { name: database, comment: database } },
    { type: 'schema', name: 's', inputs: { database: ref('database/d'), name: 's' } },
    { type: 'table', name: 't', inputs: { schema: ref('schema/s'), name: 't', columns: { a: { type: 'int', default: '1+1' } } } },
    { type: 'grant', name: 'g', inputs: { database: ref('database/d'), to: 'public', privileges: ['create', 'connect'] } },
  ]
  expect((await apply(await plan(desired, options), options)).errors).toEqual([])
  expect((await plan(desired, options)).actions).toEqual([])
  expect((await detectDrift(options)).resources).toEqual([])
  expect(await runSql(server.url, 'SELECT 1 AS there FROM pg_database WHERE datname = $1', [database])).toEqual([{ there: 1 }])
  expect((await apply(await plan([], { ...options, mode: 'destroy' }), options)).errors).toEqual([])
  await provider.close()
})

describe('a name that PostgreSQL does not have', () => {
  const refusals: readonly (readonly [string, string])[] = [
    ['a'.repeat(64), '64 bytes long as UTF-8, and a name has at most 63'],
    ['é'.repeat(32), '64 bytes long as UTF-8, and a name has at most 63'],
    ['a\0b', 'NUL'],
    ['\ud800', 'surrogate'],
    ['', 'empty'],
  ]
  it.each(refusals)('%j is refused before anything is asked of the server', async (name, message) => {
    const options = { provider: postgres({ url: 'postgres://nobody@offline.invalid/none' }), store: memoryStore() }
    await expect(plan([{ type: 'schema', name: 's', inputs: { name } }], options)).rejects.toThrow(message)
    await expect(plan([{ type: 'table', name: 't', inputs: { schema: 'public', name: 't', columns: { [name]: { type: 'int' } } } }], options)).rejects.toThrow(message)
  })
})
