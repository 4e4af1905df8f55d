import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { acquireLease } from '../../src/engine/acquire-lease.ts'
import { apply } from '../../src/engine/apply.ts'
import { showRun } from '../../src/engine/history.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { declare } from '../../src/provider/declare.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { createMortalProcess } from '../../src/testing/mortal-process.ts'
import { readEntries, sampleState, sampleStep } from '../../src/testing/store-sample.ts'
import { usePostgres } from './place.ts'

const { open, ask, server } = usePostgres()

/** Statements that wait for a lock. What the server says of itself is otherwise the same for a whole transaction. */
async function countWaiting(): Promise<number> {
  await ask('SELECT pg_stat_clear_snapshot()')
  return Number((await ask(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`))[0]?.['n'])
}

const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await sleep(1)
}

test('a claim waits for what is being written under the one before, and counts it', async () => {
  const [anna, ben] = [open(), open()]
  const lease = await anna.claim('s', 'anna')
  await anna.append(lease, 'r', [sampleStep('1')])
  await ask('BEGIN')
  // Nobody knows yet whether this number is taken, so the append stands in the middle of its statement.
  await ask(`INSERT INTO convergent.entries SELECT id, 2, '00000000-0000-0000-0000-000000000000', '' FROM convergent.runs`)
  const order: string[] = []
  const append = anna.append(lease, 'r', [sampleStep('2')]).then(() => order.push('append'))
  await until(async () => (await countWaiting()) === 1)
  const claim = ben.claim('s', 'ben', { takeOver: { fence: lease.fence, reason: 'it is slow' } }).then(() => order.push('claim'))
  await until(async () => (await countWaiting()) === 2)
  await ask('ROLLBACK')
  await Promise.all([append, claim])
  expect((await readEntries(ben, 's', 'r')).length).toBe(2)
  expect(order).toEqual(['append', 'claim'])
})

test('what begins while a claim is on its way is refused', async () => {
  const [anna, ben] = [open(), open()]
  const lease = await anna.claim('s', 'anna')
  await anna.append(lease, 'r', [sampleStep('1')])
  await ask('BEGIN')
  // Somebody takes the stack over, and has not committed yet.
  await ask(`UPDATE convergent.stacks SET fence = 2, holder = 'ben'`)
  const attempts = [
    anna.append(lease, 'r', [sampleStep('2')]),
    anna.commit(sampleState('s', 1), { expectedSerial: 0, lease }),
    anna.renew(lease),
  ].map((attempt) => attempt.then(() => 'done', (error: { readonly code: string }) => error.code))
  await until(async () => (await countWaiting()) === 3)
  await ask('COMMIT')
  expect(await Promise.all(attempts)).toEqual(['lease-lost', 'lease-lost', 'lease-lost'])
  expect(await readEntries(ben, 's', 'r')).toHaveLength(1)
  expect(await ben.load('s')).toBeUndefined()
})

test('a term that has passed by the clock of the database is taken over by the next claim, a renewed one is not', async () => {
  const [anna, ben] = [open(), open()]
  const lease = await anna.claim('s', 'anna', { termMs: 60_000 })
  const age = (ms: number) => ask(`UPDATE convergent.stacks SET renewed_at = renewed_at - $1 * interval '1 millisecond'`, [ms])
  await age(50_000)
  await expect(ben.claim('s', 'ben')).rejects.toMatchObject({ code: 'lease-held', holder: expect.stringContaining('anna') as string })
  await anna.renew(lease)
  await age(50_000)
  await expect(ben.claim('s', 'ben')).rejects.toMatchObject({ code: 'lease-held' })
  await age(10_001)
  expect(await ben.claim('s', 'ben')).toMatchObject({ fence: 2, takenOver: { from: expect.stringContaining('anna') as string, reason: 'it gave no sign of life for its whole term of 60000 ms, by the clock of the database' } })
  await expect(anna.append(lease, 'r', [sampleStep('late')])).rejects.toMatchObject({ code: 'lease-lost' })
})

test('who waits is woken when the stack is given back, and by no timer', async () => {
  const [anna, ben] = [open(), open()]
  const lease = await anna.claim('s', 'anna')
  const other = await anna.claim('other', 'anna')
  // Its clock stands: nothing but a call from the database wakes it.
  const clock = manualClock()
  let isOver = false
  const waiting = acquireLease({ store: ben, stack: 's', clock, options: { holder: 'ben', leaseWaitMs: 3_600_000 } }).finally(() => (isOver = true))
  await until(async () => (await ask(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)).length === 1)
  await anna.release(other)
  await until(() => clock.pending() === 1)
  expect(isOver).toBe(false)
  await anna.release(lease)
  const keeper = await waiting
  expect(keeper.lease).toMatchObject({ fence: 2 })
  await keeper.release()
  // Nobody waits any more: nothing listens.
  await until(async () => (await ask(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)).length === 0)
})

test('who waits is woken also when its connection was lost meanwhile', async () => {
  const [anna, ben] = [open(), open()]
  let calls = 0
  const stop = await ben.watch?.('s', () => calls++)
  const listeners = async () => (await ask(`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)).map(({ pid }) => pid)
  const [first] = await listeners()
  await ask('SELECT pg_terminate_backend($1)', [first])
  await until(async () => (await listeners()).some((pid) => pid !== first))
  // Something may have been missed.
  await until(() => calls === 1)
  const lease = await anna.claim('s', 'anna')
  await anna.release(lease)
  await until(() => calls === 2)
  await server().crash()
  await until(() => calls === 3)
  await anna.release(await anna.claim('s', 'anna'))
  await until(() => calls === 4)
  await stop?.()
})

