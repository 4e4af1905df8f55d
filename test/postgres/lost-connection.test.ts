import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { PostgresStore } from '../../src/postgres/postgres-store.ts'
import type { Lease } from '../../src/store/store.ts'
import { readEntries, sampleEnd, sampleStart, sampleState, sampleStep } from '../../src/testing/store-sample.ts'
import type { Loss } from './flaky-pool.ts'
import { startHalfOpenProxy } from './half-open-proxy.ts'
import { usePostgres } from './place.ts'

const { server, url, open, openPool, ask } = usePostgres()

/** Appends with so many at once until it is told to stop; gives what was acknowledged, in order. */
function keepAppending(store: PostgresStore, lease: Lease, concurrency: number): { readonly acknowledged: readonly string[]; readonly stop: () => Promise<void> } {
  const acknowledged: string[] = []
  let next = 0
  let isOver = false
  const workers = Array.from({ length: concurrency }, async () => {
    while (!isOver) {
      const step = String(next++)
      await store.append(lease, 'r', [sampleStep(step), sampleStep(`${step} too`)])
      acknowledged.push(step)
    }
  })
  return { acknowledged, stop: async () => ((isOver = true), void (await Promise.all(workers))) }
}

async function stepsOf(store: PostgresStore): Promise<readonly string[]> {
  return (await readEntries(store, 's', 'r')).map((entry) => ('step' in entry ? entry.step : entry.kind))
}

async function expectWhole(store: PostgresStore, acknowledged: readonly string[]): Promise<void> {
  const steps = await stepsOf(store)
  const expected = Array.from({ length: acknowledged.length }, (_none, index) => [`${index}`, `${index} too`]).flat()
  expect(steps).toEqual(expected)
  expect([...acknowledged].map(Number).sort((a, b) => a - b)).toEqual(acknowledged.map((_step, index) => index))
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await sleep(1)
}

test('a server that crashes and comes back in the middle of appends loses and doubles nothing', async () => {
  const store = open()
  const lease = await store.claim('s', 'me')
  const work = keepAppending(store, lease, 20)
  for (let round = 1; round <= 3; round++) {
    const before = work.acknowledged.length
    await until(() => work.acknowledged.length > before + 100)
    await server().crash()
  }
  const before = work.acknowledged.length
  await until(() => work.acknowledged.length > before + 100)
  await work.stop()
  await expectWhole(open(), work.acknowledged)
  await store.renew(lease)
})

test('connections that are cut again and again lose and double nothing', async () => {
  const store = open()
  const lease = await store.claim('s', 'me')
  const work = keepAppending(store, lease, 20)
  for (let round = 0; round < 40; round++) {
    const before = work.acknowledged.length
    await until(() => work.acknowledged.length > before)
    await ask('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()')
  }
  await work.stop()
  await expectWhole(store, work.acknowledged)
})

test('connections that fall silent, and what was on its way in them arrives late, lose and double nothing', async () => {
  const proxy = await startHalfOpenProxy(url())
  try {
    const store = open({ connectionString: proxy.url, timeoutMs: 250 })
    const lease = await store.claim('s', 'me', { termMs: 1_000_000 })
    const work = keepAppending(store, lease, 20)
    for (let round = 0; round < 8; round++) {
      const before = work.acknowledged.length
      await until(() => work.acknowledged.length > before + 50)
      proxy.freeze()
      const meanwhile = work.acknowledged.length
      await until(() => work.acknowledged.length > meanwhile + 50)
      proxy.thaw()
      await store.renew(lease)
    }
    await work.stop()
    await expectWhole(open(), work.acknowledged)
    await store.release(lease)
    expect(await open().claim('s', 'you')).toMatchObject({ fence: 2 })
  } finally {
    await proxy.close()
  }
})

/** Everything that a run does to a store, one after another. */
async function useStore(store: PostgresStore): Promise<unknown> {
  const lease = await store.claim('s', 'me', { termMs: 1_000_000 })
  await store.put('s', 'plan', 'p', 'text')
  await store.append(lease, 'r', [sampleStart('r', lease, undefined, 'p')])
  await store.append(lease, 'r', [sampleStep('1'), sampleStep('2')])
  await store.append(lease, 'r', [sampleStep('3')])
  await store.renew(lease)
  await store.commit(sampleState('s', 1), { expectedSerial: 0, lease })
  await store.commit(sampleState('s', 2), { expectedSerial: 1, lease })
  await store.backup?.('s')
  await store.append(lease, 'r', [sampleEnd()])
  const held = await store.holding('s')
  await store.prune?.('s', { runs: 1, plans: 1 })
  await store.release(lease)
  const next = await store.claim('s', 'you')
  const overtaking = await store.claim('s', 'they', { takeOver: { fence: next.fence, reason: 'it is gone' } })
  const seen = { held: held?.fence, overtaking, entries: await readEntries(store, 's', 'r'), runs: await store.runs('s'), serial: (await store.load('s'))?.serial, plans: await store.list('s', 'plan'), text: await store.get('s', 'plan', 'p') }
  await store.release(overtaking)
  return seen
}

