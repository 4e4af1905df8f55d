import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../src/core/errors.ts'
import type { Observed } from '../../src/core/observed.ts'
import type { Resource } from '../../src/core/resource.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { defineProvider, defineType } from '../../src/provider/define.ts'
import type { BatchItem, CreateRequest, ItemOutcome } from '../../src/provider/provider.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

type Fields = { readonly name: string }
type Item = BatchItem<CreateRequest<Fields>>
type Reply = readonly ItemOutcome<Observed>[]

/** A shelf that takes several books at once. `around`: what happens to a call for several. */
function setUp(around: (items: readonly Item[], make: () => Reply) => Reply = (_, make) => make(), more: { readonly batchSize?: number } = {}) {
  const objects = new Map<string, Observed>()
  const calls: string[] = []
  const keys: string[] = []
  const put = ({ name }: Fields): Observed => {
    if (objects.has(`id-${name}`)) throw new Error(`${name} is there twice`)
    const observed = { id: `id-${name}`, outputs: { name } }
    objects.set(observed.id, observed)
    return observed
  }
  const book = defineType({
    key: ['name'],
    ...more,
    async read({ id }) {
      calls.push('read')
      return objects.get(id)
    },
    async find({ inputs }) {
      return objects.get(`id-${String((inputs as Fields).name)}`)
    },
    async create({ inputs }) {
      calls.push('create')
      return put(inputs as unknown as Fields)
    },
    update: () => Promise.reject(new Error('nothing here is updated')),
    async delete({ id }) {
      calls.push('delete')
      objects.delete(id)
    },
    async createMany(items) {
      calls.push(`create ${items.length}`)
      keys.push(...items.map(({ idempotencyKey }) => idempotencyKey))
      return around(items as unknown as readonly Item[], () => items.map(({ inputs }) => ({ value: put(inputs as unknown as Fields) })))
    },
    async deleteMany(items) {
      calls.push(`delete ${items.length}`)
      for (const { id } of items) objects.delete(id)
      return items.map(() => ({ value: undefined }))
    },
    async readMany(targets) {
      calls.push(`read ${targets.length}`)
      return targets.map(({ id }) => ({ value: objects.get(id) }))
    },
  })
  const options = { provider: defineProvider({ name: 'shelf', types: { book } }), store: memoryStore(), clock: manualClock({ auto: true }), mode: 'sync', allowEmpty: true, concurrency: 50 } as const
  return { objects, calls, keys, options, run: async (desired: readonly Resource[], given: object = {}) => apply(await plan(desired, options), { ...options, ...given }).result }
}

const books = (count: number): Resource[] => Array.from({ length: count }, (_, index) => ({ type: 'book', name: `b${index}`, inputs: { name: `n${index}` } }))

describe('a call for several at once', () => {
  it('is made where siblings are ready together, each with its own entry and key', async () => {
    const { calls, keys, options, run, objects } = setUp()
    const result = await run(books(30))
    expect([result.outcome, objects.size]).toEqual(['succeeded', 30])
    expect(calls).toEqual(['create 30'])
    expect(new Set(keys).size).toBe(30)
    const entries: string[] = []
    for await (const entry of options.store.entries('default', result.runId)) entries.push(entry.kind)
    expect([entries.filter((kind) => kind === 'started').length, entries.filter((kind) => kind === 'succeeded').length]).toEqual([30, 30])
  })
  it('reads and deletes too, and never more than a batch holds', async () => {
    const { calls, run, objects } = setUp(undefined, { batchSize: 4 })
    await run(books(10))
    calls.length = 0
    expect((await run([])).outcome).toBe('succeeded')
    expect(calls.sort()).toEqual([...['2', '4', '4'].map((count) => `delete ${count}`), ...['2', '2', '4', '4', '4', '4'].map((count) => `read ${count}`)])
    expect(objects.size).toBe(0)
  })
  it('fails for the one that it failed for', async () => {
    const { run, objects } = setUp((items, make) => make().map((outcome, index) => (items[index]?.inputs.name === 'n1' ? { error: new ProviderError('fatal', 'no such author') } : outcome)))
    expect(await run(books(3), { onFailure: 'continue' })).toMatchObject({ outcome: 'partial', counts: { succeeded: 2, failed: 1 }, errors: [{ address: 'book/b1', error: { message: 'no such author' } }] })
    expect(objects.size).toBe(3)
  })
  it('is in doubt for each when it throws: what happened is found, and nothing is made twice', async () => {
    let isFirst = true
    const { run, objects, calls } = setUp((items, make) => {
      if (!isFirst) return make()
      isFirst = false
      make()
      throw new TypeError('fetch failed')
    })
    const result = await run(books(5))
    expect([result.outcome, objects.size, calls]).toEqual(['succeeded', 5, ['create 5']])
  })
  it('is in doubt for each when it says less than it was asked', async () => {
    const { run, objects } = setUp((_, make) => make().slice(1))
    expect([(await run(books(5))).outcome, objects.size]).toEqual(['succeeded', 5])
  })
  it('is made again when the provider says that nothing has happened', async () => {
    let count = 0
    const { run, objects, calls } = setUp((_, make) => {
      if (++count === 1) throw new ProviderError('retryable', 'too many requests', { status: 429 })
      return make()
    })
    expect([(await run(books(5))).outcome, objects.size]).toEqual(['succeeded', 5])
    expect(calls[0]).toBe('create 5')
  })
})
