import { getInPieces, putInPieces } from '../store/document.ts'
import { joinText } from '../store/pieces.ts'
import type { Store } from '../store/store.ts'
import { reopen, type CaseBody } from './store-case.ts'
import { expectAlike } from './store-expect.ts'
import { ODD_NAMES } from './store-state-cases.ts'

const ODD_TEXT = '\ufeffä😀\r\n\u2028\0'

/** A text as pieces, cut anywhere: in the middle of a character too. */
async function* cut(text: string, length: number): AsyncGenerator<string, void, undefined> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length)
}

async function readPieces(store: Store, id: string): Promise<string | undefined> {
  const pieces = await getInPieces(store, 's', 'plan', id)
  return pieces && joinText(pieces)
}

/** Cases about plans, checkpoints and outputs. Where a store takes whole texts only, pieces are put together for it. */
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
      await store.put('s', 'output', id, `output ${id}`)
      await store.put('other', 'plan', id, `other ${id}`)
    }
    for (const id of ODD_NAMES) {
      expectAlike(await store.get('s', 'plan', id), `plan ${id}`, `plan ${id.slice(0, 20)}`)
      expectAlike(await store.get('s', 'checkpoint', id), `checkpoint ${id}`, `checkpoint ${id.slice(0, 20)}`)
      expectAlike(await store.get('s', 'output', id), `output ${id}`, `output ${id.slice(0, 20)}`)
    }
    expectAlike([...(await store.list('other', 'plan'))].sort(), [...ODD_NAMES].sort(), 'list')
  },
  'document: pieces and whole texts are the same': async ({ store }) => {
    expectAlike(await readPieces(store, 'none'), undefined, 'the pieces of a document that was never put')
    for (const [text, length] of [['', 1], [ODD_TEXT, 1], [ODD_TEXT.repeat(40_000), 99_999]] as const) {
      await putInPieces(store, 's', 'plan', 'p', cut(text, length))
      expectAlike(await store.get('s', 'plan', 'p'), text, 'text that was put in pieces')
      expectAlike(await readPieces(store, 'p'), text, 'pieces of a text that was put in pieces')
      await store.put('s', 'plan', 'q', text)
      expectAlike(await readPieces(store, 'q'), text, 'pieces of a text that was put')
    }
    expectAlike(await store.list('s', 'plan'), ['p', 'q'], 'list')
  },
  'document: pieces that end with an error leave what was there': async ({ store }) => {
    const fail = async function* (): AsyncGenerator<string, void, undefined> {
      yield* cut('x'.repeat(300_000), 100_000)
      throw new Error('no more pieces')
    }
    await store.put('s', 'plan', 'p', 'first')
    for (const id of ['p', 'q']) {
      const problem = await putInPieces(store, 's', 'plan', id, fail()).then(() => 'it went through', (error: Error) => error.message)
      expectAlike(problem, 'no more pieces', 'the error of a put whose pieces end with one')
    }
    expectAlike(await store.get('s', 'plan', 'p'), 'first', 'text')
    expectAlike(await store.list('s', 'plan'), ['p'], 'list')
  },
  'document: a put one survives': async (opened) => {
    await opened.store.put('s', 'plan', 'p', 'text')
    const again = await reopen(opened, 'durable')
    expectAlike(await again.get('s', 'plan', 'p'), 'text', 'text after reopening')
    expectAlike(await again.list('s', 'plan'), ['p'], 'list after reopening')
  },
}
