import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { acquireLease } from '../../src/engine/acquire-lease.ts'
import { memoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

/** A store that says when a stack is given back, as far as it can. */
function createWatchedStore(watch?: Store['watch']): Store & { readonly watchers: Set<() => void> } {
  const store = memoryStore()
  const watchers = new Set<() => void>()
  return {
    ...store,
    watchers,
    async release(lease) {
      await store.release(lease)
      for (const onChange of watchers) onChange()
    },
    watch:
      watch ??
      (async (_stack, onChange) => {
        watchers.add(onChange)
        return async () => void watchers.delete(onChange)
      }),
  }
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await setImmediate()
}

test('a waiter is woken by the store, with no timer', async () => {
  const store = createWatchedStore()
  const clock = manualClock()
  const lease = await store.claim('s', 'anna')
  const waiting = acquireLease({ store, stack: 's', clock, options: { leaseWaitMs: 3_600_000 } })
  await settle()
  expect(store.watchers.size).toBe(1)
  for (const onChange of store.watchers) onChange()
  await settle()
  expect((await store.holding('s'))?.fence).toBe(1)
  await store.release(lease)
  const keeper = await waiting
  expect(keeper.lease.fence).toBe(2)
  expect([clock.monotonic(), store.watchers.size]).toEqual([0, 0])
  await keeper.release()
  expect(clock.pending()).toBe(0)
})

test('what happens between a look and the wait is not missed', async () => {
  const store = createWatchedStore()
  const lease = await store.claim('s', 'anna')
  let isLooking = false
  const late: Store = {
    ...store,
    async holding(stack) {
      const present = await store.holding(stack)
      if (isLooking) await store.release(lease)
      isLooking = true
      return present
    },
  }
  const waiting = acquireLease({ store: late, stack: 's', clock: manualClock(), options: { leaseWaitMs: 3_600_000 } })
  const keeper = await waiting
  expect(keeper.lease.fence).toBe(2)
  await keeper.release()
})

test('what happens before the store listens is not missed', async () => {
  let listen!: () => void
  const store = createWatchedStore(() => new Promise((resolve) => (listen = () => resolve(async () => undefined))))
  const lease = await store.claim('s', 'anna')
  const waiting = acquireLease({ store, stack: 's', clock: manualClock(), options: { leaseWaitMs: 3_600_000 } })
  await settle()
  await store.release(lease)
  await settle()
  expect(await store.holding('s')).toBeUndefined()
  listen()
  const keeper = await waiting
  expect(keeper.lease.fence).toBe(2)
  await keeper.release()
})

test('a store that cannot listen is looked at from time to time', async () => {
  const store = createWatchedStore(() => Promise.reject(new Error('no connection is left')))
  const clock = manualClock()
  const lease = await store.claim('s', 'anna')
  const waiting = acquireLease({ store, stack: 's', clock, options: { leaseWaitMs: 3_600_000 } })
  await settle()
  await store.release(lease)
  await clock.advance(1_000)
  const keeper = await waiting
  expect(keeper.lease.fence).toBe(2)
  await keeper.release()
})
