import type { Lease, Store } from '../store/store.ts'
import { reopen, SkippedCase, type CaseBody } from './store-case.ts'
import { expectAlike, expectCode, expectTrue } from './store-expect.ts'
import { readEntries, sampleEnd, sampleStart, sampleState, sampleStep } from './store-sample.ts'

/** Cases about stacks that are moved between stores. */
export const moveCases: Readonly<Record<string, CaseBody>> = {
  'move: a stack that is elsewhere is refused, and says where': async ({ store }) => {
    const { relocate } = movable(store)
    for (const kind of ['arriving', 'gone'] as const) {
      const mover = await store.claim('s', 'mover', { relocating: true })
      await relocate(mover, { kind, store: 'another store' })
      await store.release(mover)
      const error = await expectCode(store.claim('s', 'me'), 'store', `claim of a stack that is ${kind}`)
      expectTrue(error.message.includes('another store'), `the message does not name the other store: ${error.message}`)
      expectAlike(await store.holding('s'), undefined, 'holding after a refused claim')
      await store.release(await store.claim('other', 'me'))
    }
  },
  'move: who moves a stack can claim it all the same, and sees where it is': async ({ store }) => {
    const { relocate } = movable(store)
    const first = await store.claim('s', 'mover', { relocating: true })
    expectAlike(first.relocation, undefined, 'relocation of a stack that is nowhere else')
    await relocate(first, { kind: 'gone', store: 'another store' })
    await store.release(first)
    const second = await store.claim('s', 'mover', { relocating: true })
    expectAlike(second.relocation, { kind: 'gone', store: 'another store' }, 'relocation')
    await relocate(second, undefined)
    await store.release(second)
    expectAlike((await store.claim('s', 'me')).relocation, undefined, 'relocation of a stack that is back')
  },
  'move: a cleared stack is empty, and its fence goes on': async ({ store }) => {
    const { clear } = movable(store)
    const lease = await fill(store, 's')
    const other = await fill(store, 'other')
    await clear(lease)
    await clear(lease)
    expectAlike([await store.load('s'), await store.runs('s'), await readEntries(store, 's', 'r'), await store.list('s', 'plan'), await store.get('s', 'checkpoint', 'c'), await store.list('s', 'output')], [undefined, [], [], [], undefined, []], 'a cleared stack')
    expectAlike([(await store.load('other'))?.serial, (await readEntries(store, 'other', 'r')).length, await store.list('other', 'plan')], [1, 3, ['p']], 'another stack')
    await store.append(lease, 'r', [sampleStep('again')])
    await store.commit(sampleState('s', 4), { expectedSerial: 0, lease })
    expectAlike([await readEntries(store, 's', 'r'), (await store.load('s'))?.serial], [[sampleStep('again')], 4], 'what came after')
    await store.release(lease)
    await store.release(other)
    expectTrue((await store.claim('s', 'me')).fence > lease.fence, 'the fence went back')
  },
  'move: an old lease moves and clears nothing': async ({ store }) => {
    const { relocate, clear } = movable(store)
    const old = await fill(store, 's')
    await store.release(old)
    await expectCode(relocate(old, { kind: 'gone', store: 'another store' }), 'lease-lost', 'relocation after the release')
    const lease = await store.claim('s', 'new')
    await expectCode(relocate(old, { kind: 'gone', store: 'another store' }), 'lease-lost', 'relocation with an old fence')
    await expectCode(clear(old), 'lease-lost', 'clear with an old fence')
    expectAlike([(await store.load('s'))?.serial, (await store.runs('s')).length], [1, 1], 'the stack')
    await store.release(lease)
    await store.claim('s', 'me')
  },
  'move: that a stack is elsewhere survives': async (opened) => {
    const { relocate } = movable(opened.store)
    const lease = await opened.store.claim('s', 'mover')
    await relocate(lease, { kind: 'gone', store: 'another store' })
    await opened.store.release(lease)
    await expectCode((await reopen(opened, 'durable')).claim('s', 'me'), 'store', 'claim after reopening')
  },
}

function movable(store: Store): Required<Pick<Store, 'relocate' | 'clear'>> {
  const { relocate, clear } = store
  if (relocate === undefined || clear === undefined) throw new SkippedCase('the store moves no stacks')
  return { relocate: (...given) => relocate.apply(store, given), clear: (...given) => clear.apply(store, given) }
}

async function fill(store: Store, stack: string): Promise<Lease> {
  const lease = await store.claim(stack, 'me')
  await store.append(lease, 'r', [sampleStart('r', lease), sampleStep('1'), sampleEnd()])
  await store.commit(sampleState(stack, 1), { expectedSerial: 0, lease })
  await store.put(stack, 'plan', 'p', 'text')
  await store.put(stack, 'checkpoint', 'c', 'text')
  await store.put(stack, 'output', 'r run:a/b 1', 'text')
  await store.backup?.(stack)
  return lease
}
