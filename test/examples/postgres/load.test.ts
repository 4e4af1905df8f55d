import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DeclarationError, addressOf, type Resource } from 'convergent'
import { loadPostgres } from '../../../examples/postgres/input/load.ts'

const load = (text: string): readonly Resource[] => loadPostgres(['-'], text)
const pick = (desired: readonly Resource[], address: string): Resource => desired.find((each) => addressOf(each) === address) as Resource
/** What it refers to, by field. */
const shown = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, each: unknown) => (typeof each === 'object' && each !== null && 'address' in each ? `→ ${String(each.address)}` : each)))
const faultsOf = (text: string): readonly string[] => {
  try {
    load(text)
  } catch (error) {
    if (error instanceof DeclarationError) return error.issues.map(({ code, source, message }) => `${code} ${source?.line}:${source?.column} ${message}`)
    throw error
  }
  return []
}

describe('names become references', () => {
  const desired = load(`
roles: [{ name: boss, member_of: [staff] }, { name: staff }]
databases:
  - name: shop
    schemas:
      - name: app
        owner: boss
        tables:
          - { name: customers, columns: { id: bigint }, uniques: [{ name: by_id, columns: [id] }] }
          - name: orders
            columns: { customer: { type: bigint } }
            foreign_keys: [{ name: customer, columns: [customer], references: customers, referenced_columns: [id] }, { name: other, columns: [customer], references: crm.customers }]
        views: [{ name: all, query: select * from app.orders }]
      - name: crm
        tables: [{ name: customers, columns: { id: bigint }, grants: [{ to: staff, privileges: [select] }] }]
schemas: [{ name: app }]
tables:
  - { name: flat, schema: app, columns: { id: int } }
  - { name: elsewhere, schema: public, columns: { id: int }, foreign_keys: [{ name: f, columns: [id], references: app.flat }, { name: g, columns: [id], references: theirs }] }
extensions: [{ name: citext, schema: app }]
`)
  it.each([
    ['membership/staff.boss', { role: '→ role/staff', member: '→ role/boss' }],
    ['schema/shop.app', { database: '→ database/shop', name: 'app', owner: '→ role/boss' }],
    ['table/shop.app.customers', { schema: '→ schema/shop.app', name: 'customers', columns: { id: { type: 'bigint' } } }],
    ['foreign_key/shop.app.orders.customer', { table: '→ table/shop.app.orders', name: 'customer', columns: ['customer'], references: '→ table/shop.app.customers', referenced_columns: ['id'] }],
    ['foreign_key/shop.app.orders.other', { table: '→ table/shop.app.orders', name: 'other', columns: ['customer'], references: '→ table/shop.crm.customers' }],
    ['view/shop.app.all', { schema: '→ schema/shop.app', name: 'all', query: 'select * from app.orders', uses: ['→ table/shop.app.orders'] }],
    ['grant/table.shop.crm.customers.staff', { table: '→ table/shop.crm.customers', to: '→ role/staff', privileges: ['select'] }],
    ['table/app.flat', { schema: '→ schema/app', name: 'flat', columns: { id: { type: 'int' } } }],
    ['table/public.elsewhere', { schema: 'public', name: 'elsewhere', columns: { id: { type: 'int' } } }],
    ['foreign_key/public.elsewhere.f', { table: '→ table/public.elsewhere', name: 'f', columns: ['id'], references: '→ table/app.flat' }],
    ['foreign_key/public.elsewhere.g', { table: '→ table/public.elsewhere', name: 'g', columns: ['id'], references: 'public.theirs' }],
    ['extension/citext', { name: 'citext', schema: 'app' }],
  ])('%s', (address, inputs) => expect(shown(pick(desired, address).inputs)).toEqual(inputs))
  it('what no field says is a dependency', () => {
    expect(pick(desired, 'foreign_key/shop.app.orders.customer').dependsOn).toEqual(['unique/shop.app.customers.by_id'])
    expect(pick(desired, 'extension/citext').dependsOn).toEqual(['schema/app'])
    expect(pick(desired, 'table/app.flat').dependsOn).toEqual(['extension/citext'])
    expect(pick(desired, 'table/shop.app.customers').dependsOn).toBeUndefined()
  })
})

it('what an entry says beside its fields', () => {
  const [role, schema] = load(`roles: [{ name: a, password: !env SECRET, protected: true, depends_on: [schema/s] }]\nschemas: [{ name: s, adopt: true }, { name: public, external: true }]`)
  expect(role).toMatchObject({ protected: true, dependsOn: ['schema/s'], inputs: { password: { kind: 'deferred', resolver: 'env', key: 'SECRET' } } })
  expect(schema).toMatchObject({ adopt: true, source: { file: '-', line: 2, column: 11 } })
})

it('every fault is told with its place', () => {
  expect(faultsOf('tables:\n  - nmae: x\n    schema: app\nviewz: []\nschemas: [[]]\n')).toEqual([
    'unknown-field 2:5 unknown field "nmae" of table; did you mean "name"?',
    'unknown-kind 4:1 unknown list "viewz"; did you mean "views"?',
    'invalid-list 5:11 schemas: expected a map in each place of the list',
  ])
  expect(faultsOf('tables: [{ name: x }]')).toEqual(['missing-name 1:10 an entry of tables needs schema and name: each a text that is not empty'])
  expect(faultsOf('a: [')[0]).toMatch(/^invalid-yaml 1:/)
  expect(() => loadPostgres(['/nowhere.yaml'])).toThrow('ENOENT')
})

it('a grant to the owner of its object is an error, with its place', () => {
  const yaml = (to: string): string => `
roles: [{ name: boss }]
schemas:
  - name: app
    owner: boss
    tables:
      - name: orders
        owner: theirs
        columns: { id: int }
        grants:
          - { to: ${to}, privileges: [select] }
grants: [{ to: boss, schema: app, privileges: [usage] }]
`
  const ofSchema = 'grant-to-owner 12:10 role/boss owns schema/app, and may do everything with it without a grant; leave it out, or name another role'
  expect(faultsOf(yaml('boss'))).toEqual([ofSchema])
  expect(faultsOf(yaml('theirs'))).toEqual(['grant-to-owner 11:13 role/theirs owns table/app.orders, and may do everything with it without a grant; leave it out, or name another role', ofSchema])
  expect(faultsOf(yaml('boss').replace('{ to: boss, schema', '{ to: public, schema'))).toEqual([])
})

describe('a kind', () => {
  const folder = new URL('../../../examples/postgres/kinds/', import.meta.url)
  const lines = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8').split('\n').length - 1] as const)
  it.each(lines)('%s is short (%d lines)', (_, count) => expect(count).toBeLessThan(60))
  it('is mostly shorter still', () => expect(lines.filter(([, count]) => count < 30).length).toBeGreaterThan(lines.length / 2))
})