test('a run that dies at any instant is resumed by another host and does each thing once', async () => {
  const ends: string[] = []
  let died = 0
  for (let operation = 1, hasDied = true; hasDied; operation += 3) {
    const backend = createFakeBackend()
    const stack = `s${operation}`
    const [anna, ben] = [open(), open()]
    const first = createMortalProcess({ provider: backend.provider, store: anna })
    const { named } = declare(first.provider)
    const changes = await plan([named('a', { name: 'a' }), named('b', { name: 'b' })], { ...first, stack })
    first.crash({ at: operation % 2 === 0 ? 'before' : 'after', operation: first.operations.length + operation })
    await first.outlive(apply(changes, { ...first, stack }))
    hasDied = first.isDead
    // The term of the dead passes.
    await ask(`UPDATE convergent.stacks SET renewed_at = renewed_at - interval '1 hour'`)
    const options = { provider: backend.provider, store: ben, stack, timeoutMs: 5 }
    const [run] = await ben.runs(stack)
    if (hasDied) died++
    if (hasDied && run === undefined) await apply(changes, options)
    else if (hasDied && run?.ended === false) expect(await resume(undefined, options)).toMatchObject({ outcome: 'succeeded' })
    const [last] = await ben.runs(stack)
    expect((await showRun(last?.id, { store: ben, stack })).open).toBe(false)
    ends.push(backend.objects().map(({ fields }) => fields['name']).sort().join(' '))
    await Promise.all([anna.close(), ben.close()])
  }
  expect(died).toBeGreaterThan(5)
  expect(new Set(ends)).toEqual(new Set(['a b']))
})

test('a run goes on over a crash of the database', async () => {
  const backend = createFakeBackend()
  const options = { provider: backend.provider, store: open() }
  const { named } = declare(backend.provider)
  const names = Array.from({ length: 80 }, (_none, index) => `n${index}`)
  const run = apply(await plan(names.map((name) => named(name, { name })), options), { ...options, concurrency: 5 })
  let done = 0
  let crash: Promise<void> | undefined
  run.on('action:succeeded', () => void (++done === 20 && (crash = server().crash())))
  expect(await run).toMatchObject({ outcome: 'succeeded' })
  expect(crash).toBeDefined()
  await crash
  expect(backend.objects().map(({ fields }) => fields['name']).sort()).toEqual([...names].sort())
  const steps = (await readEntries(options.store, 'default', run.id)).flatMap((entry) => (entry.kind === 'succeeded' ? [entry.step] : []))
  expect([...steps].sort()).toEqual(names.map((name) => `create:named/${name}`).sort())
  expect(await options.store.runs('default')).toMatchObject([{ ended: true }])
  expect((await options.store.load('default'))?.resources.size).toBe(80)
})
