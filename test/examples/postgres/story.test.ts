import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { PostgresServer } from '../../../examples/postgres/server.ts'
import { describeDatabase, describeServer } from '../../../examples/postgres/snapshot.ts'
import { PATIENCE_MS, setUpBench, startServer, type Bench, type Outcome } from './bench.ts'

let server: PostgresServer
let bench: Bench
beforeAll(async () => void (server = await startServer()), PATIENCE_MS)
afterAll(() => server.stop(), PATIENCE_MS)
beforeEach(() => void (bench = setUpBench(server.url, { SHOP_REPORTS_PASSWORD: 'very-secret' })))
afterEach(async () => {
  await bench.run('destroy --auto-approve')
  bench.close()
})

const demo = readFileSync(new URL('../../../examples/postgres/demo/shop.yaml', import.meta.url), 'utf8')
const codeAndOutput = ({ code, out, err }: Outcome): string => `${code}\n${out}${err}`
const shop = (): string => server.urlOf('shop')

it('everything is made from YAML, a second plan is empty, and it all goes again', async () => {
  const before = await describeServer(server.url)
  const made = await bench.run('sync --auto-approve', demo)
  expect(codeAndOutput(made)).toMatch(/^0\n/)
  const again = await bench.run('plan --mode sync', demo)
  expect(codeAndOutput(again)).toMatch(/^0\n.*Nothing to do: 20 resources are as declared/s)
  expect((await bench.run('drift')).code).toBe(0)
  const lines = await describeDatabase(shop())
  for (const line of [
    "schema app owner shop_owner acl {shop_owner=UC/shop_owner,shop_reader=U/shop_owner} comment NULL",
    'index CREATE INDEX customers_by_name ON app.customers USING btree (lower((name)::text), since DESC)',
    'constraint app.orders.orders_customer FOREIGN KEY (customer) REFERENCES app.customers(id) ON DELETE CASCADE comment NULL',
    'constraint app.orders.orders_pkey PRIMARY KEY (number) comment NULL',
    "column app.orders.number 1 bigint not null t identity '' generated '' default nextval('app.order_numbers'::regclass) comment NULL",
  ]) expect(lines).toContain(line)
  expect(lines.filter((line) => line.startsWith('column app.orders.')).map((line) => line.split(' ')[1])).toEqual(['app.orders.customer', 'app.orders.note', 'app.orders.number', 'app.orders.total'])

  const gone = await bench.run('destroy --auto-approve')
  expect(codeAndOutput(gone)).toMatch(/^0\n/)
  expect(await describeServer(server.url)).toEqual(before)
})

it('a password lets its role in, and stands nowhere', async () => {
  const made = await bench.run('sync --auto-approve --verbose', demo)
  const login = async (password: string): Promise<unknown> => {
    const address = new URL(shop())
    Object.assign(address, { username: 'shop_reports', password })
    const client = new Client({ connectionString: address.href })
    await client.connect()
    return (await client.query('SELECT count(*)::int AS n FROM app.good_customers').finally(() => client.end())).rows[0]
  }
  expect(await login('very-secret')).toEqual({ n: 0 })
  await expect(login('other')).rejects.toThrow('password authentication failed')
  const changed = setUpBenchAgain('another-secret')
  const sync = await changed.run('sync --auto-approve', demo)
  expect(codeAndOutput(sync)).toMatch(/^0\n/)
  expect(await login('another-secret')).toEqual({ n: 0 })
  for (const secret of ['very-secret', 'another-secret']) expect(made.out + made.err + sync.out + sync.err + bench.stateBytes()).not.toContain(secret)
})

/** The same state, with another password in the environment. */
function setUpBenchAgain(password: string): Pick<Bench, 'run'> {
  return setUpBench(server.url, { SHOP_REPORTS_PASSWORD: password }, bench.folder)
}
