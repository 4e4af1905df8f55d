import { ProviderError } from '../../core/errors.ts'
import type { CallContext } from '../context.ts'

/** How a delete is made, and how it is seen that the object is gone. */
export interface Deletion {
  readonly remove: () => Promise<unknown>
  readonly isThere: () => Promise<boolean>
}

/**
 * Deletes, and judges what failed by what is there. Of two that delete the same one fails, and both have what they wanted; and
 * that something was not found need not be the object: its connection may be missing.
 */
export async function deleteSurely({ remove, isThere }: Deletion, { signal }: CallContext): Promise<void> {
  try {
    await remove()
  } catch (error) {
    if (signal.aborted || !(error instanceof ProviderError) || (error.kind !== 'fatal' && error.kind !== 'not-found')) throw error
    const status = Number(error.status ?? 500)
    // This is what the API says of the object itself; of a task that failed there is no status.
    if (error.kind === 'not-found' && (status < 400 || status === 404 || status === 410)) throw error
    const remains = await isThere().catch(() => true)
    if (error.kind === 'not-found' && remains) throw new ProviderError('fatal', error.message, { cause: error })
    if (error.kind === 'not-found' || remains) throw error
  }
}
