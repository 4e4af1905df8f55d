import { reopen, type CaseBody } from './store-case.ts'
import { expectAlike } from './store-expect.ts'
import { ODD_NAMES } from './store-state-cases.ts'

/** Cases about plans and checkpoints. */
export const documentCases: Readonly<Record<string, CaseBody>> = {
  'document: what was never put is not there': async ({ store }) => {
    expectAlike(await store.get('s', 'plan', 'none'), undefined, 'a document that was never put')
    expectAlike(await store.list('s', 'plan'), [], 'list of a new stack')
    await store.remove('s', 'plan', 'none')
  },
  'document: the text comes back as it was': async ({ store }) => {
    for (const text of ['', '\n', 'one\r\ntwo', '\ufeffä😀\u2028\0', 'x'.repeat(200_000)]) {
      await store.put('s', 'plan', 'p', text)
      expectAlike(await store.get('s', 'plan', 'p'), text, 'text')
    }
  },
  'document: a second put replaces the first': async ({ store }) => {
    await store.put('s', 'plan', 'p', 'a longer first text')
    await store.put('s', 'plan', 'p', 'second')
    expectAlike(await store.get('s', 'plan', 'p'), 'second', 'text')
    expectAlike(await store.list('s', 'plan'), ['p'], 'list')
  },
  'document: ids are listed oldest first': async ({ store }) => {
    const ids = ['z', 'm', 'a', 'y', 'b']
    for (const id of ids) await store.put('s', 'plan', id, id)
    expectAlike(await store.list('s', 'plan'), ids, 'list')
  },
  'document: a removed one is gone': async ({ store }) => {
    for (const id of ['p', 'q']) await store.put('s', 'plan', id, id)
    await store.remove('s', 'plan', 'p')
    expectAlike(await store.get('s', 'plan', 'p'), undefined, 'removed document')
    expectAlike(await store.list('s', 'plan'), ['q'], 'list')
  },
  'document: kinds, stacks and ids are kept apart, whatever their names': async ({ store }) => {
    for (const id of ODD_NAMES) {
      await store.put('s', 'plan', id, `plan ${id}`)
      await store.put('s', 'checkpoint', id, `checkpoint ${id}`)
      await store.put('other', 'plan', id, `other ${id}`)
    }
    for (const id of ODD_NAMES) {
      expectAlike(await store.get('s', 'plan', id), `plan ${id}`, `plan ${id.slice(0, 20)}`)
      expectAlike(await store.get('s', 'checkpoint', id), `checkpoint ${id}`, `checkpoint ${id.slice(0, 20)}`)
    }
    expectAlike([...(await store.list('other', 'plan'))].sort(), [...ODD_NAMES].sort(), 'list')
  },
  'document: a put one survives': async (opened) => {
    await opened.store.put('s', 'plan', 'p', 'text')
    const again = await reopen(opened, 'durable')
    expectAlike(await again.get('s', 'plan', 'p'), 'text', 'text after reopening')
    expectAlike(await again.list('s', 'plan'), ['p'], 'list after reopening')
  },
}
