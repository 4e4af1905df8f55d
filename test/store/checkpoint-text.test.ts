import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Checkpoint } from '../../src/core/checkpoint.ts'
import { getCheckpoint } from '../../src/engine/checkpoint.ts'
import { systemClock } from '../../src/engine/clock.ts'
import { examineStack } from '../../src/engine/examination.ts'
import { keepCheckpoint, listCheckpoints, pruneCheckpoints } from '../../src/engine/keep-checkpoint.ts'
import { giveCheckpoint, readCheckpoint, readCheckpointInfo } from '../../src/store/checkpoint-text.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { joinText } from '../../src/store/pieces.ts'
import type { Store } from '../../src/store/store.ts'
import { sampleState } from '../../src/testing/store-sample.ts'

const made: Checkpoint = { id: 'c', stack: 's', description: 'ä😀\n"', createdAt: '2026-01-01T00:00:00.000Z', resources: 1, state: sampleState('s', 3) }

/** A text as pieces, cut after each of the lengths in turn. */
function* cut(text: string, lengths: readonly number[]): Generator<string, void, undefined> {
  for (let at = 0, next = 0; at < text.length; next++) yield text.slice(at, (at += lengths[next % lengths.length] as number))
}

/** A state of so many resources of 100 kB, all of whose text is there once. */
function largeState(count: number) {
  const state = sampleState('s', 1)
  const text = 'x'.repeat(100_000)
  const resources = Array.from({ length: count }, (_none, index) => ({ address: `api/n${index}` as const, id: String(index), inputs: { text }, outputs: {}, dependsOn: [] }))
  return { ...state, resources: new Map(resources.map((resource) => [resource.address, resource])) }
}

/** A store that holds the longest string that it can to be 1 MB, and notes how much is read of it. */
function strict(store: Store) {
  const read = { length: 0 }
  const check = async function* (pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
    for await (const piece of pieces) {
      if (piece.length > 1 << 20) throw new RangeError('Invalid string length')
      read.length += piece.length
      yield piece
    }
  }
  const whole = async (): Promise<never> => { throw new RangeError('Invalid string length') }
  const strictStore: Store = {
    ...store,
    put: whole,
    get: whole,
    putPieces: (stack, kind, id, pieces) => store.putPieces?.(stack, kind, id, check(pieces)) as Promise<void>,
    getPieces: async (stack, kind, id) => {
      const pieces = await store.getPieces?.(stack, kind, id)
      return pieces && check(pieces)
    },
  }
  return { store: strictStore, read }
}

describe('the text of a checkpoint', () => {
  test('is read however it is cut', async () => {
    const text = await joinText(giveCheckpoint(made))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), async (lengths) => {
        expect(await readCheckpoint(cut(text, lengths))).toEqual(made)
        const { state: _, ...info } = made
        expect(await readCheckpointInfo(cut(text, lengths))).toEqual(info)
      }),
    )
  })
  test('is refused where any part of it is missing or another', async () => {
    const text = await joinText(giveCheckpoint(made))
    for (let length = 0; length < text.length; length++) await expect(readCheckpoint([text.slice(0, length)], 'c.txt'), `the first ${length} characters`).rejects.toMatchObject({ code: 'format' })
    expect(text).toContain('"id-1"')
    await expect(readCheckpoint([text.replace('"id-1"', '"id-2"')], 'c.txt')).rejects.toMatchObject({ code: 'format', message: expect.stringContaining('checksum') as string })
    await expect(readCheckpoint([text.replace('"version":1', '"version":2')], 'c.txt')).rejects.toThrow('this release reads up to 1')
    await expect(readCheckpointInfo(['', 'no', ' checkpoint\n'], 'c.txt')).rejects.toMatchObject({ code: 'format', line: 1, message: expect.stringContaining('c.txt') as string })
  })
})

describe('a checkpoint that is too large for one string', () => {
  it('is kept, read and examined in pieces', async () => {
    const { store } = strict(memoryStore())
    const state = largeState(50)
    const { id } = await keepCheckpoint(store, state, 'large', systemClock)
    expect((await getCheckpoint(id, { store, stack: 's' })).state).toEqual(state)
    expect(await examineStack({ store, stack: 's' })).toEqual([])
  })
  it('is listed and pruned by its first line', async () => {
    const { store, read } = strict(memoryStore())
    const state = largeState(50)
    for (const run of ['r1', undefined, 'r2']) await keepCheckpoint(store, state, `by ${run}`, systemClock, run)
    read.length = 0
    expect((await listCheckpoints({ store, stack: 's' })).map(({ description, resources }) => [description, resources])).toEqual([['by r1', 50], ['by undefined', 50], ['by r2', 50]])
    await pruneCheckpoints(store, 's', 1)
    expect((await listCheckpoints({ store, stack: 's' })).map(({ description }) => description)).toEqual(['by undefined', 'by r2'])
    expect(read.length).toBeGreaterThan(0)
    expect(read.length).toBeLessThan(8 * 200_000)
  })
  it('that is damaged is no reason not to list the others, as long as its first line is whole', async () => {
    const store = memoryStore()
    const { id } = await keepCheckpoint(store, sampleState('s', 1), 'one', systemClock)
    await store.put('s', 'checkpoint', id, `${(await store.get('s', 'checkpoint', id))?.slice(0, -20)}`)
    expect((await listCheckpoints({ store, stack: 's' })).map(({ description }) => description)).toEqual(['one'])
    await expect(getCheckpoint(id, { store, stack: 's' })).rejects.toMatchObject({ code: 'format' })
  })
})
