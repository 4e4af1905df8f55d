import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apply, memoryStore, rollback } from 'convergent'
import { planOperations } from 'convergent/operations'
import { runCommand } from 'convergent/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCluster } from '../../../../examples/cluster/cluster.ts'
import { hostOf } from '../../../../examples/cluster/hosts/shared-hosts.ts'
import { locateBinary } from '../../../../examples/cluster/locate-binary.ts'
import { declare } from '../../../../examples/cluster/operations/operations.ts'
import { clusterProvider } from '../../../../examples/cluster/provider.ts'
import { parseTopology } from '../../../../examples/cluster/topology/load-topology.ts'

/** A server that has the programs as an archive, with all of them in one folder. */
describe('programs that are downloaded', () => {
  let folder = ''
  let server: Server
  let url = ''
  let sha256 = ''
  let requests = 0
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'convergent-fetch-'))
    mkdirSync(join(folder, 'redis-7.4.1', 'bin'), { recursive: true })
    const program = join(folder, 'redis-7.4.1', 'bin', 'redis-server')
    writeFileSync(program, '#!/bin/sh\necho "Redis server v=7.4.1"\n')
    chmodSync(program, 0o755)
    await runCommand({ command: 'tar', args: ['czf', join(folder, 'redis.tar.gz'), '-C', folder, 'redis-7.4.1'] }, { signal: new AbortController().signal, print: () => undefined })
    const archive = readFileSync(join(folder, 'redis.tar.gz'))
    sha256 = createHash('sha256').update(archive).digest('hex')
    server = createServer((request, response) => {
      if (request.method === 'GET') requests++
      response.writeHead(request.url === '/redis.tar.gz' ? 200 : 404, { 'content-length': archive.length }).end(request.url === '/redis.tar.gz' && request.method === 'GET' ? archive : undefined)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/redis.tar.gz`
  })
  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  const setUp = async (checksum: string, stateDir: string) => {
    const topology = parseTopology(`cluster: cache\nengine: redis\ntopology: standalone\nbinary: { url: '${url}', sha256: '${checksum}' }\ndirectory: /srv/cache\nhosts: { here: }\ninstances: { one: { host: here, port: 7001 } }\n`, 'cache.yaml')
    const host = hostOf({ name: 'here', address: '127.0.0.1' })
    const binary = await locateBinary(topology, host, join(folder, stateDir), new AbortController().signal)
    const options = { provider: clusterProvider, store: memoryStore(), stack: 'cache', retry: { attempts: 1 } }
    const plan = await planOperations([{ name: 'prepare', operations: [declare.fetchBinary(binary.name, { binary })] }], options)
    return { topology, binary, options, plan, locate: () => locateBinary(topology, host, join(folder, stateDir), new AbortController().signal) }
  }

  it('are planned with their size, fetched once, and kept for the next run', async () => {
    const { binary, options, plan, locate, topology } = await setUp(sha256, 'right')
    expect(binary).toMatchObject({ name: 'redis-server of redis.tar.gz', version: 'unknown', archiveSha256: sha256 })
    expect(plan.validation?.checks[0]).toMatchObject({ status: 'passed', message: 'redis-server of redis.tar.gz is to be downloaded' })
    expect(plan.estimate?.downloadBytes).toBe(binary.bytes)
    const result = await apply(plan, options).result
    expect(result).toMatchObject({ outcome: 'succeeded' })
    expect(requests).toBe(1)
    expect((await rollback(result.runId, options).result).outcome).toBe('succeeded')
    const located = await locate()
    expect(located).toMatchObject({ name: 'redis 7.4.1', version: '7.4.1' })
    expect(createCluster(topology, located).instances[0]?.programs).toBe(located.programs)
    const again = await planOperations([{ name: 'prepare', operations: [declare.fetchBinary(located.name, { binary: located })] }], options)
    expect(again.validation?.checks[0]?.message).toBe('redis 7.4.1 is cached')
    expect((await apply(again, options).result).actions[0]?.message).toBe('it was done already')
    expect(requests).toBe(1)
  })

  it('that are not those of the topology are not kept', async () => {
    const { binary, options, plan } = await setUp('0'.repeat(64), 'wrong')
    const result = await apply(plan, options).result
    expect(result.errors[0]?.error.message).toBe(`Error: ${url} has a wrong checksum: found ${sha256}, expected ${'0'.repeat(64)}; nothing of it was kept`)
    expect(existsSync(join(binary.programs, '..'))).toBe(false)
  })
})
