import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PostgresServer } from '../../../examples/postgres/server.ts'
import { describeDatabase } from '../../../examples/postgres/snapshot.ts'
import { PATIENCE_MS, runSql, setUpBench, startServer, type Bench, type Outcome } from './bench.ts'

let server: PostgresServer
let bench: Bench
let url: string
beforeAll(async () => void (server = await startServer()), PATIENCE_MS)
afterAll(() => server.stop(), PATIENCE_MS)
beforeEach(async () => {
  url = await server.createDatabase()
  bench = setUpBench(url)
})
afterEach(() => bench.close())

interface Parts {
  readonly columns?: string
  readonly more?: string
  readonly schema?: string
  readonly check?: string
  readonly query?: string
  readonly views?: string
}

/** A table with what belongs to it. */
const orders = ({ columns = '', more = '', schema = '', check = 'total >= 0', query = 'select number, total from app.orders where total > 0', views = `      - { name: good, query: "${query}" }` }: Parts = {}): string => `
schemas:
  - name: app
    ${schema}
    sequences: [{ name: numbers, start: 10, comment: Counts. }]
    tables:
      - name: orders
        ${more}
        columns:
          number: { type: bigint, default: "nextval('app.numbers')" }
          total: { type: int, nullable: false, default: "1+1" }
          ${columns}
        primary_key: [number]
        checks: [{ name: positive, expression: ${check} }]
        indexes: [{ name: by_total, columns: [{ expression: "total % 10" }], where: total > 0 }]
    views:
${views}
`
const said = ({ code, out, err }: Outcome): string => `${code}\n${out}${err}`
const done = async (command: string, yaml?: string): Promise<string> => {
  const outcome = await bench.run(command, yaml)
  expect(said(outcome)).toMatch(/^0\n/)
  return outcome.out
}
const expectEmpty = async (yaml: string): Promise<void> => expect(said(await bench.run('plan --mode sync', yaml))).toMatch(/^0\n.*Nothing to do/s)

