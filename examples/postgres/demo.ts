import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { createCli, processIo } from 'convergent/cli'
import { cliOptions } from './cli.ts'
import { startPostgres } from './server.ts'
import { describeDatabase } from './snapshot.ts'

const input = fileURLToPath(new URL('demo', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'convergent-demo-'))
const edited = join(folder, 'shop.yaml')
const server = await startPostgres()
const cli = createCli(cliOptions)
const io = processIo()

/** Runs one command of the host's command line as a person would, and says so. */
async function run(expected: number, ...command: readonly string[]): Promise<void> {
  const shown = command.map((word) => (word === input ? 'examples/postgres/demo' : word.replace(folder, '.'))).join(' ')
  console.log(`\n$ postgres ${shown}\n`)
  const env = { ...process.env, DATABASE_URL: server.url, SHOP_REPORTS_PASSWORD: 'demo' }
  const code = await cli.run([...command, '--state-dir', join(folder, 'state')], { ...io, env })
  if (code !== 0) console.log(`\n(exit code ${code})`)
  if (code !== expected) throw new Error(`the demo expected exit code ${expected}, found ${code}`)
}

/** Does something by hand, as with psql. */
async function psql(command: string): Promise<void> {
  console.log(`\nshop=# ${command};`)
  const client = new Client({ connectionString: server.urlOf('shop') })
  await client.connect()
  await client.query(command).finally(() => client.end())
}

/** Writes the declaration with some of it changed. */
async function edit(...changes: readonly (readonly [from: string, to: string])[]): Promise<void> {
  const text = await readFile(join(input, 'shop.yaml'), 'utf8')
  await writeFile(edited, changes.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`the demo's input has no ${JSON.stringify(from)} any more`)
    return changed.replace(from, to)
  }, text))
}

try {
  const plan = join(folder, 'plan.json')
  await run(2, 'plan', '-f', input, '--mode', 'sync', '-o', plan)
  await run(0, 'sync', '--plan', plan, '--auto-approve')
  await run(0, 'plan', '-f', input, '--mode', 'sync')

  console.log('\nSomebody works in the database by hand. What is ours is put right; what is theirs stays.')
  await psql('ALTER TABLE app.orders ALTER total SET DEFAULT 5')
  await psql('CREATE OR REPLACE VIEW app.good_customers AS SELECT id, email, 1::bigint AS spent FROM app.customers')
  await psql('CREATE TABLE app.theirs (id int)')
  await run(2, 'drift')
  await run(0, 'sync', '-f', input, '--auto-approve')

  console.log('\nA column becomes narrower, and another one is declared no longer: both would lose data, and apply deletes nothing.')
  await edit(['total: { type: int,', 'total: { type: smallint,'])
  await run(0, 'apply', '-f', edited, '--auto-approve')
  await edit(['              note: text\n', ''])
  await run(0, 'apply', '-f', edited, '--auto-approve')

  console.log('\nA view is declared no longer, and somebody needs it.')
  await psql('CREATE MATERIALIZED VIEW app.theirs_too AS SELECT email FROM app.good_customers')
  const text = await readFile(join(input, 'shop.yaml'), 'utf8')
  await writeFile(edited, text.slice(0, text.indexOf('        views:')))
  await run(3, 'sync', '-f', edited, '--auto-approve')
  await psql('DROP MATERIALIZED VIEW app.theirs_too')
  await run(0, 'sync', '-f', input, '--auto-approve')

  console.log('\nA change is made and taken back; the catalogs are as they were.')
  const before = await describeDatabase(server.urlOf('shop'))
  await edit(['name: varchar(100)', 'name: varchar(200)\n              phone: text'], ['expression: total >= 0', 'expression: total between 0 and 100000'])
  await run(0, 'apply', '-f', edited, '--auto-approve')
  await run(0, 'rollback', '--auto-approve')
  const after = await describeDatabase(server.urlOf('shop'))
  if (JSON.stringify(before) !== JSON.stringify(after)) throw new Error('the catalogs are not as they were')
  console.log('\nEverything is as declared.')
} finally {
  await server.stop()
  await rm(folder, { recursive: true })
}
