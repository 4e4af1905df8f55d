import { reopen, SkippedCase, type CaseBody } from './store-case.ts'
import { expectAlike, expectCode } from './store-expect.ts'
import { sampleState } from './store-sample.ts'

/** Names that a store must keep apart and must not stumble over. */
export const ODD_NAMES: readonly string[] = ['a/b', '../up', '..', '.', 'A', 'a', 'ä', '日本 語', '__proto__', 'constructor', 'con', 'a%2fb', 'a.1', 'a.1.jsonl', "it's; drop --", 'x'.repeat(400), `${'x'.repeat(400)}y`]

/** Cases about the state of a stack. */
export const stateCases: Readonly<Record<string, CaseBody>> = {
  'state: nothing is loaded before the first commit': async ({ store }) => {
    expectAlike(await store.load('empty'), undefined, 'load of a new stack')
  },
  'state: what is committed is loaded, markers included': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    await store.commit(sampleState('s', 1), { expectedSerial: 0, lease })
    expectAlike(await store.load('s'), sampleState('s', 1), 'loaded state')
    await store.commit({ ...sampleState('s', 2), resources: new Map() }, { expectedSerial: 1, lease })
    expectAlike((await store.load('s'))?.resources, new Map(), 'state after the second commit')
  },
  'state: another serial than the expected one is refused': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    await expectCode(store.commit(sampleState('s', 6), { expectedSerial: 5, lease }), 'serial-conflict', 'commit on serial 5 where nothing is stored')
    await store.commit(sampleState('s', 1), { expectedSerial: 0, lease })
    await expectCode(store.commit(sampleState('s', 1, 'two'), { expectedSerial: 0, lease }), 'serial-conflict', 'commit on serial 0 where 1 is stored')
    expectAlike(await store.load('s'), sampleState('s', 1), 'state after a refused commit')
  },
  'state: a commit with an old fence is refused': async ({ store }) => {
    const old = await store.claim('s', 'old')
    await store.release(old)
    const lease = await store.claim('s', 'new')
    await expectCode(store.commit(sampleState('s', 1), { expectedSerial: 0, lease: old }), 'lease-lost', 'commit with an old fence')
    await store.commit(sampleState('s', 1), { expectedSerial: 0, lease })
  },
  'state: what is given and what is returned are copies': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    const given = sampleState('s', 1)
    await store.commit(given, { expectedSerial: 0, lease })
    const spoil = (state: typeof given | undefined): void => {
      const resource = state?.resources.get('api/one')
      if (resource !== undefined) Reflect.set(resource.outputs, 'spoiled', true)
      ;(state?.resources as Map<string, unknown> | undefined)?.delete('api/other')
    }
    spoil(given)
    expectAlike(await store.load('s'), sampleState('s', 1), 'state after the given one was changed')
    spoil(await store.load('s'))
    expectAlike(await store.load('s'), sampleState('s', 1), 'state after the returned one was changed')
  },
  'state: stacks are kept apart, whatever their names': async ({ store }) => {
    for (const [index, stack] of ODD_NAMES.entries()) {
      const lease = await store.claim(stack, 'me')
      expectAlike(lease.fence, 1, `first fence of stack ${stack.slice(0, 20)}`)
      await store.commit(sampleState(stack, 1, `n${index}`), { expectedSerial: 0, lease })
    }
    for (const [index, stack] of ODD_NAMES.entries()) expectAlike(await store.load(stack), sampleState(stack, 1, `n${index}`), `state of stack ${stack.slice(0, 20)}`)
  },
  'state: a lease of another stack commits nothing': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    await store.claim('other', 'me')
    await expectCode(store.commit(sampleState('other', 1), { expectedSerial: 0, lease }), 'lease-lost', 'commit with the lease of another stack')
  },
  'state: a committed state survives': async (opened) => {
    const lease = await opened.store.claim('s', 'me')
    await opened.store.commit(sampleState('s', 1), { expectedSerial: 0, lease })
    expectAlike(await (await reopen(opened, 'durable')).load('s'), sampleState('s', 1), 'state after reopening')
  },
  'state: a backup changes nothing': async ({ store }) => {
    if (store.backup === undefined) throw new SkippedCase('the store has no backups')
    await store.backup('s')
    const lease = await store.claim('s', 'me')
    await store.commit(sampleState('s', 1), { expectedSerial: 0, lease })
    await store.backup('s')
    await store.backup('s')
    expectAlike(await store.load('s'), sampleState('s', 1), 'state after a backup')
    await store.commit(sampleState('s', 2), { expectedSerial: 1, lease })
    expectAlike((await store.load('s'))?.serial, 2, 'serial after a backup and a commit')
  },
}