describe('what is declared otherwise', () => {
  it('changes in place, and what nobody names is left alone', async () => {
    await done('sync --auto-approve', orders())
    await runSql(url, `INSERT INTO app.orders (total) VALUES (7)`)
    await runSql(url, `ALTER TABLE app.orders ADD COLUMN by_hand int DEFAULT 3`)
    const changed = orders({ columns: 'note: { type: varchar(10), comment: Why. }', more: 'comment: All orders.', check: 'total between 0 and 1000', query: 'select number, total, 1 as one from app.orders where total > 0' }).replace('"1+1"', '"2+2"')
    // The view is replaced in place, and the constraint holds no data: both go in mode apply.
    await done('apply --auto-approve', changed)
    await expectEmpty(changed)
    expect(await runSql(url, 'SELECT * FROM app.orders')).toEqual([{ number: '10', total: 7, by_hand: 3, note: null }])
    const widened = changed.replace('varchar(10)', 'varchar(20)').replace('"2+2"', 'null').replace('total: { type: int,', 'total: { type: int4,')
    await done('apply --auto-approve', widened)
    await expectEmpty(widened)
    const lines = await describeDatabase(url)
    expect(lines).toContain(`column app.orders.note 4 character varying(20) not null f identity '' generated '' default  comment 'Why.'`)
    expect(lines).toContain(`column app.orders.total 2 integer not null t identity '' generated '' default  comment NULL`)
    expect(lines.find((line) => line.startsWith('relation app.orders '))).toContain(`comment E'All orders.\n-- convergent {"[\\\\"columns\\\\",`)
  })

  it('gets a wider type below the views that show it', async () => {
    const narrow = orders().replace('{ expression: "total % 10" }', 'total')
    await done('sync --auto-approve', narrow)
    await runSql(url, `CREATE VIEW public."their ""view" AS SELECT total AS "a b" FROM app.good`)
    await runSql(url, `COMMENT ON VIEW public."their ""view" IS 'It''s theirs.'`)
    await runSql(url, `GRANT SELECT ON public."their ""view" TO PUBLIC`)
    const before = await describeDatabase(url)
    const wider = narrow.replace('type: int,', 'type: bigint,')
    await done('apply --auto-approve', wider)
    await expectEmpty(wider)
    const widened = (line: string): string => (/^column .*(total|a b)/.test(line) ? line.replace('integer', 'bigint') : line)
    expect(await describeDatabase(url)).toEqual(before.map(widened))
  })

  describe('a view below another one', () => {
    const pair = (low: string, high: string): string => orders({ views: `      - { name: low, query: "${low}", comment: Low., grants: [{ to: public, privileges: [select] }] }\n      - { name: high, query: "${high}", comment: High. }` })
    const before = pair('select number, total, 1 as gone from app.orders', 'select number, total from app.low')
    it('loses a column that the upper one does without, in one sync, and all else stays', async () => {
      await done('sync --auto-approve', before)
      await runSql(url, `CREATE VIEW public."their ""view" AS SELECT total AS "a b" FROM app.high`)
      await runSql(url, `GRANT SELECT ON public."their ""view", app.high TO PUBLIC`)
      const lines = await describeDatabase(url)
      const without = pair('select number, total from app.orders', 'select number, total from app.low')
      await done('apply --auto-approve', without)
      await expectEmpty(without)
      const rest = (all: readonly string[]): readonly string[] => all.filter((line) => !line.includes('app.low'))
      expect(rest(await describeDatabase(url))).toEqual(rest(lines))
      expect((await describeDatabase(url)).filter((line) => line.includes('app.low.'))).toHaveLength(2)
    })
    it('loses one that the upper one has: nothing is changed, and that one is named with what to do', async () => {
      const uses = before.replace('select number, total from app.low', 'select number, gone from app.low')
      await done('sync --auto-approve', uses)
      const lines = await describeDatabase(url)
      const both = pair('select number, total from app.orders', 'select number, total from app.low')
      const refused = await bench.run('sync --auto-approve', both)
      expect(said(refused)).toContain('update view app.low: view app.high stands on it, and cannot be made again above it as it was: column "gone" does not exist; let app.high do without that in a sync of its own before this one, or drop it by hand right before this one (SQLSTATE 0A000)')
      expect(await describeDatabase(url)).toEqual(lines)
      // What is said is a way out, both ways.
      await done('sync --auto-approve', before)
      await done('sync --auto-approve', both)
      await expectEmpty(both)
      await done('sync --auto-approve', uses)
      await runSql(url, 'DROP VIEW app.high')
      await done('sync --auto-approve', both)
      await expectEmpty(both)
    })
    it('that has more than can be brought back is left alone', async () => {
      await done('sync --auto-approve', before)
      await runSql(url, 'ALTER VIEW app.high SET (security_barrier = true)')
      const without = pair('select number, total from app.orders', 'select number, total from app.low')
      const refused = await bench.run('apply --auto-approve', without)
      expect(said(refused)).toContain('update view app.low: cannot drop view app.low because other objects depend on it; it is needed: view app.high depends on view app.low')
      await runSql(url, 'ALTER VIEW app.high RESET (security_barrier)')
      await runSql(url, 'ALTER VIEW app.low SET (security_barrier = true)')
      expect(said(await bench.run('apply --auto-approve', without))).toContain('update view app.low: cannot drop columns from view')
      expect(await runSql(url, `SELECT reloptions FROM pg_class WHERE relname = 'low'`)).toEqual([{ reloptions: ['security_barrier=true'] }])
    })
  })

  it('is told with what stands in its way', async () => {
    await done('sync --auto-approve', orders())
    await runSql(url, `COMMENT ON COLUMN app.good.total IS 'By hand.'`)
    const widened = await bench.run('apply --auto-approve', orders().replace('type: int,', 'type: bigint,'))
    expect(said(widened)).toContain('cannot alter type of a column used by a view or rule; rule _RETURN on view app.good depends on column "total"; drop what uses it first')
    await runSql(url, 'CREATE MATERIALIZED VIEW app.by_hand AS SELECT number FROM app.good')
    const gone = await bench.run('sync --auto-approve', orders({ views: '' }))
    expect(said(gone)).toContain('cannot drop view app.good because other objects depend on it; it is needed: materialized view app.by_hand depends on view app.good; declare what needs it here too')
    expect(said(gone)).toContain('SQLSTATE 2BP01')
  })
})

