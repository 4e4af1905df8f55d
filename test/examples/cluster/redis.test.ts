import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from 'ioredis'
import { PASSWORD, PATIENCE_MS, USER_LINE, setUpBench, type Bench } from './bench.ts'
import { writeSteadily } from './writing-client.ts'

const folder = ['/usr/bin', '/usr/local/bin'].find((each) => existsSync(`${each}/redis-server`) && existsSync(`${each}/redis-cli`))
if (folder === undefined) console.log('redis-server is not on this machine: no Redis Cluster is deployed (Debian: apt-get install redis-server)')

const SHARDS = ['one', 'two', 'three', 'four']

/** So many shards, each a primary and a replica. */
const topology = (shards: number): string => `cluster: cache
engine: redis
topology: sharded
binary: { folder: ${folder} }
directory: DIR/caches
${USER_LINE}passwordFrom: PASSWORD
hosts: { localhost: }
instances:
${SHARDS.slice(0, shards).flatMap((shard, at) => [`  redis-${2 * at + 1}: { host: localhost, port: PORT${2 * at + 1}, shard: ${shard} }`, `  redis-${2 * at + 2}: { host: localhost, port: PORT${2 * at + 2}, shard: ${shard}, role: replica }`]).join('\n')}
`

describe.skipIf(folder === undefined)('a cluster of Redis', () => {
  let bench: Bench
  let client: Cluster
  beforeAll(async () => {
    bench = await setUpBench(8)
    bench.describe(topology(3))
  })
  afterAll(async () => {
    client?.disconnect()
    await bench.close()
  })
  const golden = (text: string, name: string): Promise<void> => expect(bench.normalise(text)).toMatchFileSnapshot(`golden/redis-${name}.txt`)
  const keep = async (): Promise<void> => {
    for (let id = 0; id < 200; id++) expect(await client.get(`kept:${id}`)).toBe(String(id))
  }

  it('is deployed, written to, and read everywhere', { timeout: PATIENCE_MS }, async () => {
    const planned = await bench.run(2, 'deploy', '--plan-only')
    await bench.run(0, 'deploy', '--auto-approve')
    client = new Cluster(bench.ports.slice(0, 6).map((port) => ({ host: '127.0.0.1', port })), { redisOptions: { password: PASSWORD } })
    for (let id = 0; id < 200; id++) await client.set(`kept:${id}`, String(id))
    for (const node of client.nodes('slave')) {
      await node.readonly()
      await expect.poll(() => node.dbsize(), { timeout: 10_000 }).toBeGreaterThan(30)
    }
    await golden(`$ deploy --plan-only\n${planned.out}\n$ status\n${(await bench.run(0, 'status')).out}`, 'deploy')
  })

  it('is restarted one instance after the other, and no write that was acknowledged is lost', { timeout: PATIENCE_MS }, async () => {
    const writer = writeSteadily((id) => client.set(`write:${id}`, String(id)))
    await writer.hasWritten(50)
    await bench.run(0, 'restart', '--auto-approve')
    const acknowledged = await writer.stop()
    const lost: number[] = []
    for (const id of acknowledged) if ((await client.get(`write:${id}`)) !== String(id)) lost.push(id)
    expect(lost).toEqual([])
    expect(acknowledged.length).toBeGreaterThan(50)
    await keep()
    // Each shard is now led by whoever was its replica before.
    expect((await bench.run(0, 'status')).out).toContain('primary of one')
  })

  it('gets another shard, with its part of what is there', { timeout: PATIENCE_MS }, async () => {
    bench.describe(topology(4))
    const grown = await bench.run(0, 'scale', '--auto-approve', '--concurrency', '1')
    expect((await bench.run(0, 'status')).out.match(/4096 slots/g)).toHaveLength(4)
    await keep()
    await golden(grown.out, 'scale')
  })

  it('lets a replica take over before a primary is taken out', { timeout: PATIENCE_MS }, async () => {
    // After the restart the one that was declared a replica leads.
    expect((await bench.run(0, 'status')).out).toMatch(/redis-2 +primary of one/)
    bench.describe(topology(4).replace(/ {2}redis-2: .*\n/, ''))
    await bench.run(0, 'scale', '--auto-approve')
    expect((await bench.run(0, 'status')).out).toMatch(/redis-1 +primary of one/)
    await keep()
  })

  it('survives a primary that is killed: its replica takes over, and it comes back as one', { timeout: PATIENCE_MS }, async () => {
    const [pid] = /redis-4 +primary of two.*?running +(\d+)/.exec((await bench.run(0, 'status')).out)?.slice(1) ?? []
    process.kill(Number(pid), 'SIGKILL')
    expect((await bench.run(2, 'status')).out).toContain('redis-4 does not run')
    await bench.run(0, 'start', '--auto-approve')
    await keep()
  })

  it('is destroyed with nothing left behind', { timeout: PATIENCE_MS }, async () => {
    client.disconnect()
    const destroyed = await bench.run(0, 'destroy', '--auto-approve', '--concurrency', '1')
    await expect.poll(() => bench.leftovers()).toEqual([])
    await golden(destroyed.out, 'destroy')
  })
})
