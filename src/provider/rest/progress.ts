import { ProviderError } from '../../core/errors.ts'
import type { CallContext } from '../context.ts'

/** What is saved before the first of several requests: whoever finds it goes on, and makes nothing twice. */
export const BEGUN = 'begun'
/** What is saved when a create has answered: what is there is ours for certain. */
export const MADE = 'made'
/** What is saved when a create was not carried out: what is there is somebody else's. */
export const UNSENT = 'not sent'

/** True for what a call of several requests saves: it is no task. */
export function isProgress(handle: string | undefined): boolean {
  return handle === BEGUN || handle === MADE || handle === UNSENT
}

/** True for an error after which no further attempt is made: what was done before it is to be taken back. */
export function isRefusal(error: unknown, { signal }: CallContext): error is ProviderError {
  return !signal.aborted && error instanceof ProviderError && error.kind !== 'retryable' && error.kind !== 'ambiguous'
}

/** The same error with more words. */
export function extendError({ kind, status, fields, ...error }: ProviderError, message: string): ProviderError {
  return new ProviderError(kind, message, { cause: error, ...(status !== undefined && { status }), ...(fields && { fields }) })
}