describe('what is declared no longer', () => {
  it('goes back to what it is by itself, and never takes more with it', async () => {
    const own = url.split('/').at(-1) as string
    const full = (database: string, column: string): string => `schemas: [{ name: app, ${database} tables: [{ name: t, primary_key: [id], columns: { id: { type: int${column} }, twice: { type: int, generated: id * 2 } } }] }]`
    await done('sync --auto-approve', full(`database: ${own},`, ', nullable: false'))
    await runSql(url, 'INSERT INTO app.t VALUES (4)')
    const less = full('', '').replace(', generated: id * 2', '')
    const plan = await bench.run('plan --mode sync', less)
    expect(plan.out).not.toContain('replace')
    await done('sync --auto-approve', less)
    await expectEmpty(less)
    expect(await runSql(url, 'SELECT * FROM app.t')).toEqual([{ id: 4, twice: 8 }])
    const computed = await bench.run('sync --auto-approve', less.replace('twice: { type: int', 'twice: { type: int, generated: id * 3'))
    expect(said(computed)).toContain('column twice holds data, and a computed one holds none of its own')
    expect(await runSql(url, 'SELECT * FROM app.t')).toEqual([{ id: 4, twice: 8 }])
  })
})

describe('what would lose data', () => {
  const withNote = orders({ columns: 'note: text', views: '' })
  it('a narrower type is a replace, blocked in apply and made in sync with all that hangs on it', async () => {
    await done('sync --auto-approve', withNote)
    await runSql(url, `INSERT INTO app.orders (total, note) VALUES (70000, 'kept')`)
    const narrow = withNote.replace('type: int,', 'type: smallint,')
    const refused = await bench.run('apply --auto-approve', narrow)
    expect(said(refused)).toContain('columns.total.type cannot be changed in place and mode apply deletes nothing; plan in mode sync, or allow replaces')
    expect(await runSql(url, 'SELECT total FROM app.orders')).toEqual([{ total: 70000 }])
    await done('sync --auto-approve', narrow)
    await expectEmpty(narrow)
    expect(await runSql(url, 'SELECT total FROM app.orders')).toEqual([])
    expect((await describeDatabase(url)).filter((line) => /positive|by_total/.test(line))).toHaveLength(3)
  })
  it('is done in place where the declaration says how', async () => {
    await done('sync --auto-approve', withNote)
    await runSql(url, `INSERT INTO app.orders (total, note) VALUES (5, '12')`)
    const converted = withNote.replace('note: text', 'note: { type: int, using: "note::int + 1" }')
    await done('apply --auto-approve', converted)
    await expectEmpty(converted)
    expect(await runSql(url, 'SELECT note FROM app.orders')).toEqual([{ note: 13 }])
  })
  it('a column that goes is blocked in apply, and goes in sync', async () => {
    await done('sync --auto-approve', withNote)
    const without = orders({ views: '' })
    expect(said(await bench.run('apply --auto-approve', without))).toContain('columns.note.type would go with what it holds, and mode apply deletes nothing')
    expect((await describeDatabase(url)).some((line) => line.includes('app.orders.note'))).toBe(true)
    await done('sync --auto-approve', without)
    await expectEmpty(without)
    expect((await describeDatabase(url)).some((line) => line.includes('app.orders.note'))).toBe(false)
  })
})

