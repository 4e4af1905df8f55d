import { createHash } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProviderError, memoryStore, plan, ref, apply, type FaultKind, type Resource } from 'convergent'
import { explainFault, type Stage } from '../../../examples/postgres/fault.ts'
import { postgres } from '../../../examples/postgres/postgres.ts'
import type { PostgresServer } from '../../../examples/postgres/server.ts'
import { PATIENCE_MS, runSql, startServer } from './bench.ts'

let server: PostgresServer
let url: string
beforeAll(async () => {
  server = await startServer()
  url = await server.createDatabase()
}, PATIENCE_MS)
afterAll(() => server.stop(), PATIENCE_MS)

/** A fault as the driver throws it. */
const thrown = (code: string, message = 'it failed', detail?: string): Error => Object.assign(new Error(message), { code, ...(detail !== undefined && { detail }) })

describe('a fault of the database', () => {
  const kinds: readonly (readonly [code: string, stage: Stage, kind: FaultKind])[] = [
    ['42710', 'work', 'conflict'], ['42P07', 'work', 'conflict'], ['42P04', 'commit', 'conflict'], ['42P06', 'work', 'conflict'], ['23505', 'work', 'conflict'], ['2BP01', 'work', 'conflict'],
    ['42704', 'work', 'not-found'], ['42P01', 'work', 'not-found'], ['3F000', 'work', 'not-found'], ['3D000', 'connect', 'not-found'],
    ['08006', 'work', 'retryable'], ['08006', 'commit', 'ambiguous'], ['57P01', 'work', 'retryable'], ['57P01', 'commit', 'ambiguous'], ['57P03', 'connect', 'retryable'], ['53300', 'connect', 'retryable'],
    ['40P01', 'work', 'retryable'], ['40001', 'work', 'retryable'], ['40001', 'commit', 'retryable'], ['55P03', 'work', 'retryable'], ['55006', 'commit', 'retryable'], ['40003', 'commit', 'ambiguous'],
    ['28P01', 'connect', 'fatal'], ['28000', 'connect', 'fatal'], ['42501', 'work', 'fatal'], ['42601', 'work', 'fatal'], ['22003', 'work', 'fatal'],
    ['ECONNREFUSED', 'connect', 'retryable'], ['ECONNRESET', 'work', 'retryable'], ['ECONNRESET', 'commit', 'ambiguous'],
  ]
  it.each(kinds)('%s while %s is %s', (code, stage, kind) => {
    const fault = explainFault(thrown(code), stage, 'create table app.orders')
    expect([fault.kind, fault.status]).toEqual([kind, code])
    expect(fault.message).toMatch(/^create table app\.orders: it failed/)
  })
  it('of two who write one row at once is retryable, and nothing else internal is', () => {
    expect(explainFault(thrown('XX000', 'tuple concurrently updated'), 'work', 'grant').kind).toBe('retryable')
    expect(explainFault(thrown('XX000', 'could not open relation with OID 18264'), 'work', 'list view').kind).toBe('retryable')
    expect(explainFault(thrown('XX000', 'cache lookup failed'), 'work', 'grant').kind).toBe('fatal')
  })
  it('without a code is a lost connection by what it says, and else a fault of ours', () => {
    expect(explainFault(new Error('Connection terminated unexpectedly'), 'work', 'list').kind).toBe('retryable')
    expect(explainFault(new Error('Connection terminated unexpectedly'), 'commit', 'create').kind).toBe('ambiguous')
    expect(explainFault(new Error('x is not a function'), 'work', 'list').kind).toBe('fatal')
    expect(() => postgres({ url: 'no address, but a secret' })).toThrow('expected postgres://')
    expect(() => postgres({ url: 'no address, but a secret' })).not.toThrow('secret')
  })
  it('names each dependent', () => {
    const { message } = explainFault(thrown('2BP01', 'cannot drop table a because other objects depend on it', 'view b depends on table a\nconstraint c on table d depends on table a'), 'work', 'delete table a')
    expect(message).toBe('delete table a: cannot drop table a because other objects depend on it; it is needed: view b depends on table a; constraint c on table d depends on table a; declare what needs it here too, so that it goes first, or drop that by hand (SQLSTATE 2BP01)')
  })
})

