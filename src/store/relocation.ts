import { StoreError } from '../core/errors.ts'
import type { Relocation } from './store.ts'

/** Refuses a stack that is being moved, or was. `store`: the name of the one that was asked. */
export function refuseRelocated(stack: string, store: string, { kind, store: other }: Relocation): StoreError {
  return new StoreError(
    kind === 'gone' ?
      `stack ${stack} is not in ${store} any more: it was moved to ${other}; use that store, or move it back`
    : `stack ${stack} is being moved from ${other} to ${store}, and that has not ended; move it again: what is missing is done`,
  )
}