describe('what others do', () => {
  it('a change by hand is drift, and is put right', async () => {
    await done('sync --auto-approve', orders({ columns: `note: { type: text, default: "upper('x')" }` }))
    const before = await describeDatabase(url)
    for (const change of [
      'CREATE OR REPLACE VIEW app.good AS SELECT number, total FROM app.orders WHERE total > 100',
      `ALTER TABLE app.orders ALTER note SET DEFAULT 'by hand'`,
      'ALTER TABLE app.orders DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (total > 5)',
      'ALTER TABLE app.orders ALTER number DROP DEFAULT',
      'ALTER SEQUENCE app.numbers START 11',
    ]) await runSql(url, change)
    const drift = await bench.run('drift')
    expect(drift.code).toBe(2)
    for (const address of ['view/app.good', 'table/app.orders', 'check/app.orders.positive', 'sequence/app.numbers']) expect(drift.out).toContain(address)
    expect(drift.out).toContain('columns.note.default')
    await done('sync --auto-approve', orders({ columns: `note: { type: text, default: "upper('x')" }` }))
    expect(await describeDatabase(url)).toEqual(before)
  })

  it('what somebody else made stays, and keeps what it needs', async () => {
    await done('sync --auto-approve', orders())
    await runSql(url, 'CREATE TABLE app.theirs (id int)')
    await runSql(url, 'CREATE SCHEMA other')
    await runSql(url, 'CREATE INDEX their_index ON app.orders (total)')
    await runSql(url, 'CREATE VIEW other.theirs AS SELECT number FROM app.good')
    const nothing = await bench.run('sync --auto-approve --allow-empty', 'schemas: []\n')
    for (const other of ['table/app.theirs', 'view/other.theirs']) expect(said(nothing)).toContain(`${other}, which stays as it is, needs it`)
    const names = (await describeDatabase(url)).filter((line) => /^(schema|relation)/.test(line)).map((line) => line.split(' ')[1])
    expect(names).toEqual(expect.arrayContaining(['app', 'app.theirs', 'other', 'other.theirs', 'app.good', 'app.orders', 'public']))
  })

  it('what exists is taken over when that is said, and refused when not', async () => {
    await runSql(url, 'CREATE SCHEMA app')
    await runSql(url, `CREATE TABLE app.orders (number bigint PRIMARY KEY, total int NOT NULL, extra text)`)
    await runSql(url, `COMMENT ON TABLE app.orders IS 'Theirs.'`)
    await runSql(url, `INSERT INTO app.orders VALUES (1, 2, 'kept')`)
    expect(said(await bench.run('sync --auto-approve', orders()))).toContain('is not ours')
    const taken = orders({ schema: 'adopt: true', more: 'adopt: true' })
    await done('sync --auto-approve', taken)
    await expectEmpty(taken)
    expect(await runSql(url, 'SELECT number, total, extra FROM app.orders')).toEqual([{ number: '1', total: 2, extra: 'kept' }])
    expect((await describeDatabase(url)).find((line) => line.startsWith('relation app.orders '))).toContain('Theirs.')
  })

  it('what belongs to somebody else is referred to', async () => {
    await runSql(url, 'CREATE TABLE public.theirs (id bigint PRIMARY KEY)')
    const yaml = `
tables:
  - name: ours
    schema: public
    columns: { id: bigint }
    foreign_keys: [{ name: theirs, columns: [id], references: theirs }]
`
    await done('sync --auto-approve', yaml)
    await expectEmpty(yaml)
    await done('destroy --auto-approve')
    expect((await describeDatabase(url)).filter((line) => line.startsWith('relation public.')).map((line) => line.split(' ')[1])).toEqual(['public.theirs', 'public.theirs_pkey'])
  })
})

it('a rollback brings back what was there, to the last comment', async () => {
  await done('sync --auto-approve', orders({ columns: `note: { type: text, default: "lower('X')", comment: Why. }` }))
  const before = await describeDatabase(url)
  const changed = orders({ columns: 'more: int', more: 'comment: Changed.', check: 'total > 3', query: 'select number, total, 2 as two from app.orders' }).replace('start: 10', 'start: 20').replace('"1+1"', '"3"')
  await done('sync --auto-approve', `${changed}roles: []\n`)
  expect(await describeDatabase(url)).not.toEqual(before)
  await done('rollback --auto-approve')
  expect((await describeDatabase(url)).map((line) => line.replace(/(note|more) \d/, '$1'))).toEqual(before.map((line) => line.replace(/(note|more) \d/, '$1')))
})
