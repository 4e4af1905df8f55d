import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { examineStack } from '../../src/engine/examination.ts'
import { resume } from '../../src/engine/resume.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { moveStack } from '../../src/store/move-stack.ts'
import type { DocumentKind, Store } from '../../src/store/store.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { readEntries, sampleEnd, sampleStart, sampleState, sampleStep } from '../../src/testing/store-sample.ts'
import { createMortalStores } from './mortal-move.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'convergent-move-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** A store with a state of serial 7, an ended run and an open one, plans and a checkpoint. */
async function fill(store: Store, entries = 3): Promise<void> {
  const lease = await store.claim('s', 'me')
  await store.append(lease, 'first', [sampleStart('first', lease), ...Array.from({ length: entries }, (_none, index) => sampleStep(String(index))), sampleEnd()])
  await store.append(lease, 'second', [sampleStart('second', lease, '2026-02-01T00:00:00.000Z'), sampleStep('1')])
  await store.commit(sampleState('s', 7), { expectedSerial: 0, lease })
  for (const id of ['plan-of-second', 'p']) await store.put('s', 'plan', id, `text of ${id}`)
  await store.put('s', 'checkpoint', 'c', 'a\0text')
  await store.put('s', 'output', 'first run:a/b 1', 'what it printed')
  await store.release(lease)
}

/** All that can be read of a stack. */
async function readAll(store: Store): Promise<unknown> {
  const runs = await store.runs('s')
  const documents = async (kind: DocumentKind) => Promise.all((await store.list('s', kind)).map(async (id) => [id, await store.get('s', kind, id)]))
  return { state: await store.load('s'), runs, journals: await Promise.all(runs.map(({ id }) => readEntries(store, 's', id))), plans: await documents('plan'), checkpoints: await documents('checkpoint'), outputs: await documents('output') }
}

/** Whether a host could use the stack there. */
async function isUsable(store: Store): Promise<boolean> {
  const lease = await store.claim('s', 'host').catch((error: { readonly code: string }) => {
    expect(error.code).toBe('store')
    return undefined
  })
  if (lease !== undefined) await store.release(lease)
  return lease !== undefined
}

const nothing = { state: undefined, runs: [], journals: [], plans: [], checkpoints: [], outputs: [] }

describe.each<[string, () => readonly [Store, Store], number]>([
  ['memory to memory', () => [memoryStore(), memoryStore()], 1],
  ['memory to file', () => [memoryStore(), fileStore(join(dir, 'b'))], 5],
  ['file to memory', () => [fileStore(join(dir, 'a')), memoryStore()], 5],
  ['file to file', () => [fileStore(join(dir, 'a')), fileStore(join(dir, 'b'))], 5],
])('from %s', (_what, open, stride) => {
  test('a stack is there with its history, and here it says where', async () => {
    const [from, to] = open()
    await fill(from, 1_200)
    const before = await readAll(from)
    expect(await moveStack({ from, to, stack: 's' })).toEqual({ stack: 's', serial: 7, runs: 2, entries: 1_204, documents: 4 })
    expect(await readAll(to)).toEqual(before)
    expect(await readAll(from)).toEqual(nothing)
    await expect(from.claim('s', 'host')).rejects.toMatchObject({ code: 'store', message: `stack s is not in ${from.name} any more: it was moved to ${to.name}; use that store, or move it back` })
    expect(await isUsable(to)).toBe(true)
    expect(await from.holding('s')).toBeUndefined()
    // Once more changes nothing, and back it comes too.
    expect(await moveStack({ from, to, stack: 's' })).toMatchObject({ serial: 7, entries: 1_204 })
    expect(await readAll(to)).toEqual(before)
    await moveStack({ from: to, to: from, stack: 's' })
    expect([await readAll(from), await readAll(to)]).toEqual([before, nothing])
    expect([await isUsable(from), await isUsable(to)]).toEqual([true, false])
  })

  test('a move that dies at any instant leaves one copy at most, and is ended by the next one', async () => {
    let died = 0
    for (let operation = 1, hasDied = true; hasDied; operation += stride) {
      for (const at of ['before', 'after'] as const) {
        await rm(dir, { recursive: true, force: true })
        const [from, to] = open()
        await fill(from)
        const before = await readAll(from)
        const mortal = createMortalStores(at, operation)
        await mortal.outlive(moveStack({ from: mortal.wrap(from), to: mortal.wrap(to), stack: 's' }))
        hasDied = mortal.isDead()
        if (hasDied) died++
        await mortal.bury()
        const usable = [await isUsable(from), await isUsable(to)]
        if (usable[0]) expect(await readAll(from)).toEqual(before)
        // Before anything was noted there, it is a place like any other.
        if (usable[1] && !usable[0]) expect(await readAll(to)).toEqual(before)
        if (usable[0] && usable[1]) expect(await readAll(to)).toEqual(nothing)
        expect(await moveStack({ from, to, stack: 's' })).toMatchObject({ serial: 7, runs: 2, entries: 7 })
        expect([await readAll(from), await readAll(to)]).toEqual([nothing, before])
        expect([await isUsable(from), await isUsable(to)]).toEqual([false, true])
      }
    }
    expect(died).toBeGreaterThan(60 / stride)
  })
})