describe.each<[Loss, string]>([
  ['before', 'does not arrive'],
  ['after', 'arrives, and whose answer is lost'],
  ['silent', 'arrives, and whose connection falls silent'],
])('a statement that is lost: %s', (loss, what) => {
  test(`each one that ${what} is made again, and comes to the same end`, async () => {
    const expected = await useStore(open({ pool: openPool(), schema: 'calm' }))
    const flaky = openPool()
    const store = open({ pool: flaky, schema: 'flaky', timeoutMs: 150 })
    // The tables are made in several statements, and that is begun anew as a whole.
    flaky.lose = () => undefined
    await store.holding('s')
    const calm = flaky.statements.length
    flaky.lose = (statement) => ((statement - calm) % 2 === 0 ? loss : undefined)
    expect(await useStore(store)).toEqual(expected)
    expect(flaky.statements.length - calm).toBeGreaterThan(40)
  })
})

test('tables that are half made when the connection is lost are made again', async () => {
  for (let lost = 0, isWhole = false; !isWhole; lost++) {
    const flaky = openPool()
    flaky.lose = (statement) => (statement === lost ? 'after' : undefined)
    const store = open({ pool: flaky, schema: `lost ${lost}` })
    const lease = await store.claim('s', 'me')
    expect(lease.fence).toBe(1)
    isWhole = flaky.statements.length <= lost
  }
})

test('a server that does not come back is given up with what to do, and what is under way says so', async () => {
  const store = open({ connectionString: 'postgres://someone:hidden@127.0.0.1:1/nothing', retryForMs: 100 })
  const problem = await store.load('s').catch((error: Error) => error)
  expect(problem).toMatchObject({ code: 'store' })
  expect(String(problem)).toMatch(/^StoreError: postgres:\/\/127\.0\.0\.1:1\/nothing: no success within \d+ ms and \d+ attempts: .*ECONNREFUSED.*resume the run$/)
  expect(String(problem)).not.toContain('hidden')
})

test('after an append that was given up nothing more is appended under that claim', async () => {
  const flaky = openPool()
  const store = open({ pool: flaky, retryForMs: 50 })
  const lease = await store.claim('s', 'me')
  await store.append(lease, 'r', [sampleStep('1')])
  flaky.lose = () => 'before'
  await expect(store.append(lease, 'r', [sampleStep('2')])).rejects.toMatchObject({ code: 'store' })
  flaky.lose = () => undefined
  await expect(store.append(lease, 'r', [sampleStep('3')])).rejects.toMatchObject({ code: 'store' })
  await store.release(lease)
  const next = await store.claim('s', 'me')
  await store.append(next, 'r', [sampleStep('4')])
  expect(await stepsOf(store)).toEqual(['1', '4'])
})

test('a statement that was made again, and whose first attempt arrives when all is over, does nothing', async () => {
  const pool = openPool()
  const store = open({ pool })
  await store.load('s')
  const sent: { readonly text: string; readonly values: unknown[] }[] = []
  pool.onSend = (query) => void sent.push(query)
  const earlier = await store.claim('s', 'me')
  await store.append(earlier, 'r', [sampleStart('r', earlier), sampleStep('1')])
  await store.append(earlier, 'r', [sampleStep('2')])
  await store.commit(sampleState('s', 1), { expectedSerial: 0, lease: earlier })
  await store.release(earlier)
  const first = await store.claim('s', 'me')
  await store.relocate?.(first, { kind: 'arriving', store: 'another' })
  await store.clear?.(first)
  await store.append(first, 'r2', [sampleStart('r2', first), sampleStep('1'), sampleEnd()])
  await store.commit(sampleState('s', 1), { expectedSerial: 0, lease: first })
  await store.relocate?.(first, undefined)
  const late = async (): Promise<void> => {
    for (const { text, values } of sent.splice(0)) await ask(text, values).catch((error: { readonly code: string }) => expect(error.code).toBe('23505'))
  }
  const read = async () => ({ held: (await store.holding('s'))?.fence, runs: await store.runs('s'), lines: await readEntries(store, 's', 'r2'), state: (await store.load('s'))?.serial, relocated: await ask('SELECT relocation FROM convergent.stacks') })
  const before = await read()
  await late()
  expect(await read()).toEqual(before)
  await store.release(first)
  await late()
  expect(await store.holding('s')).toBeUndefined()
  expect(await store.claim('s', 'you')).toMatchObject({ fence: 3 })
})
