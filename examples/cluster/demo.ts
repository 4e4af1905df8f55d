import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCli, processIo } from 'convergent/cli'
import { Client } from 'pg'
import { findFreePort } from '../parts/free-port.ts'
import { cliOptions } from './cli.ts'
import { sharedHosts } from './hosts/shared-hosts.ts'

const folder = await mkdtemp(join(tmpdir(), 'convergent-cluster-'))
// Where this is root, the databases run as somebody else, who has to get there.
await chmod(folder, 0o755)
const topology = join(folder, 'shop.yaml')
const password = 'only-for-the-demo'
const cli = createCli(cliOptions)
const io = processIo()

/** Runs one command of the host's command line as a person would, and says so. */
async function run(expected: number, ...command: readonly string[]): Promise<void> {
  console.log(`\n$ cluster ${command.join(' ')} -f shop.yaml\n`)
  const code = await cli.run([...command, '-f', topology, '--state-dir', join(folder, 'state')], { ...io, env: { ...process.env, SHOP_PASSWORD: password } })
  if (code !== 0) console.log(`\n(exit code ${code})`)
  if (code !== expected) throw new Error(`the demo expected exit code ${expected}, found ${code}`)
}

/** Asks one of the databases, as with psql. */
async function psql(port: number, sql: string): Promise<void> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', password })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    console.log(`postgres@${port}=# ${sql};${rows.map((row) => `\n  ${Object.values(row).map(String).join(' | ')}`).join('')}`)
  } finally {
    await client.end()
  }
}

/** The demo's topology, with a folder and ports of its own. */
async function writeTopology(ports: readonly number[]): Promise<void> {
  const text = await readFile(fileURLToPath(new URL('demo/postgres.yaml', import.meta.url)), 'utf8')
  const placed = text.replace('/tmp/convergent-shop', join(folder, 'databases')).replaceAll(/port: 600(\d)/g, (_, digit: string) => `port: ${ports[Number(digit) - 1]}`)
  await writeFile(topology, process.getuid?.() === 0 ? placed : placed.replace(/^user: .*\n/m, ''))
}

const [primary, first, second] = [await findFreePort(), await findFreePort(), await findFreePort()] as const
try {
  await writeTopology([primary, first, second])
  await run(2, 'deploy', '--plan-only', '--plan-file', join(folder, 'plan.json'))
  await run(0, 'deploy', '--plan-file', join(folder, 'plan.json'), '--auto-approve')

  console.log('\nWhat is written to the primary is read from the replicas, and they take no writes.\n')
  await psql(primary, 'CREATE TABLE orders (id int PRIMARY KEY, what text)')
  await psql(primary, `INSERT INTO orders VALUES (1, 'a first order') RETURNING id, what`)
  for (const replica of [first, second]) {
    // One of them was waited for when the row was written; the other one has it a moment later.
    await psql(primary, `SELECT pg_sleep(0.2)`)
    await psql(replica, 'SELECT id, what FROM orders')
  }
  await psql(first, 'DELETE FROM orders').catch((error: Error) => console.log(`postgres@${first}=# DELETE FROM orders;\n  ${error.message}`))

  console.log('\nSomebody kills a replica.')
  process.kill(Number(await readFile(join(folder, 'databases', 'pg-2', 'process.pid'), 'utf8')), 'SIGKILL')
  await run(2, 'status')
  await run(0, 'start', '--auto-approve')
  await psql(first, 'SELECT id, what FROM orders')
  await run(0, 'status')

  console.log('\nAll of it goes again.')
  await run(0, 'destroy', '--auto-approve')
} finally {
  await cli.run(['destroy', '-f', topology, '--state-dir', join(folder, 'state'), '--auto-approve'], { ...io, stdout: () => undefined, stderr: () => undefined, env: { ...process.env, SHOP_PASSWORD: password } }).catch(() => undefined)
  await sharedHosts.close()
  await rm(folder, { recursive: true })
}