describe('a move is refused, and changes nothing', () => {
  const named = (name: string): Store => ({ ...memoryStore(), name })
  test('when the stack is in use on either side', async () => {
    const [from, to] = [named('one'), named('two')]
    await fill(from)
    for (const store of [from, to]) {
      const lease = await store.claim('s', 'anna')
      await expect(moveStack({ from, to, stack: 's' })).rejects.toMatchObject({ code: 'lease-held', holder: expect.stringContaining('anna') as string })
      await store.release(lease)
    }
    await expect(moveStack({ from, to: from, stack: 's' })).rejects.toMatchObject({ code: 'lease-held' })
    expect([await isUsable(from), await isUsable(to)]).toEqual([true, true])
  })
  test('when the other store has such a stack, or there is none here', async () => {
    const [from, to] = [named('one'), named('two')]
    await expect(moveStack({ from, to, stack: 's' })).rejects.toMatchObject({ code: 'store', message: 'there is no stack s in one; nothing was moved' })
    await fill(from)
    await to.put('s', 'plan', 'p', 'another one')
    await expect(moveStack({ from, to, stack: 's' })).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('there is a stack s in two already, with serial 0 and 0 runs; nothing was moved') as string })
    expect([await isUsable(from), await isUsable(to)]).toEqual([true, true])
  })
  test('when it went elsewhere, or is coming from elsewhere', async () => {
    const [one, two, three] = [named('one'), named('two'), named('three')]
    await fill(one)
    await fill(three)
    await moveStack({ from: one, to: two, stack: 's' })
    await expect(moveStack({ from: one, to: three, stack: 's' })).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('it was moved to two') as string })
    const arriving = named('four')
    const lease = await arriving.claim('s', 'me')
    await arriving.relocate?.(lease, { kind: 'arriving', store: 'two' })
    await arriving.release(lease)
    await expect(moveStack({ from: three, to: arriving, stack: 's' })).rejects.toMatchObject({ code: 'store', message: 'stack s is being moved from two to four, and that has not ended; move it again: what is missing is done' })
    await expect(moveStack({ from: arriving, to: one, stack: 's' })).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('is being moved from two') as string })
    await moveStack({ from: two, to: arriving, stack: 's' })
    expect([await isUsable(one), await isUsable(two), await isUsable(three), await isUsable(arriving)]).toEqual([false, false, true, true])
  })
  test('when a store cannot move any', async () => {
    const [from, { relocate: _relocate, ...to }] = [named('one'), named('two')]
    await expect(moveStack({ from, to, stack: 's' })).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('into two') as string })
  })
  test('when what came there is not what was here', async () => {
    const [from, to] = [named('one'), named('two')]
    await fill(from)
    const forgetful: Store = { ...to, append: (lease, run, entries) => to.append(lease, run, entries.slice(1)) }
    await expect(moveStack({ from, to: forgetful, stack: 's' })).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('the journal of run first of stack s came into two other than it is in one') as string })
    expect([await isUsable(from), await isUsable(to)]).toEqual([true, false])
    await moveStack({ from, to, stack: 's' })
    expect(await isUsable(to)).toBe(true)
  })
})

test('hosts of the store that a stack has left do nothing, and a folder that it has left is in order', async () => {
  const { provider, objects } = createFakeBackend()
  const [from, to] = [fileStore(join(dir, 'a')), memoryStore()]
  const { named } = declare(provider)
  const changes = await plan([named('a', { name: 'a' })], { provider, store: from })
  await apply(changes, { provider, store: from })
  await moveStack({ from, to })
  const more = await plan([named('a', { name: 'a' }), named('b', { name: 'b' })], { provider, store: from })
  await expect(apply(more, { provider, store: from, leaseWaitMs: 60_000 }).result).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('it was moved to memory') as string })
  await expect(resume(undefined, { provider, store: from }).result).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('it was moved to memory') as string })
  expect(objects()).toHaveLength(1)
  expect(await examineStack({ store: from, stack: 'default' })).toEqual([])
  expect((await plan([named('a', { name: 'a' })], { provider, store: to })).actions).toEqual([])
})
