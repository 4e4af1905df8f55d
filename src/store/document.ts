import { cutText, joinText, type Pieces } from './pieces.ts'
import type { DocumentKind, Store } from './store.ts'

/** Keeps a document whose text comes in pieces; where the store takes it as a whole only, it is put together. */
export async function putInPieces(store: Store, stack: string, kind: DocumentKind, id: string, pieces: AsyncIterable<string>): Promise<void> {
  if (store.putPieces === undefined) await store.put(stack, kind, id, await joinText(pieces))
  else await store.putPieces(stack, kind, id, pieces)
}

/** A document's text in pieces; undefined where there is none. */
export async function getInPieces(store: Store, stack: string, kind: DocumentKind, id: string): Promise<Pieces | undefined> {
  if (store.getPieces !== undefined) return store.getPieces(stack, kind, id)
  const text = await store.get(stack, kind, id)
  return text === undefined ? undefined : cutText(text)
}