describe('what the server really says', () => {
  const desired: readonly Resource[] = [
    { type: 'schema', name: 's', inputs: { name: 'faults' } },
    { type: 'table', name: 't', inputs: { schema: ref('schema/s'), name: 't', columns: { a: { type: 'int' } } } },
  ]
  it('a lock that is held for long is waited for, and told', async () => {
    const options = { provider: postgres({ url, lockTimeoutMs: 50 }), store: memoryStore(), retry: { attempts: 2, baseMs: 1, maxMs: 1 } }
    await apply(await plan(desired, options), options)
    const holder = new Client({ connectionString: url })
    await holder.connect()
    await holder.query('BEGIN; LOCK TABLE faults.t')
    const wider = desired.map((each) => (each.type === 'table' ? { ...each, inputs: { ...each.inputs, columns: { a: { type: 'bigint' } } } } : each))
    const changes = await plan(wider, options)
    const result = await apply(changes, options)
    await holder.end()
    expect(result.errors.map(({ error }) => [error.kind, error.status])).toEqual([['retryable', '55P03']])
    expect(result.errors[0]?.error.message).toContain('canceling statement due to lock timeout; somebody holds a lock on it for long')
    expect((await apply(await plan(wider, options), options)).outcome).toBe('succeeded')
    await options.provider.close()
  })
  it('an address of a database that is not there is an error, not an empty server', async () => {
    const provider = postgres({ url: server.urlOf('nowhere') })
    await expect(plan(desired, { provider, store: memoryStore() })).rejects.toThrow(/database "nowhere" does not exist.*the address of the connection names it/)
    await provider.close()
  })
  it('a wrong password is fatal, and is not repeated', async () => {
    const wrong = new URL(url)
    wrong.password = 'a-secret-that-is-wrong'
    const provider = postgres({ url: wrong.href })
    const error: unknown = await plan(desired, { provider, store: memoryStore() }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ProviderError)
    expect(String(error)).toContain('password authentication failed')
    expect(String(error)).not.toContain('a-secret-that-is-wrong')
    await provider.close()
  })
  it('a database with a comment is there whole or not at all', async () => {
    const left = `convergent_${createHash('sha256').update('whole').digest('hex').slice(0, 16)}`
    await runSql(server.url, `CREATE DATABASE ${left}`)
    const options = { provider: postgres({ url }), store: memoryStore() }
    const { errors } = await apply(await plan([{ type: 'database', name: 'd', inputs: { name: 'whole', comment: 'Whole.' } }], options), options)
    expect(errors).toEqual([])
    expect(await runSql(server.url, `SELECT datname, shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname IN ('whole', $1)`, [left])).toEqual([{ datname: 'whole', comment: 'Whole.' }])
    await options.provider.close()
  })
  it('a crash of the server during a run is survived', async () => {
    const options = { provider: postgres({ url }), store: memoryStore(), mode: 'sync' as const, retry: { attempts: 20, baseMs: 5, maxMs: 100 } }
    const many: readonly Resource[] = [
      { type: 'schema', name: 'c', inputs: { name: 'crashed' } },
      ...Array.from({ length: 30 }, (_, n): Resource => ({ type: 'table', name: `t${n}`, inputs: { schema: ref('schema/c'), name: `t${n}`, columns: { a: { type: 'int', default: '1+1' } } } })),
    ]
    const run = apply(await plan(many, options), { ...options, concurrency: 4, breaker: false })
    let crash: Promise<void> | undefined
    let done = 0
    run.on('action:succeeded', () => {
      if (++done === 8) crash = server.crash()
    })
    const result = await run.result
    await crash
    expect([result.outcome, result.errors]).toEqual(['succeeded', []])
    expect((await plan(many, options)).actions).toEqual([])
    expect(await runSql(url, `SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'crashed'`)).toEqual([{ n: 30 }])
    await options.provider.close()
  })
})
