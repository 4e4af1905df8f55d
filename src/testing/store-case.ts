import type { Store } from '../store/store.ts'

/** A store on a place of its own, for one conformance case. */
export interface OpenedStore {
  /** The store under test. */
  readonly store: Store
  /** Another store object on the same place, as another process would have; needed where the store is durable or shared. */
  readonly reopen?: () => Promise<Store>
  /** Gives up what was opened. */
  readonly close?: () => Promise<void>
}

/** One conformance case; `run` rejects when the store does not keep it. */
export interface StoreCase {
  /** What the store has to keep. */
  readonly name: string
  /** Opens a store and tries it. */
  readonly run: () => Promise<void>
}

/** `name: 'SkippedCase'`. Thrown by a case that does not apply to what is tested. */
export class SkippedCase extends Error {
  /** The case. */
  override readonly name = 'SkippedCase'
}

/** What a case does with the store that it is given. */
export type CaseBody = (opened: OpenedStore) => Promise<void>

/** Another store on the same place, where the store says that it survives or shares; else the case does not apply. */
export async function reopen(opened: OpenedStore, needs: 'durable' | 'shared'): Promise<Store> {
  if (!opened.store.capabilities[needs]) throw new SkippedCase(`the store is not ${needs}`)
  if (opened.reopen === undefined) throw new SkippedCase('open gives no reopen')
  return opened.reopen()
}
