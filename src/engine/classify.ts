import { ProviderError, type FaultKind } from '../core/errors.ts'
import type { CallType } from '../provider/origin.ts'
import type { Provider } from '../provider/provider.ts'
import type { RequestGate } from './gate.ts'

/** A fault as the engine treats it. */
export interface Fault {
  readonly kind: FaultKind
  readonly retryAfterMs?: number
}

/** Tells the gate of a backend that refused a call as one too many, where the provider did not tell itself. */
export function noteRefusal(gate: RequestGate, error: unknown, { kind, retryAfterMs }: Fault): void {
  if (kind === 'retryable' && (retryAfterMs !== undefined || (error instanceof ProviderError && error.status === 429))) gate.close(retryAfterMs)
}

const CONNECTION_REFUSED = /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)\b/

/**
 * Says how a fault is to be treated: as the type says, as the provider says, as the error itself says, else by what it is.
 * A network error before anything was sent did not happen; any other one may have. A plain exception is a fault of the
 * provider's own code: trying again is no use.
 */
export function classifyFault(error: unknown, type: CallType | undefined, provider: Provider): Fault {
  const kind = type?.classify?.(error) ?? provider.classify?.(error)
  const retryAfterMs = error instanceof ProviderError ? error.retryAfterMs : undefined
  const withDelay = retryAfterMs === undefined ? {} : { retryAfterMs }
  if (kind !== undefined) return { kind, ...withDelay }
  if (error instanceof ProviderError) return { kind: error.kind, ...withDelay }
  if (isNetworkError(error)) return { kind: CONNECTION_REFUSED.test(describeCause(error)) ? 'retryable' : 'ambiguous' }
  return { kind: 'fatal' }
}

/** `fetch` rejects with a TypeError for every network fault, and puts the reason into its cause. */
function isNetworkError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return error.name === 'AbortError' || error.name === 'TimeoutError' || (error instanceof TypeError && error.message === 'fetch failed') || 'code' in error && /^(E[A-Z]+|UND_ERR_\w+)$/.test(String(error.code))
}

function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  return `${code} ${error.message} ${error.cause === undefined ? '' : describeCause(error.cause)}`
}
