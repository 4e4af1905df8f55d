import { ReplyError } from './reply.ts'
import type { Credentials } from './state.ts'

/** How long the two halves of a pair are valid. */
export interface Lifetimes {
  readonly tokenTtlMs: number
  readonly secretTtlMs: number
}

/** Lets nobody in without the token that is valid now. */
export function checkToken(header: string | null, { token, issuedAtMs, isExpired }: Credentials, { tokenTtlMs }: Lifetimes, nowMs: number): void {
  if (header !== `Bearer ${token}`) throw new ReplyError(401, 'Invalid token')
  if (isExpired || nowMs >= issuedAtMs + tokenTtlMs) throw new ReplyError(401, 'Token has expired')
}

/** A new pair for the secret of the old one, which is dead from then on. */
export function refreshToken(body: unknown, { secret, issuedAtMs }: Credentials, { secretTtlMs }: Lifetimes, nowMs: number, newId: () => string): Credentials {
  const given = typeof body === 'object' && body !== null && 'secretKey' in body ? body.secretKey : undefined
  if (given === undefined) throw new ReplyError(400, 'secretKey is required')
  if (given !== secret || nowMs >= issuedAtMs + secretTtlMs) throw new ReplyError(401, 'Invalid secret key')
  return { token: `token-${newId()}`, secret: `secret-${newId()}`, issuedAtMs: nowMs, isExpired: false }
}
